/* The sentences of the lines that tickets leave in a thread. */
import type { Message } from "../../api/types";
import { t } from "../../ui/i18n";
import { nameOf } from "./tickets";

/** `named` marks a name so that it stands out. Undefined for what is none of these. */
export function ticketSentence(message: Message, who: string, named: (name: string) => string): string | undefined {
  const { data } = message;
  const text = (key: string) => (typeof data[key] === "string" ? (data[key] as string) : "");
  const words = { who, name: named(text("name")), channel: named(text("channel")) };
  switch (text("event")) {
    case "ticket_made":
      return t(message.author_id ? "system.ticket_made_by" : "system.ticket_made", words);
    case "ticket_not_made":
      return t("system.ticket_not_made");
    case "ticket_linked":
      return t("system.ticket_linked", words);
    case "ticket_unlinked":
      return t("system.ticket_unlinked", words);
    case "ticket_stage_changed": {
      const to = data.to as { key: string | null; name: string } | null;
      return t("system.ticket_stage", { ...words, to: to ? named(nameOf(to)) : "" });
    }
    default:
      return undefined;
  }
}
