/* A button that opens a small panel. Like Menu: the panel's machinery comes when it is first needed. */
import { lazy, type ReactNode, useRef, useState } from "react";
import { EarlyKeys } from "./EarlyKeys";
import { withWords } from "./i18n";

export const loadPopover = withWords(() => import("./PopoverContent"));
const PopoverContent = lazy(loadPopover);

interface Props {
  label: string;
  className?: string;
  trigger: ReactNode;
  title?: string;
  /** The button's own name, where it says more than its tooltip. */
  name?: string;
  children: (close: () => void) => ReactNode;
  /** Given: somebody else opens and closes it too (a key). */
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
}

export function Popover({ label, className, trigger, title, name = title, children, ...control }: Props) {
  const [isOpenHere, setOpenHere] = useState(false);
  const isOpen = control.isOpen ?? isOpenHere;
  const setOpen = control.onOpenChange ?? setOpenHere;
  const anchor = useRef<HTMLButtonElement>(null);
  const close = () => setOpen(false);
  return (
    <>
      <button
        type="button"
        ref={anchor}
        className={className}
        title={title}
        aria-label={name}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onPointerEnter={() => void loadPopover().catch(() => undefined)}
        onClick={() => setOpen(!isOpen)}
      >
        {trigger}
      </button>
      {isOpen ? (
        <EarlyKeys onEscape={close}>
          <PopoverContent anchor={anchor} label={label} onClose={close}>
            {children(close)}
          </PopoverContent>
        </EarlyKeys>
      ) : null}
    </>
  );
}
