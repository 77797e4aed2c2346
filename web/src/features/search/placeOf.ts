import { isFiltered } from "../../api/lists";
import type { Conversation } from "../../api/types";

/** The view in which a conversation that was found stands, so that the list beside it shows its neighbours. */
export function placeOf(conversation: Conversation): { view: string; conversation: string } {
  const view = conversation.is_trashed
    ? "trash"
    : conversation.is_spam
      ? isFiltered(conversation)
        ? "filtered"
        : "spam"
      : conversation.status === "closed"
        ? "closed"
        : conversation.is_snoozed
          ? "snoozed"
          : "open";
  return { view, conversation: conversation.id };
}
