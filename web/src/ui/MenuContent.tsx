import * as Radix from "@radix-ui/react-menu";
import { Check } from "lucide-react";
import type { RefObject } from "react";
import { giveBack } from "./giveBack";
import type { MenuItem } from "./Menu";

interface Props {
  /** Beside what it opens, and what gets the focus back: a button, or a point of the page. */
  anchor: RefObject<Pick<HTMLElement, "getBoundingClientRect" | "contains" | "focus"> | null>;
  label: string;
  items: MenuItem[];
  align: "start" | "end";
  side: "top" | "bottom" | "right";
  onClose: () => void;
}

export default function MenuContent({ anchor, label, items, align, side, onClose }: Props) {
  const hasChoice = items.some((item) => item.isChosen !== undefined);
  return (
    <Radix.Root open modal={false} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Radix.Anchor virtualRef={anchor as RefObject<HTMLButtonElement>} />
      <Radix.Portal>
        <Radix.Content
          className="menu"
          aria-label={label}
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          loop
          onCloseAutoFocus={(event) => giveBack(event, anchor)}
          onInteractOutside={(event) => {
            if (anchor.current?.contains(event.target as Node)) event.preventDefault();
          }}
        >
          {items.map((item) => (
            <Item key={item.id} item={item} hasChoice={hasChoice} />
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Item({ item, hasChoice }: { item: MenuItem; hasChoice: boolean }) {
  const inside = (
    <>
      {item.icon}
      <span className="grow">
        {item.label}
        {item.hint ? <span className="why">{item.hint}</span> : null}
      </span>
      {item.isChosen ? <Check className="small" /> : null}
      {item.keys ? <kbd>{item.keys}</kbd> : null}
      {item.count ? <span className="count">{item.count}</span> : null}
    </>
  );
  const className = `menuitem ${item.isDangerous ? "danger" : ""} ${item.startsGroup ? "starts" : ""}`;
  // One that cannot be chosen stays within reach of the keys, so that they too come to its reason.
  const off = item.isOff ? { "aria-disabled": true } : {};
  const onSelect = (event: Event) => (item.isOff ? event.preventDefault() : item.run());
  if (hasChoice && item.isChosen !== undefined) {
    return (
      <Radix.CheckboxItem className={className} checked={item.isChosen} onSelect={onSelect} {...off}>
        {inside}
      </Radix.CheckboxItem>
    );
  }
  return (
    <Radix.Item className={className} onSelect={onSelect} {...off}>
      {inside}
    </Radix.Item>
  );
}
