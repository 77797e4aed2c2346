import { ArrowRightLeft, CircleAlert, CircleCheck, Info, RotateCcw, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import type { Inbox, Message, User } from "../../api/types";
import { fullTime, messageTime } from "../../ui/format";
import { t } from "../../ui/i18n";

interface Known {
  users: User[];
  inboxes: Inbox[];
}

/** The sentence of a system entry, made here from its data, so that it is in the reader's language. */
export function systemSentence(message: Message, { users, inboxes }: Known): string {
  const { data } = message;
  const text = (key: string) => (typeof data[key] === "string" ? (data[key] as string) : "");
  const user = (id: string | null) => users.find((one) => one.id === id)?.name ?? t("system.somebody");
  const inbox = (id: string) => inboxes.find((one) => one.id === id)?.name ?? t("system.another_inbox");
  const who = message.author_id ? user(message.author_id) : "";
  switch (text("event")) {
    case "status_changed":
      if (text("to") === "closed") return who ? t("system.closed", { who }) : t("system.closed_itself");
      return who ? t("system.reopened", { who }) : t("system.reopened_itself");
    case "assigned": {
      const to = text("to");
      if (!to) return t("system.unassigned", { who: who || t("system.somebody") });
      if (to === message.author_id) return t("system.took", { who });
      return who ? t("system.assigned", { who, to: user(to) }) : t("system.assigned_itself", { to: user(to) });
    }
    case "inbox_changed":
      return t("system.inbox", { who: who || t("system.somebody"), from: inbox(text("from")), to: inbox(text("to")) });
    case "message_moved":
      return t(text("to") === message.conversation_id ? "system.moved_here" : "system.moved_away", {
        who: who || t("system.somebody"),
      });
    case "message_failed":
      return t("system.failed", { address: text("address") || t("system.recipient"), reason: text("reason") });
    case "message_delayed":
      return t("system.delayed", { address: text("address") || t("system.recipient"), reason: text("reason") });
    case "marked_spam":
      return t("system.spam", { who: who || t("system.somebody") });
    case "unmarked_spam":
      return t("system.not_spam", { who: who || t("system.somebody") });
    default:
      return message.text || t("system.other", { event: text("event").replaceAll("_", " ") });
  }
}

const ICONS: Record<string, ReactNode> = {
  assigned: <UserRound className="mid" />,
  inbox_changed: <ArrowRightLeft className="mid" />,
  message_moved: <ArrowRightLeft className="mid" />,
  message_failed: <CircleAlert className="mid" />,
  message_delayed: <CircleAlert className="mid" />,
};

function iconOf(message: Message): ReactNode {
  if (message.data.event === "status_changed")
    return message.data.to === "closed" ? <CircleCheck className="mid" /> : <RotateCcw className="mid" />;
  return ICONS[String(message.data.event)] ?? <Info className="mid" />;
}

export function SystemEntry({ message, now, ...known }: Known & { message: Message; now: Date }) {
  return (
    <div className="sys">
      <span className="sysicon">{iconOf(message)}</span>
      <span dir="auto">{systemSentence(message, known)}</span>
      <time dateTime={message.created_at} title={fullTime(message.created_at)}>
        {messageTime(message.created_at, now)}
      </time>
    </div>
  );
}
