/* A field with a list under it: typing narrows the list, arrows move in it, Enter chooses (the combobox pattern of the ARIA guide). The focus stays in
 * the field. Used inside a popover, and fetched with it. */
import { Check } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { useTyped } from "./EarlyKeys";
import { t } from "./i18n";
import "./picker.css";

export interface PickerItem {
  id: string;
  label: string;
  /** At the end of the row: a time, a number, a key. */
  hint?: string;
  /** Below the label: what helps to choose. */
  detail?: string;
  icon?: ReactNode;
  isChosen?: boolean;
  /** Other words under which it is found. */
  keywords?: string;
  /** Is shown whatever is typed. */
  isAlways?: boolean;
}

interface Props {
  label: string;
  placeholder: string;
  items: readonly PickerItem[];
  /** More rows for what is typed: to make something new, or to read it as a moment. */
  forText?: (text: string) => PickerItem[];
  onChoose: (item: PickerItem, text: string) => void;
  empty?: string;
  /** Several can be chosen: the list stays. */
  isMulti?: boolean;
  children?: ReactNode;
}

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Every typed word begins a word of the item. */
export function matches(item: PickerItem, typed: string): boolean {
  const words = plain(`${item.label} ${item.keywords ?? ""}`).split(/[\s@.,()/-]+/);
  return plain(typed)
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part)));
}

export function Picker({ label, placeholder, items, forText, onChoose, empty, isMulti, children }: Props) {
  const [text, setText] = useTyped();
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => {
    const typed = text.trim();
    const found = typed ? items.filter((item) => item.isAlways || matches(item, typed)) : [...items];
    return typed && forText ? [...found, ...forText(typed)] : found;
  }, [items, text, forText]);
  const active = Math.min(at, shown.length - 1);

  useEffect(() => {
    list.current?.querySelector("[data-active]")?.scrollIntoView?.({ block: "nearest" });
  });

  const choose = (item: PickerItem) => {
    onChoose(item, text.trim());
    if (isMulti) setText("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) setAt((active + step + shown.length) % shown.length);
    else if (event.key === "Home" && !text) setAt(0);
    else if (event.key === "End" && !text) setAt(shown.length - 1);
    else if (event.key === "Enter" && shown[active]) choose(shown[active]);
    else return;
    event.preventDefault();
  };
  return (
    <div className="picker">
      <input
        className="input"
        // The list is fetched when the popover is open already, so the focus has to be taken here.
        autoFocus
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        placeholder={placeholder}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        className="options"
        role="listbox"
        id={`${id}-list`}
        aria-label={label}
        aria-multiselectable={isMulti}
        ref={list}
      >
        {shown.map((item, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
          <div
            key={item.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            className="menuitem"
            aria-selected={isMulti || item.isChosen !== undefined ? (item.isChosen ?? false) : index === active}
            data-active={index === active || undefined}
            data-highlighted={index === active || undefined}
            onPointerMove={() => setAt(index)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(item)}
          >
            {item.icon}
            <span className="grow" dir="auto">
              {item.label}
              {item.detail ? <span className="block small-text muted">{item.detail}</span> : null}
            </span>
            {item.hint ? <span className="hint num">{item.hint}</span> : null}
            {item.isChosen ? <Check className="small" /> : null}
          </div>
        ))}
      </div>
      {shown.length ? null : <p className="soft">{empty ?? t("picker.none")}</p>}
      <p className="sr" role="status">
        {text ? t("picker.found", { count: shown.length }) : ""}
      </p>
      {children}
    </div>
  );
}
