import { Link } from "@tanstack/react-router";
import type { Message } from "../../api/types";
import { t, tOr } from "../../ui/i18n";

/** Which header or token brought the message here, and what is known of who really sent it (AHEAD 8). */
export function Why({ message, view }: { message: Message; view: string }) {
  const { why, origin } = message;
  const values = { label: why?.label ?? "", value: why?.value ?? "" };
  const how = why?.how ?? "new";
  const notes = Array.isArray(message.data.notes) ? message.data.notes.map(String) : [];
  return (
    <div className="why">
      <h3>{t("why.title")}</h3>
      <p>{tOr(`why.${how}`, t("why.other", values), values)}</p>
      {why?.value ? (
        <p>
          <span className="muted">{why.label}</span> <code>{why.value}</code>
        </p>
      ) : null}
      {why?.message_id ? (
        <Link
          to="/inbox/$view/$conversation"
          params={{ view, conversation: message.conversation_id }}
          hash={`m${why.message_id}`}
        >
          {t("why.show_message")}
        </Link>
      ) : null}
      {origin?.word ? <p>{tOr(`origin.${origin.word}`, origin.word)}</p> : null}
      {notes.map((note) => (
        <p key={note} className="muted">
          {note}
        </p>
      ))}
    </div>
  );
}
