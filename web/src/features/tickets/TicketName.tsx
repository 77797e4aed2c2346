/* What new tickets are called (picture 03d): a line in which what is filled in for each ticket stands as a chip. The editor of the composer writes it. */
import { Plus } from "lucide-react";
import { lazy, Suspense, useRef } from "react";
import type { TicketDefaults } from "../../api/types";
import { Button } from "../../ui/Button";
import { type MessageId, t, withWords } from "../../ui/i18n";
import type { RichApi } from "../editor/create";
import { htmlFromText } from "../editor/plain";
import { parse } from "../editor/text";
import { useTextKey } from "../editor/useTextKey";
import "../drafts/composer.css";
import "../editor/editor.css";
import "./tickets.css";

const RichEditor = lazy(withWords(() => import("../editor/RichEditor")));

const SUBJECT = "{conversation.subject}";
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

/** The tokens as chips; any other braces stay text. */
const markupOf = (name: string): string =>
  TOKENS.reduce(
    (html, [token, words]) => html.replaceAll(token, `<span data-field="${token}">${t(words)}</span>`),
    htmlFromText(name),
  );

/** And back: one line. */
export function nameOfMarkup(html: string): string {
  const body = parse(html);
  for (const chip of body.querySelectorAll("[data-field]")) chip.replaceWith(chip.getAttribute("data-field") ?? "");
  return [...body.childNodes]
    .map((one) => one.textContent ?? "")
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
}

interface Props {
  value: TicketDefaults;
  error: string | null;
  onChange: (part: Partial<TicketDefaults>) => void;
}

export function TicketName({ value, error, onChange }: Props) {
  const api = useRef<RichApi | null>(null);
  const editor = useTextKey(value.name);
  const label = t("tickets.name");
  const left = TOKENS.filter(([token]) => !value.name.includes(token));
  const changed = () => {
    const name = api.current && nameOfMarkup(api.current.content().html);
    if (name !== null && name !== value.name) {
      editor.note(name);
      onChange({ name });
    }
  };
  return (
    <div className="field">
      <p className="label">{label}</p>
      <div className={`input tokenfield ${error ? "err" : ""}`}>
        <Suspense fallback={<span className="composetext" />}>
          <RichEditor
            key={editor.key}
            html={markupOf(value.name)}
            version={0}
            caret={null}
            label={label}
            placeholder={t("tickets.token_subject")}
            format="plain"
            triggers={NONE}
            list={null}
            onReady={(made) => {
              api.current = made;
            }}
            onTouch={changed}
            onKey={(event) => event.key === "Enter"}
            onTrigger={nothing}
            onMarks={nothing}
            onFiles={nothing}
            onLink={nothing}
            onBlur={nothing}
          />
        </Suspense>
      </div>
      {left.length ? (
        <p className="row tokens">
          {left.map(([token, words]) => (
            <Button
              key={token}
              size="xs"
              look="ghost"
              icon={<Plus className="small" />}
              aria-label={t("tickets.put_in", { name: t(words) })}
              onClick={() => api.current?.insertNode("field", { token, words: t(words) })}
            >
              {t(words)}
            </Button>
          ))}
        </p>
      ) : null}
      {error ? (
        <p className="hint error" role="alert">
          {error}
        </p>
      ) : null}
    </div>
  );
}

const NONE: [] = [];
const nothing = () => undefined;
