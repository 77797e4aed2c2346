/* What new tickets are called (picture 03d): the subject, channel and contact, or a text of one's own with tokens in it. */
import { useRef, useState } from "react";
import type { TicketDefaults } from "../../api/types";
import { Button } from "../../ui/Button";
import { Field, Select } from "../../ui/Field";
import { type MessageId, t } from "../../ui/i18n";

const SUBJECT = "{conversation.subject}";
const CHANNEL = "{channel.name}: {contact.name}";
const TOKENS: [string, MessageId][] = [
  [SUBJECT, "tickets.token_subject"],
  ["{contact.name}", "tickets.token_contact"],
  ["{channel.name}", "tickets.token_channel"],
];

/** As a ticket would be called; "The subject of the conversation" and the like stand for what is not known yet. */
export function sampleName(name: string, channel: string): string {
  const filled = name
    .replaceAll("{channel.name}", channel)
    .replaceAll("{contact.name}", t("tickets.sample_contact"))
    .replaceAll(SUBJECT, t("tickets.sample_subject"));
  return filled.trim() || t("tickets.sample_subject");
}

interface Props {
  value: TicketDefaults;
  error: string | null;
  onChange: (part: Partial<TicketDefaults>) => void;
}

export function TicketName({ value, error, onChange }: Props) {
  const known = [SUBJECT, CHANNEL].includes(value.name);
  const [isOwn, setOwn] = useState(!known);
  const field = useRef<HTMLDivElement>(null);
  const put = (token: string) => {
    const input = field.current?.querySelector("input");
    const [from, to] = [input?.selectionStart ?? value.name.length, input?.selectionEnd ?? value.name.length];
    onChange({ name: value.name.slice(0, from) + token + value.name.slice(to) });
    requestAnimationFrame(() => {
      input?.focus();
      input?.setSelectionRange(from + token.length, from + token.length);
    });
  };
  return (
    <div className="fields" ref={field}>
      <Select
        label={t("tickets.name")}
        value={isOwn ? "own" : value.name}
        onChange={(event) => {
          const chosen = event.target.value;
          setOwn(chosen === "own");
          if (chosen !== "own") onChange({ name: chosen });
        }}
      >
        <option value={SUBJECT}>{t("tickets.name_subject")}</option>
        <option value={CHANNEL}>{t("tickets.name_channel")}</option>
        <option value="own">{t("tickets.name_own")}</option>
      </Select>
      {isOwn ? (
        <>
          <Field
            label={t("tickets.name_text")}
            value={value.name}
            maxLength={300}
            error={error}
            onChange={(event) => onChange({ name: event.target.value })}
          />
          <p className="row hint tokens">
            {t("tickets.name_hint")}
            {TOKENS.map(([token, name]) => (
              <Button key={token} size="s" onClick={() => put(token)}>
                {t(name)}
              </Button>
            ))}
          </p>
        </>
      ) : null}
    </div>
  );
}
