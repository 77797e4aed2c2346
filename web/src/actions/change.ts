/* Changes to a conversation: shown at once, told to the server, taken back when the server refuses, and undone by a toast. */
import type { QueryClient } from "@tanstack/react-query";
import { patch } from "../api/client";
import { applyNow } from "../api/live";
import { keys } from "../api/queries";
import type { Conversation, Id } from "../api/types";
import { sentence } from "../ui/States";
import { toast, toastError } from "../ui/toasts";

export type Change = Partial<Pick<Conversation, "status" | "assignee_id" | "inbox_id">>;

interface Options {
  client: QueryClient;
  me: Id;
  /** What the toast says; none, no toast. */
  done?: string;
  onUndone?: () => void;
}

export async function changeConversation(before: Conversation, change: Change, options: Options): Promise<void> {
  const { client, me, done, onUndone } = options;
  const show = (conversation: Conversation) =>
    applyNow(client, { type: "conversation.changed", data: { conversation } }, me);
  const back: Change = {};
  for (const key of Object.keys(change) as (keyof Change)[]) Object.assign(back, { [key]: before[key] });
  show({ ...before, ...change, closed_at: change.status === "closed" ? new Date().toISOString() : before.closed_at });
  if (done) {
    toast(done, () => {
      void changeConversation({ ...before, ...change }, back, { client, me });
      onUndone?.();
    });
  }
  try {
    show(await patch<Conversation>(`/api/conversations/${before.id}`, change));
    void client.invalidateQueries({ queryKey: keys.views });
  } catch (problem) {
    show(before);
    toastError(sentence(problem));
  }
}
