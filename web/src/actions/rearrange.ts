/* Merging and splitting: the server does it, and what it answers is shown. Undo works from the toast, by `Z`, and for ever from the line in the thread. */
import { post } from "../api/client";
import { applyNow } from "../api/live";
import { keys } from "../api/queries";
import type { Conversation, Id, Merged, Split, Undone } from "../api/types";
import { clear } from "../features/conversations/selection";
import { t } from "../ui/i18n";
import { toast, toastError } from "../ui/toasts";
import type { Scope } from "./action";

type Here = Pick<Scope, "client" | "me">;

function show({ client, me }: Here, ...conversations: Conversation[]): void {
  for (const conversation of conversations) {
    applyNow(client, { type: "conversation.changed", data: { conversation } }, me.id);
    applyNow(client, { type: "messages.moved", data: { conversation_id: conversation.id } }, me.id);
    if (conversation.contact?.id) void client.invalidateQueries({ queryKey: keys.contact(conversation.contact.id) });
  }
  void client.invalidateQueries({ queryKey: keys.views });
}

/** Merges these into the target and goes there. */
export async function mergeInto(scope: Scope, target: Conversation, sources: readonly Conversation[]): Promise<void> {
  try {
    const ids = sources.map((one) => one.id);
    const { conversation, rearrangement_ids } = await post<Merged>(`/api/conversations/${target.id}/merge`, {
      conversation_ids: ids,
    });
    show(scope, ...sources.map((one) => ({ ...one, merged_into_id: target.id })), conversation);
    clear();
    scope.open(target.id, "thread");
    toast(t("steer.merged", { count: sources.length }), () => void undoAll(scope, rearrangement_ids), {
      isLasting: true,
    });
  } catch (problem) {
    toastError(problem);
  }
}

async function undoAll(scope: Scope, ids: readonly Id[]): Promise<void> {
  for (const id of ids.toReversed()) if (!(await undoRearrangement(scope, id, false))) return;
  toast(t("steer.merge_undone"));
}

/** True when the server did it. */
export async function undoRearrangement(scope: Here, id: Id, isTold = true, word?: string): Promise<boolean> {
  try {
    const { source, target } = await post<Undone>(`/api/rearrangements/${id}/undo`);
    show(scope, source, target);
    if (isTold) toast(word ?? t("steer.merge_undone"));
    return true;
  } catch (problem) {
    toastError(problem);
    return false;
  }
}

/** Puts these messages into a new conversation and goes there. False when the server refused. */
export async function splitOff(
  scope: Scope,
  conversation: Conversation,
  messageIds: Id[],
  subject: string,
): Promise<boolean> {
  try {
    const made = await post<Split>(`/api/conversations/${conversation.id}/split`, {
      message_ids: messageIds,
      subject: subject.trim() || null,
    });
    show(scope, made.conversation);
    applyNow(scope.client, { type: "messages.moved", data: { conversation_id: conversation.id } }, scope.me.id);
    scope.open(made.conversation.id, "thread");
    const undo = async () => {
      const isUndone = await undoRearrangement(scope, made.rearrangement_id, true, t("steer.split_undone"));
      if (isUndone) scope.open(conversation.id, "thread");
    };
    toast(t("steer.split"), () => void undo(), { isLasting: true });
    return true;
  } catch (problem) {
    toastError(problem);
    return false;
  }
}
