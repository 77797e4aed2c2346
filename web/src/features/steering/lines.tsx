/* The sentences and signs of the lines that steering leaves in a thread. */
import { AlarmClock, AlarmClockOff, ChevronsUp, Merge, Split, Tags, Ticket, Trash2, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import type { Message } from "../../api/types";
import { fullMoment, nameList } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";

interface TagWord {
  name: string;
}

/** Undefined for what is none of these. */
export function steeringSentence(message: Message, who: string): string | undefined {
  const { data } = message;
  const text = (key: string) => (typeof data[key] === "string" ? (data[key] as string) : "");
  const count = typeof data.count === "number" ? data.count : 0;
  const isHere = text("to") === message.conversation_id;
  switch (text("event")) {
    case "priority_changed": {
      const value = tOr(`priority.${text("to")}`, text("to"));
      return message.author_id ? t("system.priority", { who, value }) : t("system.priority_itself", { value });
    }
    case "snoozed":
      return text("until")
        ? t("system.snoozed", { who, time: fullMoment(new Date(text("until"))) })
        : t("system.snoozed_answer", { who });
    case "woken":
      if (text("reason") === "time") return t("system.woken_time");
      return text("reason") === "message" ? t("system.woken_message") : t("system.woken", { who });
    case "trashed":
      return t("system.trashed", { who });
    case "restored":
      return text("reason") === "message" ? t("system.restored_itself") : t("system.restored", { who });
    case "tags_changed":
      return tagSentence(names(data.added), names(data.removed), who);
    case "merged": {
      if (!isHere) return t("system.merged_away", { who });
      const subject = text("subject");
      return subject ? t("system.merged_here", { who, subject, count }) : t("system.merged_here_bare", { who, count });
    }
    case "split":
      return isHere ? t("system.split_here", { who }) : t("system.split", { who, count });
    case "began_apart": {
      const name = text("sender") || t("system.somebody");
      if (text("reason") === "several")
        return t(isHere ? "system.apart_several_here" : "system.apart_several", { name });
      return t(isHere ? "system.apart_subject_here" : "system.apart_subject", { name });
    }
    case "merge_undone":
      return t("system.merge_undone", { who });
    case "split_undone":
      return t("system.split_undone", { who });
    default:
      return undefined;
  }
}

const names = (list: unknown): string[] => (Array.isArray(list) ? (list as TagWord[]).map((one) => one.name) : []);

function tagSentence(added: string[], removed: string[], who: string): string {
  if (!removed.length) return t("system.tags_added", { who, added: nameList(added) });
  if (!added.length) return t("system.tags_removed", { who, removed: nameList(removed) });
  return t("system.tags", { who, added: nameList(added), removed: nameList(removed) });
}

const ICONS: Record<string, ReactNode> = {
  priority_changed: <ChevronsUp className="mid" />,
  snoozed: <AlarmClock className="mid" />,
  woken: <AlarmClockOff className="mid" />,
  trashed: <Trash2 className="mid" />,
  restored: <Undo2 className="mid" />,
  tags_changed: <Tags className="mid" />,
  merged: <Merge className="mid" />,
  split: <Split className="mid" />,
  began_apart: <Split className="mid" />,
  merge_undone: <Undo2 className="mid" />,
  split_undone: <Undo2 className="mid" />,
  ticket_made: <Ticket className="mid" />,
  ticket_not_made: <Ticket className="mid" />,
  ticket_linked: <Ticket className="mid" />,
  ticket_unlinked: <Ticket className="mid" />,
  ticket_stage_changed: <Ticket className="mid" />,
};

export const steeringIcon = (message: Message): ReactNode => ICONS[String(message.data.event)];
