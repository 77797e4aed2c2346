/* People or teams as chips in a field, with a list below it that narrows as one types (picture 03c): for a choice that is made here and now. Members.tsx is the
 * quieter one, for lists that are changed seldom. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Hint } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { matches } from "../../ui/Picker";
import { type Member, MemberChip, type MembersProps } from "./Members";
import "./people.css";

type Props = Omit<MembersProps, "isReadOnly"> & { isLabelShown: boolean };

export function MemberField(props: Props) {
  const { label, isLabelShown, hint, chosen, others, addLabel, empty, onAdd, onRemove, onEarlier } = props;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const typed = text.trim();
  const found = others.filter((one) => matches({ id: one.id, label: one.name }, typed));
  const active = isOpen ? Math.min(at, found.length - 1) : -1;

  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another one is marked
  useEffect(() => {
    list.current?.querySelector("[data-highlighted]")?.scrollIntoView?.({ block: "nearest" });
  }, [active]);

  const close = () => {
    setOpen(false);
    setText("");
    setAt(0);
  };
  const take = (one: Member) => {
    onAdd(one.id);
    close();
  };
  const remove = (one: Member) => {
    onRemove(one.id);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const marked = found[active];
    const last = chosen.at(-1);
    if (step && !isOpen) setOpen(true);
    else if (step && found.length) setAt((active + step + found.length) % found.length);
    else if (event.key === "Enter" && marked) take(marked);
    else if (event.key === "Escape" && isOpen) {
      close();
      event.stopPropagation();
    } else if (event.key === "Backspace" && !text && last) onRemove(last.id);
    else if (!(event.key === "Enter" && typed)) return;
    event.preventDefault();
  };
  return (
    <div className="field" role="group" aria-labelledby={`${id}-name`}>
      <p className={isLabelShown ? "label" : "sr"} id={`${id}-name`}>
        {label}
      </p>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the chips is a click into the field, which the keys reach by themselves */}
      <div
        className="input memberfield"
        onClick={(event) => event.target === event.currentTarget && field.current?.focus()}
      >
        {chosen.map((one, nth) => (
          <MemberChip
            key={one.id}
            member={one}
            onRemove={() => remove(one)}
            onEarlier={onEarlier && nth > 0 ? () => onEarlier(one.id) : undefined}
          />
        ))}
        <input
          ref={field}
          role="combobox"
          aria-label={addLabel}
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
          aria-autocomplete="list"
          aria-describedby={hint ? `${id}-hint` : undefined}
          autoComplete="off"
          placeholder={chosen.length ? addLabel : (empty ?? addLabel)}
          value={text}
          onClick={() => setOpen(true)}
          onBlur={close}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
            setOpen(true);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className={isOpen ? "memberlist" : "sr"} id={`${id}-list`} role="listbox" aria-label={addLabel} ref={list}>
        {isOpen
          ? found.map((one, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
              <div
                key={one.id}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                className="menuitem"
                aria-selected={index === active}
                data-highlighted={index === active || undefined}
                onPointerMove={() => setAt(index)}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => take(one)}
              >
                {one.icon}
                <span className="grow" dir="auto">
                  <Begun name={one.name} typed={typed} />
                </span>
                {one.hint ? <span className="hint num">{one.hint}</span> : null}
              </div>
            ))
          : null}
      </div>
      {isOpen && !found.length ? <p className="soft small-text">{t("picker.none")}</p> : null}
      <p className="sr" role="status">
        {typed ? t("picker.found", { count: found.length }) : ""}
      </p>
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

/** What was typed of it stands out. */
function Begun({ name, typed }: { name: string; typed: string }) {
  if (!typed || !name.toLowerCase().startsWith(typed.toLowerCase())) return name;
  return (
    <>
      <b>{name.slice(0, typed.length)}</b>
      {name.slice(typed.length)}
    </>
  );
}
