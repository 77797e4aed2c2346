import * as Radix from "@radix-ui/react-menu";
import { Check } from "lucide-react";
import { type FocusEvent, type RefObject, useContext } from "react";
import { EarlyText } from "./EarlyKeys";
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
  const early = useContext(EarlyText);
  // What was typed before it was there goes to the first that begins so, as it does from now on.
  const goToTyped = (event: FocusEvent<HTMLElement>) => {
    const typed = early.current.toLowerCase();
    if (!typed || event.target !== event.currentTarget) return;
    early.current = "";
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>(".menuitem")];
    all.find((one) => one.textContent?.toLowerCase().startsWith(typed))?.focus();
  };
  return (
    <Radix.Root open modal={false} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Radix.Anchor virtualRef={anchor as RefObject<HTMLButtonElement>} />
      <Radix.Portal>
        <Radix.Content
          className="menu"
          onFocus={goToTyped}
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
