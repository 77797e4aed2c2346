/* A menu as it comes on a phone: a sheet from below, with lines as high as a finger needs them. Esc, the cross and a press beside it close it. */
import { Check } from "lucide-react";
import { Dialog } from "./Dialog";
import type { MenuItem } from "./Menu";

interface Props {
  title: string;
  items: MenuItem[];
  onClose: () => void;
}

export default function MenuSheet({ title, items, onClose }: Props) {
  return (
    <Dialog title={title} isSheet onClose={onClose}>
      <ul className="sheetlist">
        {items.map((item) => (
          <li key={item.id}>
            <button
              type="button"
              className="menuitem"
              aria-disabled={item.isOff ? true : undefined}
              aria-current={item.isChosen ? true : undefined}
              data-begin={item.isChosen ? "" : undefined}
              onClick={() => {
                if (item.isOff) return;
                onClose();
                item.run();
              }}
            >
              {item.icon}
              <span className="grow">
                {item.label}
                {item.hint ? <span className="why">{item.hint}</span> : null}
              </span>
              {item.count ? <span className="count">{item.count}</span> : null}
              {item.isChosen ? <Check className="small" /> : null}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
