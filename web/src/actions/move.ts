/* Moving one message to another conversation, or to a new one: the reader goes along, and Undo brings both back. */
import { patch, post } from "../api/client";
import { applyNow } from "../api/live";
import { keys } from "../api/queries";
import type { Conversation, Id, Message } from "../api/types";
import { t } from "../ui/i18n";
import { toast, toastError } from "../ui/toasts";
import type { Scope } from "./action";

interface Moved {
  conversation: Conversation;
  message: Message;
}

/** `targetId` null: a new conversation. */
export async function moveMessage(message: Message, targetId: Id | null, scope: Scope): Promise<void> {
  const home = message.conversation_id;
  const target = await move(message.id, home, targetId, scope);
  if (!target) return;
  toast(
    t(targetId ? "toast.moved" : "toast.moved_new"),
    () => void moveBack(message.id, home, target, scope, !targetId),
  );
  scope.open(target, "thread");
}

/** The conversation that was made for the message is empty then, so it is closed. */
async function moveBack(id: Id, home: Id, target: Id, scope: Scope, wasMade: boolean): Promise<void> {
  if (!(await move(id, target, home, scope))) return;
  scope.open(home, "thread");
  toast(t("toast.moved_back"));
  if (!wasMade) return;
  try {
    const conversation = await patch<Conversation>(`/api/conversations/${target}`, { status: "closed" });
    applyNow(scope.client, { type: "conversation.changed", data: { conversation } }, scope.me.id);
  } catch (problem) {
    toastError(problem);
  }
}

/** Tells the server and shows it; gives the conversation it is in now, null when the server refused. */
async function move(id: Id, from: Id, to: Id | null, { client, me }: Scope): Promise<Id | null> {
  try {
    const { conversation, message } = await post<Moved>(`/api/messages/${id}/move`, { conversation_id: to });
    applyNow(client, { type: "conversation.changed", data: { conversation } }, me.id);
    applyNow(client, { type: "message.changed", data: { message } }, me.id);
    // What the move says in both threads, and what is left of the first.
    for (const one of [from, conversation.id]) void client.invalidateQueries({ queryKey: keys.messages(one) });
    void client.invalidateQueries({ queryKey: keys.conversation(from) });
    void client.invalidateQueries({ queryKey: keys.views });
    return conversation.id;
  } catch (problem) {
    toastError(problem);
    return null;
  }
}
