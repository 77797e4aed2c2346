/* Messages that were sent from this browser and that the server has not confirmed yet. They are kept in local storage and in a database
 * of the browser until it has, so that neither a reload nor a lost network nor a crash loses one, and each carries a client id, so that trying again never sends twice. Read next: Thread.tsx. */
import type { QueryClient } from "@tanstack/react-query";
import { NoConnection, Problem, post } from "../../api/client";
import { localId, newClientId } from "../../api/ids";
import { applyNow, onStreamEvent } from "../../api/live";
import { keys, type MessagePages } from "../../api/queries";
import type { Attachment, Id, Message, NewMessage, Time, User } from "../../api/types";
import { t } from "../../ui/i18n";
import { createStore } from "../../ui/store";
import { toastError } from "../../ui/toasts";
import { knownUpTo } from "../drafts/drafts";
import { keepEntries, takeEntries } from "./keptEntries";

export interface Pending {
  conversationId: Id;
  message: NewMessage;
  /** As it stood in the editor: comes back there when the server refuses it. */
  html?: string;
  attachments: Attachment[];
  author: { id: Id; name: string };
  at: Time;
  /** "waiting": only on this device, for want of a connection. */
  state: "sending" | "waiting";
}

export type Refused = (pending: Pending, problem: unknown) => void;
/** Called when the server has taken one, with what it made of it. */
export type Taken = (pending: Pending, message: Message) => void;

const TAB = newClientId();
const storedBy = (me: Id) => `innboks.outbox.${me}.`;
export const outbox = createStore<{ entries: readonly Pending[] }>({ entries: [] });
let owner: { client: QueryClient; me: Id; onRefused: Refused; onTaken?: Taken } | undefined;
let isRunning = false;
/** Whose entries are in memory. */
let lastOwner: Id | undefined;
let isToldFull = false;

function keep(entries: readonly Pending[]): void {
  outbox.set({ entries });
  if (!owner) return;
  let isKept = true;
  try {
    const key = storedBy(owner.me) + TAB;
    if (entries.length) localStorage.setItem(key, JSON.stringify(entries));
    else localStorage.removeItem(key);
  } catch {
    isKept = false;
  }
  keepEntries(owner.me, TAB, entries).catch(() => {
    // Full or forbidden, both: the entries live on in this page only, and that must be said.
    if (isKept || isToldFull || !entries.length) return;
    isToldFull = true;
    toastError(t("outbox.full"));
  });
}

/** What pages that are gone have left, of any tab. Should one of them still be there after all, both send the same client ids: it goes out once. */
function leftBehind(me: Id): Pending[] {
  const found = new Map<string, Pending>();
  // Signed in again in place: what is in memory counts, also where nothing could be stored.
  if (lastOwner === me) for (const entry of outbox.get().entries) found.set(entry.message.client_id, entry);
  for (const [key, entries] of stored(me)) {
    for (const entry of entries) found.set(entry.message.client_id, { ...entry, state: "waiting" });
    localStorage.removeItem(key);
  }
  return inOrder(found.values());
}

/** What the tabs of this person keep, by its key. */
function stored(me: Id): [key: string, entries: Pending[]][] {
  try {
    const keys = Object.keys(localStorage).filter((one) => one.startsWith(storedBy(me)));
    return keys.map((key) => [key, JSON.parse(localStorage.getItem(key) ?? "[]") as Pending[]]);
  } catch {
    return []; // what cannot be read cannot be sent
  }
}

/** How many wait on this computer, in any tab. */
export function countWaiting(): number {
  const all = [...outbox.get().entries, ...(owner ? stored(owner.me).flatMap(([, entries]) => entries) : [])];
  return new Set(all.map((entry) => entry.message.client_id)).size;
}

/** Held for as long as this tab lives: the others see by it that it does. */
const lifeOf = (tab: string) => `innboks.outbox.${tab}`;
let isSeenAlive = false;

/** What waited in a tab that was closed is taken over by one that is still there. */
async function takeFromClosed(me: Id): Promise<void> {
  if (!navigator.locks) return; // the next page that starts takes it
  if (!isSeenAlive) void navigator.locks.request(lifeOf(TAB), () => new Promise(() => undefined));
  isSeenAlive = true;
  for (const [key, entries] of stored(me)) {
    const tab = key.slice(storedBy(me).length);
    if (tab === TAB) continue;
    await navigator.locks.request(lifeOf(tab), { ifAvailable: true }, (isGone) => {
      if (!isGone || owner?.me !== me) return;
      const known = new Set(outbox.get().entries.map((entry) => entry.message.client_id));
      const more = entries.filter(({ message }) => !known.has(message.client_id) && !done.has(message.client_id));
      keep(inOrder([...outbox.get().entries, ...more.map((entry) => ({ ...entry, state: "waiting" as const }))]));
      localStorage.removeItem(key);
      void keepEntries(me, tab, []).catch(() => undefined);
    });
  }
}

const inOrder = (entries: Iterable<Pending>) => [...entries].sort((a, b) => (a.at < b.at ? -1 : 1));

/** The same from the browser's database, which may know of more after a crash. What had left already is sent again, with its client id: it goes out once. */
async function takeFromDatabase(me: Id): Promise<void> {
  const stored = await takeEntries(me).catch(() => []);
  if (owner?.me !== me) return;
  const known = new Set(outbox.get().entries.map((entry) => entry.message.client_id));
  const more = stored.filter((entry) => !known.has(entry.message.client_id) && !done.has(entry.message.client_id));
  if (!more.length) return keep(outbox.get().entries);
  keep(inOrder([...outbox.get().entries, ...more.map((entry) => ({ ...entry, state: "waiting" as const }))]));
  await flush();
}

/** Client ids that the server has. */
const done = new Set<string>();

/** Begins with what an earlier page left behind, and sends it. */
export function startOutbox(client: QueryClient, me: Id, onRefused: Refused, onTaken?: Taken): () => void {
  owner = { client, me, onRefused, onTaken };
  const entries = leftBehind(me);
  lastOwner = me;
  outbox.set({ entries });
  void takeFromDatabase(me).then(() => keep(outbox.get().entries));
  const onOnline = () => void flush();
  addEventListener("online", onOnline);
  const stopListening = onStreamEvent((event) => {
    if (event.type === "message.added" && event.data.message.client_id) confirmed(event.data.message.client_id);
  });
  const look = async () => {
    await takeFromClosed(me);
    if (outbox.get().entries.some((entry) => entry.state === "waiting")) await flush();
  };
  const timer = setInterval(() => void look(), 4000);
  void look();
  void flush();
  return () => {
    removeEventListener("online", onOnline);
    stopListening();
    clearInterval(timer);
    owner = undefined;
  };
}

/** Client ids of what was written in this tab. */
const ours = new Set<string>();
export const isFromHere = (message: Message): boolean => ours.has(message.client_id ?? "");

export function send(pending: Omit<Pending, "state" | "at">): void {
  ours.add(pending.message.client_id);
  keep([...outbox.get().entries, { ...pending, at: new Date().toISOString(), state: "sending" }]);
  void flush();
}

const confirmed = (clientId: string) => {
  done.add(clientId);
  const { entries } = outbox.get();
  if (entries.some((entry) => entry.message.client_id === clientId)) {
    keep(entries.filter((entry) => entry.message.client_id !== clientId));
  }
};

const mark = (clientId: string, state: Pending["state"]) =>
  keep(outbox.get().entries.map((entry) => (entry.message.client_id === clientId ? { ...entry, state } : entry)));

/** Sends what waits, in order. Stops at the first that does not reach the server; a refused one goes back to where it was written. */
export async function flush(): Promise<void> {
  if (isRunning) return;
  isRunning = true;
  try {
    for (;;) {
      const entry = outbox.get().entries[0];
      if (!entry || !owner) return;
      const { client, me, onRefused } = owner;
      const clientId = entry.message.client_id;
      try {
        const message = await posted(entry.conversationId, upToDate(entry, owner));
        // The stream may have been faster, and may know by now that it has left or failed: then this is old news.
        if (!done.has(clientId)) applyNow(client, { type: "message.added", data: { message } }, me);
        confirmed(clientId);
        owner?.onTaken?.(entry, message);
      } catch (problem) {
        const isSignedOut = problem instanceof Problem && problem.status === 401;
        if (problem instanceof NoConnection || isSignedOut || !(problem instanceof Problem)) {
          for (const waiting of outbox.get().entries) mark(waiting.message.client_id, "waiting");
          return;
        }
        confirmed(clientId);
        onRefused(entry, problem);
      }
    }
  } finally {
    isRunning = false;
  }
}

/** A line that died in silence (a laptop slept, a train entered a tunnel) gives no answer at all: then it counts as not reached, and is tried again. */
const ANSWER_MS = 60_000;

async function posted(conversationId: Id, message: NewMessage): Promise<Message> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ANSWER_MS);
  try {
    return await post<Message>(`/api/conversations/${conversationId}/messages`, message, late.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** What the writer added themselves since the draft began (a comment that left just before) is no news to them. */
function upToDate({ message, conversationId }: Pending, { client, me }: { client: QueryClient; me: Id }): NewMessage {
  const known = client.getQueryData<MessagePages>(keys.messages(conversationId));
  const messages = (known?.pages ?? []).toReversed().flatMap((page) => page.items);
  return { ...message, expect_last_message_id: knownUpTo(messages, message.expect_last_message_id, me) };
}

/** How a pending entry looks in the thread until the server's own takes its place. */
export function asMessage(pending: Pending, me: User): Message {
  const { message } = pending;
  const role = (addresses: string[] | undefined, name: string) =>
    (addresses ?? []).map((address) => ({ name: "", address, role: name, state: null, reason: "" }));
  return {
    id: localId(message.client_id),
    conversation_id: pending.conversationId,
    channel_account_id: "",
    type: message.type,
    direction: message.type === "reply" ? "out" : "none",
    state: message.type === "reply" ? "queued" : null,
    reason: "",
    code: "",
    text: message.text,
    has_html: false,
    html: message.html ?? "",
    quoted: message.quoted ?? "",
    signature: "",
    subject: "",
    sender: { name: me.name, address: "" },
    author_id: me.id,
    contact_id: null,
    reply_to: [],
    next_try_at: null,
    held_for: message.send_at ? "schedule" : null,
    held_until: message.send_at ?? null,
    dealt_with: null,
    recipients: [...role(message.to, "to"), ...role(message.cc, "cc"), ...role(message.bcc, "bcc")],
    attachments: pending.attachments,
    external_id: null,
    client_id: message.client_id,
    created_at: pending.at,
    sent_at: null,
    why: {},
    origin: {},
    is_automatic: false,
    data: {
      is_waiting: pending.state === "waiting",
      ...(message.forward_of ? { forward_of: message.forward_of } : {}),
    },
    reactions: [],
    edits: [],
    has_source: false,
  };
}
