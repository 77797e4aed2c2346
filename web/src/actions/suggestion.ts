/* What becomes of a suggested split: it is done, with all that came after, or everybody is told that the message belongs where it is. */
import { get, post, query } from "../api/client";
import { applyNow } from "../api/live";
import type { Conversation, Id, Message, Page } from "../api/types";
import { t } from "../ui/i18n";
import { toast, toastError } from "../ui/toasts";
import type { Scope } from "./action";
import { splitOff } from "./rearrange";

const isMovable = (message: Message) =>
  message.type !== "system" && message.state !== "queued" && message.state !== "sending";

/** Puts this message and what came after it into a conversation of its own, under its subject, and goes there. */
export async function splitFrom(scope: Scope, conversation: Conversation, from: Message): Promise<boolean> {
  try {
    const ids = [from.id];
    let after: Id | null | undefined = from.id;
    while (after) {
      const page: Page<Message> & { previous?: Id | null } = await get(
        `/api/conversations/${conversation.id}/messages${query({ after, limit: 100 })}`,
      );
      ids.push(...page.items.filter(isMovable).map((one) => one.id));
      after = page.previous;
    }
    return await splitOff(scope, conversation, ids, "");
  } catch (problem) {
    toastError(problem);
    return false;
  }
}

/** Asks whether to split at this message, or does so no more, for everybody. */
export async function suggestSplit(scope: Scope, id: Id, isSuggested: boolean): Promise<void> {
  try {
    const message = await post<Message>(`/api/messages/${id}/split-suggestion`, { is_dismissed: !isSuggested });
    applyNow(scope.client, { type: "message.changed", data: { message } }, scope.me.id);
    if (!isSuggested) toast(t("suggest.stays"), () => void suggestSplit(scope, id, true));
  } catch (problem) {
    toastError(problem);
  }
}
