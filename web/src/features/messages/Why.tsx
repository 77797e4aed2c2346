import { Link } from "@tanstack/react-router";
import { Split } from "lucide-react";
import type { Scope } from "../../actions/action";
import { moveMessage } from "../../actions/move";
import type { Message } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { t, tOr } from "../../ui/i18n";
import { inWords } from "../../ui/serverWords";
import type { Doubt } from "./why";

interface Props {
  message: Message;
  scope: Scope;
  doubt: Doubt | null;
  onClose: () => void;
}

/** Which header or token brought the message here, what is known of who really sent it, and the way out when it does not belong (AHEAD 8). */
export function WhyDialog({ message, scope, doubt, onClose }: Props) {
  const { why, origin } = message;
  const values = { label: inWords(why?.label ?? ""), value: why?.value ?? "", count: why?.days ?? 0 };
  const how = why?.how ?? "new";
  const notes = Array.isArray(message.data.notes) ? message.data.notes.map(String) : [];
  return (
    <Dialog title={t("why.title")} onClose={onClose}>
      <div className="why">
        <p>{tOr(`why.${how === "apart" ? `apart_${why.reason}` : how}`, t("why.other", values), values)}</p>
        {why?.value ? (
          <p>
            <span className="muted">{values.label}</span> <code>{why.value}</code>
          </p>
        ) : null}
        {why?.message_id ? (
          <Link
            to="/inbox/$view/$conversation"
            params={{ view: scope.view, conversation: why.from ?? message.conversation_id }}
            hash={`m${why.message_id}`}
            onClick={onClose}
          >
            {t("why.show_message")}
          </Link>
        ) : null}
        {why?.split === "stays" || why?.split === "dismissed" ? (
          <p>
            {t(why.split === "stays" ? "why.subject_stays" : "why.subject_dismissed", { was: why.subject_was ?? "" })}
          </p>
        ) : null}
        {origin?.word ? <p>{tOr(`origin.${origin.word}`, origin.word)}</p> : null}
        {notes.map((note) => (
          <p key={note} className="muted">
            {inWords(note)}
          </p>
        ))}
        {doubt ? (
          <p className="doubt">
            {t(doubt.reason === "subject" ? "why.doubt_subject" : "why.doubt_sender", { was: doubt.was, is: doubt.is })}
          </p>
        ) : null}
        <div>
          <Button
            size="s"
            look={doubt ? "primary" : "plain"}
            icon={<Split className="mid" />}
            onClick={() => {
              onClose();
              void moveMessage(message, null, scope);
            }}
          >
            {t("mail.move_new")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
