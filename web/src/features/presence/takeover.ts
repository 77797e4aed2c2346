/* Asking a colleague to leave a reply to me: a question and an answer that travel as notes, nothing is stored. Read next: Collision.tsx. */
import { get, post } from "../../api/client";
import { onStreamEvent } from "../../api/live";
import type { Id, ServerDraft, TakeOver } from "../../api/types";
import { createStore } from "../../ui/store";

export interface Exchange {
  conversation: Id;
  /** The other person: who asks me, or whom I asked. */
  user: Id;
  /** "wanted": they ask me. The others: what came of my own question. */
  state: "wanted" | "asked" | "accepted" | "declined";
}

export const exchanges = createStore<{ list: readonly Exchange[] }>({ list: [] });

const put = (one: Exchange) => exchanges.set({ list: [...without(one.conversation), one] });
const without = (conversation: Id) => exchanges.get().list.filter((one) => one.conversation !== conversation);

export const dropExchange = (conversation: Id) => exchanges.set({ list: without(conversation) });

const path = (conversation: Id) => `/api/conversations/${conversation}/takeover`;

export async function askToTakeOver(conversation: Id, user: Id): Promise<void> {
  await post(path(conversation), { user_id: user, answer: "asked" } satisfies TakeOver);
  put({ conversation, user, state: "asked" });
}

export async function answerTakeOver(exchange: Exchange, answer: "accepted" | "declined"): Promise<void> {
  dropExchange(exchange.conversation);
  await post(path(exchange.conversation), { user_id: exchange.user, answer } satisfies TakeOver).catch(() => undefined);
}

export const draftOf = (conversation: Id, user: Id) =>
  get<ServerDraft>(`/api/conversations/${conversation}/writers/${user}/draft`);

export function startTakeOvers(): () => void {
  return onStreamEvent((event) => {
    if (event.type !== "takeover") return;
    const { conversation_id: conversation, user_id: user, answer } = event.data;
    put({ conversation, user, state: answer === "asked" ? "wanted" : answer });
  });
}
