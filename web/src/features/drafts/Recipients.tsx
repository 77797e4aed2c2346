import { Fragment, type ReactNode, useState } from "react";
import { type MessageId, t } from "../../ui/i18n";
import { AddressLine } from "./AddressLine";
import type { Addresses } from "./recipients";

type Role = keyof Addresses;
const ROLES: { role: Role; label: MessageId }[] = [
  { role: "to", label: "recipients.to" },
  { role: "cc", label: "recipients.cc" },
  { role: "bcc", label: "recipients.bcc" },
];

interface Props {
  /** Which lines the channel knows. */
  roles: string[];
  addresses: Addresses;
  newcomers: Set<string>;
  names: Map<string, string>;
  /** What kind of address is looked for. */
  type: string;
  /** The subject line, where the channel has one. */
  subject?: { value: string | undefined; fallback: string };
  /** Nothing is filled in by itself: begin with the first line. */
  isNew?: boolean;
  /** What was typed for the first line before it was there. */
  typed?: () => string;
  /** What is wrong, beside the line that it is about. */
  errors?: Partial<Record<Role | "subject", string>>;
  onChange: (part: Partial<Addresses> & { subject?: string }) => void;
}

export function Recipients({
  roles,
  addresses,
  newcomers,
  names,
  type,
  subject,
  isNew,
  typed,
  errors,
  onChange,
}: Props) {
  const [opened, setOpened] = useState<ReadonlySet<Role>>(new Set());
  const [hasSubject, setSubject] = useState(false);
  const isShown = (role: Role) => role === "to" || addresses[role].length > 0 || opened.has(role);
  const hidden = ROLES.filter(({ role }) => roles.includes(role) && !isShown(role));
  const showsSubject = subject !== undefined && (hasSubject || isNew || subject.value !== undefined);
  const more = (key: string, label: string, open: () => void): ReactNode => (
    <button key={key} type="button" className="more" onClick={open}>
      {label}
    </button>
  );
  return (
    <div className="addresses">
      {ROLES.filter(({ role }) => roles.includes(role) && isShown(role)).map(({ role, label }, index) => (
        <AddressLine
          key={role}
          label={t(label)}
          values={addresses[role]}
          newcomers={isNew ? EMPTY : newcomers}
          names={names}
          type={type}
          error={errors?.[role]}
          typed={role === "to" ? typed : undefined}
          startsFocused={opened.has(role) || (isNew === true && role === "to" && !addresses.to.length)}
          onChange={(values) => onChange({ [role]: values })}
        >
          {index === 0 ? (
            <Fragment>
              {hidden.map((one) => more(one.role, t(one.label), () => setOpened(new Set([...opened, one.role]))))}
              {subject && !showsSubject ? more("subject", t("composer.subject"), () => setSubject(true)) : null}
            </Fragment>
          ) : null}
        </AddressLine>
      ))}
      {subject && showsSubject ? (
        <label className="addressline subjectline">
          <span>{t("composer.subject")}</span>
          <input
            value={subject.value ?? subject.fallback}
            autoFocus={hasSubject}
            dir="auto"
            maxLength={900}
            aria-invalid={errors?.subject ? true : undefined}
            onChange={(event) => onChange({ subject: event.target.value })}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
            }}
          />
          {errors?.subject ? <span className="hint error">{errors.subject}</span> : null}
        </label>
      ) : null}
    </div>
  );
}

const EMPTY: Set<string> = new Set();
