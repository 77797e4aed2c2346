/* A button that opens a menu. The button stays the same element all the time; the menu itself (focus, arrow keys, type-ahead, position) is Radix and
 * is fetched when it is first needed, so that it does not weigh on the first paint. */
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { EarlyKeys } from "./EarlyKeys";
import { withWords } from "./i18n";

export interface MenuItem {
  id: string;
  label: string;
  icon?: ReactNode;
  keys?: string;
  /** A number at the end. */
  count?: string;
  /** Set on items of which one is chosen. */
  isChosen?: boolean;
  isDangerous?: boolean;
  /** A second line: what there is to know about it. */
  hint?: string;
  /** It stands there and says in its hint why it cannot be done now. */
  isOff?: boolean;
  /** A line above this item. */
  startsGroup?: boolean;
  run: () => void;
}

const loadContent = withWords(() => import("./MenuContent"));
const MenuContent = lazy(loadContent);
const MenuSheet = lazy(withWords(() => import("./MenuSheet")));
const isPhone = () => matchMedia("(max-width: 599px)").matches;

interface Props {
  label: string;
  items: MenuItem[];
  className?: string;
  align?: "start" | "end";
  side?: "top" | "bottom" | "right";
  children: ReactNode;
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  title?: string;
  /** On a phone it comes as a sheet from below, under this heading. */
  sheet?: string;
  /** For menus inside a toolbar, which is one tab stop. */
  tabIndex?: number;
  onFocus?: () => void;
}

export function Menu({
  label,
  items,
  className,
  align = "start",
  side = "bottom",
  children,
  title,
  sheet,
  tabIndex,
  onFocus,
  ...control
}: Props) {
  const [isOpenHere, setOpenHere] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const isOpen = control.isOpen ?? isOpenHere;
  const setOpen = control.onOpenChange ?? setOpenHere;
  return (
    <>
      <button
        type="button"
        ref={anchor}
        className={className}
        aria-label={label}
        title={title ?? label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        tabIndex={tabIndex}
        onFocus={onFocus}
        onPointerEnter={() => void loadContent().catch(() => undefined)}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {children}
      </button>
      {isOpen && sheet && isPhone() ? (
        <Suspense fallback={null}>
          <MenuSheet title={sheet} items={items} onClose={() => setOpen(false)} />
        </Suspense>
      ) : isOpen ? (
        <EarlyKeys onEscape={() => setOpen(false)}>
          <MenuContent
            anchor={anchor}
            label={label}
            items={items}
            align={align}
            side={side}
            onClose={() => setOpen(false)}
          />
        </EarlyKeys>
      ) : null}
    </>
  );
}
