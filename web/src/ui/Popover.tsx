/* A button that opens a small panel. Like Menu: the panel's machinery comes when it is first needed. */
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";

const loadContent = () => import("./PopoverContent");
const PopoverContent = lazy(loadContent);

interface Props {
  label: string;
  className?: string;
  trigger: ReactNode;
  title?: string;
  children: (close: () => void) => ReactNode;
}

export function Popover({ label, className, trigger, title, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const close = () => setOpen(false);
  return (
    <>
      <button
        type="button"
        ref={anchor}
        className={className}
        title={title}
        aria-label={title}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onPointerEnter={() => void loadContent()}
        onClick={() => setOpen(!isOpen)}
      >
        {trigger}
      </button>
      {isOpen ? (
        <Suspense fallback={null}>
          <PopoverContent anchor={anchor} label={label} onClose={close}>
            {children(close)}
          </PopoverContent>
        </Suspense>
      ) : null}
    </>
  );
}
