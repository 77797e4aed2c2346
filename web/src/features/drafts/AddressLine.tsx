/* One line of addresses: chips, and a field that suggests people as one types (a combobox whose focus stays in the field). */
import { useQuery } from "@tanstack/react-query";
import { UserPlus, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from "react";
import { recipientsQuery } from "../../api/queries";
import type { RecipientSuggestion } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { t } from "../../ui/i18n";
import { bare, isAddressOf, looksLikeAddress, splitAddresses } from "./recipients";

interface Props {
  label: string;
  values: string[];
  newcomers: Set<string>;
  names: Map<string, string>;
  type: string;
  startsFocused: boolean;
  /** What was typed before it was there. */
  typed?: () => string;
  /** What is wrong with it. */
  error?: string;
  onChange: (values: string[]) => void;
  children?: ReactNode;
}

const written = (one: RecipientSuggestion) =>
  one.name && one.name !== one.address
    ? `${/[",;<>@]/.test(one.name) ? JSON.stringify(one.name) : one.name} <${one.address}>`
    : one.address;

export function AddressLine({
  label,
  values,
  newcomers,
  names,
  type,
  startsFocused,
  typed: typedBefore,
  error,
  onChange,
  children,
}: Props) {
  const id = useId();
  const list = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [isClosed, setClosed] = useState(false);
  const chips = useRef<HTMLDivElement>(null);
  // When it stands there, and not while it is drawn: a drawing may be begun again, and letters come meanwhile.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useLayoutEffect(() => setTyped(typedBefore?.() ?? ""), []);
  const query = typed.trim();
  const found = useQuery({ ...recipientsQuery(query, type), enabled: query.length > 0 }).data ?? [];
  const suggestions =
    query && !isClosed ? found.filter((one) => !values.some((known) => bare(known) === one.address)) : [];
  const add = (text: string) => {
    const fresh = splitAddresses(text).filter((one) => !values.some((known) => bare(known) === bare(one)));
    if (fresh.length) onChange([...values, ...fresh]);
    setTyped("");
  };
  const take = (one: RecipientSuggestion) => {
    onChange([...values, written(one)]);
    setTyped("");
    setAt(0);
  };
  const chipAt = (index: number) => chips.current?.querySelectorAll<HTMLElement>(".chip button")[index]?.focus();

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const isMod = event.metaKey || event.ctrlKey;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const chosen = suggestions[Math.min(at, suggestions.length - 1)];
    if (step && suggestions.length) setAt((at + step + suggestions.length) % suggestions.length);
    else if (
      (event.key === "Enter" || event.key === "Tab") &&
      chosen &&
      !isMod &&
      !event.shiftKey &&
      !looksLikeAddress(typed)
    )
      take(chosen);
    else if (
      (event.key === "Enter" || event.key === "Tab") &&
      chosen &&
      !isMod &&
      !event.shiftKey &&
      chosen.address.startsWith(query.toLowerCase())
    )
      take(chosen);
    else if (["Enter", ",", ";"].includes(event.key) && typed.trim() && !isMod) add(typed);
    else if (event.key === "Escape" && suggestions.length) {
      setClosed(true);
      event.stopPropagation();
    } else if (event.key === "Backspace" && !typed && values.length) onChange(values.slice(0, -1));
    else if (event.key === "ArrowLeft" && !typed && values.length) chipAt(values.length - 1);
    else if (event.key !== "Enter" || isMod) return;
    event.preventDefault();
  };
  return (
    <div className="addressline">
      <label htmlFor={id}>{label}</label>
      <div className="chips" ref={chips}>
        {values.map((value, index) => {
          const isWrong = !isAddressOf(type, value);
          const isNew = newcomers.has(bare(value));
          const remove = () => {
            onChange(values.filter((one) => one !== value));
            document.getElementById(id)?.focus();
          };
          return (
            <span
              key={value}
              className={`chip ${isWrong ? "bad" : isNew ? "warn" : ""}`}
              title={isWrong ? t("recipients.wrong") : isNew ? `${value}: ${t("recipients.new")}` : value}
            >
              {isNew && !isWrong ? <UserPlus className="small" aria-label={t("recipients.new")} /> : null}
              <span className="cut" dir="auto">
                {isNew ? value : (names.get(value.toLowerCase()) ?? value.replace(/^"?([^"<]+?)"?\s*<[^>]+>$/, "$1"))}
              </span>
              <button
                type="button"
                aria-label={t("recipients.remove", { address: value })}
                onClick={remove}
                onKeyDown={(event) => {
                  if (event.key === "Backspace" || event.key === "Delete") remove();
                  else if (event.key === "ArrowLeft") chipAt(Math.max(0, index - 1));
                  else if (event.key === "ArrowRight" && index === values.length - 1)
                    document.getElementById(id)?.focus();
                  else if (event.key === "ArrowRight") chipAt(index + 1);
                  else return;
                  event.preventDefault();
                }}
              >
                <X className="small" />
              </button>
            </span>
          );
        })}
        <input
          id={id}
          value={typed}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={suggestions.length > 0}
          aria-controls={list}
          aria-activedescendant={suggestions.length ? `${list}-${Math.min(at, suggestions.length - 1)}` : undefined}
          autoComplete="off"
          dir="auto"
          autoCapitalize="off"
          spellCheck={false}
          inputMode={type === "phone" ? "tel" : "email"}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-error` : undefined}
          autoFocus={startsFocused}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
            setClosed(false);
          }}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const text = event.clipboardData.getData("text");
            if (!/[,;\n@]/.test(text)) return;
            event.preventDefault();
            add(typed + text);
          }}
          onBlur={() => typed.trim() && add(typed)}
        />
        {suggestions.length ? (
          <ul className="suggest people" id={list} role="listbox" aria-label={t("recipients.suggestions")}>
            {suggestions.map((one, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field keeps the focus and hears the keys
              <li
                key={one.address}
                tabIndex={-1}
                id={`${list}-${index}`}
                role="option"
                aria-selected={index === Math.min(at, suggestions.length - 1)}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => take(one)}
              >
                <Avatar name={one.name || one.address} seed={one.contact_id} size={20} />
                <span className="what" dir="auto">
                  {one.name || one.address}
                </span>
                <span className="cut soft">{one.address}</span>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      {children}
      {error ? (
        <p className="hint error" id={`${id}-error`}>
          {error}
        </p>
      ) : null}
    </div>
  );
}
