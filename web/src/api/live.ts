/* Joins the live stream to the query cache: each event goes through `apply`, what changed is written back, and what cannot be worked out is asked for
 * again. Also where optimistic changes enter (`applyNow`). Read next: apply.ts. */
import type { Query, QueryClient } from "@tanstack/react-query";
import { createStore } from "../ui/store";
import { apply, type Cache, type Context, findConversation, type List } from "./apply";
import { NoConnection } from "./client";
import { adjustCounts } from "./counts";
import type { Way } from "./follow";
import type { ListFilter } from "./lists";
import { type ConversationPages, keys, type MessagePages } from "./queries";
import { isSaving, settled } from "./saving";
import { noteServerTime, serverNow } from "./serverTime";
import { leadership, openSharedStream } from "./sharedStream";
import { EVERYTHING, LASTING, overtaken, staleKeys } from "./stale";
import type { Contact, Conversation, Id, Note, StreamEvent, ViewCount } from "./types";

export type Connection = "live" | "connecting" | "offline";

interface LiveState {
  connection: Connection;
  /** Since when it is not live, in milliseconds of the page's own clock (performance.now); 0 while it is. */
  brokenAt: number;
  /** How the news comes while it does. */
  way: Way;
  /** When the next try begins, in milliseconds since the epoch; 0 while live. */
  retryAt: number;
  /** Who writes where: "conversation:user". */
  typing: ReadonlySet<string>;
}

export const live = createStore<LiveState>({
  connection: "live",
  brokenAt: 0,
  way: "stream",
  retryAt: 0,
  typing: new Set(),
});

/** The conversation that is open in a visible window, set by the thread. */
export const reading = { id: null as Id | null };

const listeners = new Set<(event: StreamEvent) => void>();

/** Lets one part of the page hear each event after it was applied (announcements, drafts, presence); also the greeting of each new stream. Returns how
 * to stop. */
export function onStreamEvent(listener: (event: StreamEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Lets them hear it. */
export function tellListeners(event: StreamEvent): void {
  for (const listener of listeners) listener(event);
}

/** All of the cache that events change. */
export function snapshot(client: QueryClient): Cache {
  const lists: List[] = [];
  for (const [key, pages] of client.getQueriesData<ConversationPages>({ queryKey: keys.lists }))
    if (pages) lists.push({ filter: key[1] as ListFilter, pages });
  const conversations: Record<Id, Conversation> = {};
  for (const [key, data] of client.getQueriesData<Conversation>({ queryKey: ["conversation"] }))
    if (data) conversations[key[1] as Id] = data;
  const messages: Record<Id, MessagePages> = {};
  for (const [key, data] of client.getQueriesData<MessagePages>({ queryKey: ["messages"] }))
    if (data) messages[key.slice(1).join("@")] = data;
  const contacts: Record<Id, Contact> = {};
  const notes: Record<Id, readonly Note[]> = {};
  for (const [key, data] of client.getQueriesData<Contact>({ queryKey: ["contact"] }))
    if (data && key.length === 2) contacts[key[1] as Id] = data;
  for (const [key, data] of client.getQueriesData<Note[]>({ queryKey: ["contact-notes"] }))
    if (data) notes[key[1] as Id] = data;
  return { lists, conversations, messages, contacts, notes };
}

/** Applies one event to the cache at once, without asking the server. Returns what was known before. */
export function applyNow(client: QueryClient, event: StreamEvent, me: Id): Cache {
  const before = snapshot(client);
  const context: Context = {
    me,
    reading: document.visibilityState === "visible" ? reading.id : null,
    now: serverNow(),
  };
  const after = apply(before, event, context);
  if (event.type === "conversation.changed") followCounts(client, before, event.data.conversation, context);
  after.lists.forEach((list, index) => {
    if (list.pages !== before.lists[index]?.pages) client.setQueryData(keys.list(list.filter), list.pages);
  });
  for (const [id, data] of Object.entries(after.conversations))
    if (data !== before.conversations[id]) client.setQueryData(keys.conversation(id), data);
  for (const [id, data] of Object.entries(after.messages))
    if (data !== before.messages[id]) client.setQueryData(["messages", ...id.split("@")], data);
  for (const [id, data] of Object.entries(after.contacts))
    if (data !== before.contacts[id]) client.setQueryData(keys.contact(id), data);
  for (const [id, data] of Object.entries(after.notes))
    if (data !== before.notes[id]) client.setQueryData(keys.notes(id), data);
  // What is gone is asked for again only where it is being looked at, and the answer says so.
  for (const id of Object.keys(before.conversations))
    if (!(id in after.conversations)) void client.resetQueries({ queryKey: keys.conversation(id) });
  for (const id of Object.keys(before.messages))
    if (!(id in after.messages)) {
      const queryKey = ["messages", ...id.split("@")];
      // Of messages that were moved, what is on the screen stays there till the answer comes.
      if (event.type === "messages.moved") void client.invalidateQueries({ queryKey });
      else void client.resetQueries({ queryKey });
    }
  return before;
}

/** The counts of the views, where what changed was known before (or is new). */
function followCounts(client: QueryClient, cache: Cache, news: Conversation, { me, now = serverNow() }: Context): void {
  const counts = client.getQueryData<ViewCount[]>(keys.views);
  const known = findConversation(cache, news.id);
  if (!counts || (!known && news.message_count > 1)) return;
  const next = adjustCounts(counts, known ?? null, news, me, now);
  if (next !== counts) client.setQueryData(keys.views, next);
}

const BY_HAND = ["status", "is_spam", "is_trashed", "is_snoozed", "assignee_id", "inbox_id", "priority"] as const;

/** The key of a conversation of which the event tells how it was before a change of ours that is under way: shown, it would take that back until the answer comes,
 * and a key that is pressed meanwhile would mean the opposite. */
function olderThanOurs(client: QueryClient, event: StreamEvent) {
  if (event.type !== "conversation.changed") return;
  const news = event.data.conversation;
  const key = keys.conversation(news.id);
  const shown = isSaving(key) && findConversation(snapshot(client), news.id);
  if (shown && BY_HAND.some((field) => shown[field] !== news[field])) return key;
}

/** Runs `task` at most once per `ms`, the last call never lost. */
function throttled(task: (pending: Map<string, readonly unknown[]>) => void, ms: number) {
  const pending = new Map<string, readonly unknown[]>();
  return (key: readonly unknown[]) => {
    const isPlanned = pending.size > 0;
    pending.set(JSON.stringify(key), key);
    if (isPlanned) return;
    setTimeout(() => {
      task(pending);
      pending.clear();
    }, ms);
  };
}

/** Opens the live stream for the signed-in user. Returns how to close it. */
export function startLive(client: QueryClient, me: Id, onSignedOut: () => void): () => void {
  let hasMet = false;
  const refetch = throttled((pending) => {
    for (const queryKey of pending.values()) void client.invalidateQueries({ queryKey });
  }, 800);
  const meet = () => {
    if (!hasMet) setTimeout(catchUp, 800, client);
    hasMet = true;
  };
  const onEvent = (event: StreamEvent) => {
    if (event.type === "hello") {
      meet();
      if (event.data.server_time) noteServerTime(event.data.server_time);
      tellListeners(event);
      return;
    }
    if (event.type === "reset") {
      // What happened meanwhile is not told any more: anything read may be old, also what hardly ever changes (tags, people).
      void client.invalidateQueries();
      tellListeners(event);
      return;
    }
    if (event.type === "typing") {
      const { conversation_id, user_id, is_typing } = event.data;
      if (user_id !== me) setTyping(conversation_id, user_id, is_typing);
      return;
    }
    const old = olderThanOurs(client, event);
    if (old) void settled(old).then(() => [old, keys.lists].forEach(refetch));
    const before = old ? snapshot(client) : applyNow(client, event, me);
    for (const key of staleKeys(event, Object.values(before.contacts))) refetch(key);
    // It may have left so soon after a retry that nothing was heard of its wait in between.
    if (event.type === "message.changed" && client.getQueryData<unknown[]>(keys.radar)?.length) refetch(keys.radar);
    for (const key of overtaken(event)) if (client.isFetching({ queryKey: key }) > 0) refetch(key);
    tellListeners(event);
  };

  const stream = openSharedStream("/api/events", `innboks.stream.${me}`, {
    onOpen: (way) => {
      live.set({ connection: "live", brokenAt: 0, way, retryAt: 0 });
      // What was asked for in vain meanwhile and is still looked at.
      void client.refetchQueries({ type: "active", predicate: ({ state }) => state.error instanceof NoConnection });
      if (!leadership.isLeader) meet(); // the stream greeted another tab, before this one was there
    },
    onBroken: (wait) =>
      live.set({
        connection: navigator.onLine ? "connecting" : "offline",
        brokenAt: live.get().brokenAt || performance.now(),
        retryAt: Date.now() + wait * 1000,
      }),
    onSignedOut,
    onEvent: (raw) => {
      let data: unknown;
      try {
        data = JSON.parse(raw.data);
      } catch {
        return;
      }
      onEvent({ type: raw.event, data } as StreamEvent);
    },
  });
  retry = stream.retryNow;
  return stream.stop;
}

/** What was read before the stream stood may miss what happened in between. What could not be read misses nothing, and stays as it is under the hand that
 * goes to press *Retry*. */
export function catchUp(client: QueryClient): void {
  const predicate = ({ state }: Query) => state.data !== undefined;
  for (const queryKey of [...EVERYTHING, ...LASTING]) void client.invalidateQueries({ queryKey, predicate });
}

let retry: () => void = () => undefined;

/** Tries the stream again at once (the "Try now" button). */
export const retryLive = () => retry();

const typingTimers = new Map<string, ReturnType<typeof setTimeout>>();

function setTyping(conversationId: Id, userId: Id, isTyping: boolean): void {
  const who = `${conversationId}:${userId}`;
  const next = new Set(live.get().typing);
  clearTimeout(typingTimers.get(who));
  typingTimers.delete(who);
  if (isTyping) {
    next.add(who);
    typingTimers.set(
      who,
      setTimeout(() => setTyping(conversationId, userId, false), 10_000),
    );
  } else next.delete(who);
  live.set({ typing: next });
}
