/* The account's own properties of a contact: each shown by its type, and changed where it stands. */
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { contactPropertiesQuery } from "../../api/queries";
import type { Contact, ContactProperty } from "../../api/types";
import { day, nameList, number } from "../../ui/format";
import { t } from "../../ui/i18n";
import { fieldValue, readDay, writeDay } from "../../ui/written";
import { Broken } from "./Broken";
import { changeProperty, type Where } from "./changes";

interface Props {
  contact: Contact;
  scope: Where;
  isWhole?: boolean;
}

const HIDDEN = new Set(["time_zone", "timezone", "city"]);

export function PropertyFacts({ contact, scope, isWhole }: Props) {
  const defined = useQuery(contactPropertiesQuery).data ?? [];
  const keys = new Set(defined.map((one) => one.key));
  const others = Object.entries(contact.properties).filter(
    ([key, value]) => !HIDDEN.has(key) && !keys.has(key) && (typeof value === "string" || typeof value === "number"),
  );
  return (
    <>
      {defined
        .filter((one) => isWhole || contact.properties[one.key] !== undefined)
        .map((one) => (
          <PropertyFact key={one.key} property={one} contact={contact} scope={scope} />
        ))}
      {others.map(([key, value]) => (
        <div key={key}>
          <dt>{key.replaceAll("_", " ")}</dt>
          <dd>
            <span>
              <Broken value={String(value)} />
            </span>
          </dd>
        </div>
      ))}
    </>
  );
}

/** A value in words; "" where there is none. */
export function shownValue(property: ContactProperty, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (property.type === "boolean") return t(value ? "property.yes" : "property.no");
  if (property.type === "date") return day(`${String(value)}T12:00:00`);
  if (property.type === "number" && typeof value === "number") return number(value);
  return Array.isArray(value) ? nameList(value.map(String)) : String(value);
}

function PropertyFact({ property, contact, scope }: Props & { property: ContactProperty }) {
  const [isEditing, setEditing] = useState(false);
  const value = contact.properties[property.key];
  const shown = shownValue(property, value);
  return (
    <div>
      <dt>{property.label}</dt>
      <dd>
        {isEditing ? (
          <Editor property={property} contact={contact} scope={scope} onDone={() => setEditing(false)} />
        ) : (
          <>
            {contact.can_act ? (
              <button
                type="button"
                className="factbutton"
                aria-label={t("property.edit", { name: property.label, value: shown || t("property.none") })}
                onClick={() => setEditing(true)}
              >
                {shown ? <Broken value={shown} /> : <span className="muted">{t("property.none")}</span>}
              </button>
            ) : (
              <span>{shown ? <Broken value={shown} /> : <span className="muted">{t("property.none")}</span>}</span>
            )}
            {property.type === "link" && shown ? (
              <a href={shown} target="_blank" rel="noreferrer noopener">
                {t("property.open_link")}
              </a>
            ) : null}
          </>
        )}
      </dd>
    </div>
  );
}

const INPUTS: Partial<Record<ContactProperty["type"], string>> = {
  number: "text",
  link: "url",
  phone: "tel",
  email: "email",
};

function Editor({ property, contact, scope, onDone }: Props & { property: ContactProperty; onDone: () => void }) {
  const before = contact.properties[property.key];
  const [draft, setDraft] = useState<unknown>(before ?? (property.type === "choices" ? [] : ""));
  const [wrong, setWrong] = useState<string | null>(null);
  const save = async (value: unknown) => {
    const wanted = value === "" ? null : value;
    if (JSON.stringify(wanted) === JSON.stringify(before ?? null)) return onDone();
    const problem = await changeProperty(contact, property, wanted, scope);
    setWrong(problem);
    if (!problem) onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isSaved = event.key === "Enter" && (property.type !== "long_text" || event.ctrlKey || event.metaKey);
    if (isSaved) void save(meant(property, draft));
    else if (event.key === "Escape") onDone();
    else return event.stopPropagation();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span className="facteditor">
      <ValueField
        property={property}
        value={draft}
        isWrong={wrong !== null}
        onChange={(value, isWhole) => {
          setDraft(value);
          if (isWhole) void save(value);
        }}
        onLeave={() => void save(meant(property, draft))}
        onKeyDown={onKeyDown}
      />
      {wrong ? (
        <span className="hint error" role="alert">
          {wrong}
        </span>
      ) : null}
    </span>
  );
}

/** What is typed as the server wants it: a number is sent as one when it is one, and a day as one, so that the server can say what is wrong with another. */
export function meant(property: ContactProperty, draft: unknown): unknown {
  if (property.type === "date" && typeof draft === "string") return readDay(draft, new Date(), "past") ?? draft;
  if (property.type !== "number" || typeof draft !== "string" || draft.trim() === "") return draft;
  const plain = draft.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  return Number.isFinite(Number(plain)) ? Number(plain) : draft;
}

interface FieldProps {
  property: ContactProperty;
  value: unknown;
  isWrong?: boolean;
  /** `isWhole`: nothing more is to be typed. */
  onChange: (value: unknown, isWhole: boolean) => void;
  onLeave?: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
}

export function ValueField({ property, value, isWrong, onChange, onLeave, onKeyDown }: FieldProps) {
  const common = { "aria-label": property.label, "aria-invalid": isWrong || undefined, autoFocus: true, onKeyDown };
  if (property.type === "choices") {
    const chosen = Array.isArray(value) ? value.map(String) : [];
    return (
      <fieldset
        className="choices"
        aria-label={property.label}
        onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && onLeave?.()}
        onKeyDown={onKeyDown}
      >
        {property.options.map((option, index) => (
          <label key={option}>
            <input
              type="checkbox"
              autoFocus={index === 0}
              checked={chosen.includes(option)}
              onChange={(event) =>
                onChange(event.target.checked ? [...chosen, option] : chosen.filter((one) => one !== option), false)
              }
            />
            {option}
          </label>
        ))}
      </fieldset>
    );
  }
  if (property.type === "choice" || property.type === "boolean") {
    const options: [string, string][] =
      property.type === "boolean"
        ? [
            ["true", t("property.yes")],
            ["false", t("property.no")],
          ]
        : property.options.map((one) => [one, one]);
    return (
      <span className={`input select ${isWrong ? "err" : ""}`}>
        <select
          {...common}
          value={String(value ?? "")}
          onBlur={onLeave}
          onChange={({ target }) =>
            onChange(property.type === "boolean" && target.value ? target.value === "true" : target.value, true)
          }
        >
          <option value="">{t("property.none")}</option>
          {options.map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </span>
    );
  }
  const isDay = property.type === "date";
  const text = isDay && /^\d{4}-\d\d-\d\d$/.test(String(value)) ? writeDay(String(value)) : String(value ?? "");
  return (
    <span className={`input ${isWrong ? "err" : ""}`}>
      {property.type === "long_text" ? (
        <textarea
          {...common}
          rows={4}
          value={text}
          onBlur={onLeave}
          onChange={(e) => onChange(e.target.value, false)}
        />
      ) : (
        <input
          {...common}
          type={INPUTS[property.type] ?? "text"}
          inputMode={property.type === "number" ? "decimal" : undefined}
          placeholder={isDay ? writeDay(fieldValue(new Date()).slice(0, 10)) : undefined}
          value={text}
          onBlur={onLeave}
          onChange={(e) => onChange(e.target.value, false)}
        />
      )}
    </span>
  );
}
