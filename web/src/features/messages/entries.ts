/* What stands in a thread, one below the other: messages, and between them days, changes of channel, the line where the new begins, and system
 * entries folded together. Pure, so that it can be tested; drawn by Entry.tsx. */
import { compareIds } from "../../api/ids";
import type { Id, Message, Time } from "../../api/types";

export type Entry =
  | { kind: "day"; key: string; at: Time }
  | { kind: "new"; key: string }
  | { kind: "channel"; key: string; channelAccountId: Id; at: Time }
  | { kind: "events"; key: string; messages: Message[] }
  | { kind: "message"; key: string; message: Message; place: Place };

/** Where a message stands among its neighbours. */
export interface Place {
  /** A short message that follows one of the same person within two minutes. */
  isContinued: boolean;
  /** The same person goes on below: face and time stand there. */
  goesOn: boolean;
  /** How many messages of people come after it. */
  fromEnd: number;
  isNewestOut: boolean;
  /** The newest that came or went, of the whole conversation: what forwarding passes on. */
  isNewest: boolean;
  isNew: boolean;
  /** From outside, and an answer of ours came after it. */
  isAnswered: boolean;
  /** It was passed on to others. */
  isForwarded: boolean;
}

interface Options {
  /** Everything from outside that is newer than this is new; null: nothing is. */
  newFrom: Id | null;
  /** Cards have subjects; the rest are bubbles. */
  isCard: (message: Message) => boolean;
  /** Is this only a part of the conversation, without its end? */
  isApart?: boolean;
}

const TOGETHER_MS = 2 * 60_000;

export const keyOf = (message: Message) => message.client_id ?? message.id;

const dayOf = (at: Time) => {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
};

const writer = (message: Message) => `${message.direction} ${message.author_id ?? message.sender.address ?? ""}`;

export function entriesOf(messages: readonly Message[], { newFrom, isCard, isApart }: Options): Entry[] {
  const entries: Entry[] = [];
  const people = messages.filter((one) => one.type !== "system").length;
  const newest = messages.findLast((one) => one.type === "message" || one.type === "reply")?.id;
  const newestOut = messages.findLast((one) => one.direction === "out")?.id;
  const lastAnswer = messages.findLastIndex(isAnswer);
  const forwarded = new Set(messages.map((one) => one.data.forward_of).filter(Boolean));
  const firstNew =
    newFrom === null
      ? undefined
      : messages.find((one) => one.direction === "in" && compareIds(one.id, newFrom) > 0)?.id;
  let day = "";
  let channel = "";
  let seen = 0;
  let isPastNew = false;
  for (const [index, message] of messages.entries()) {
    const today = dayOf(message.created_at);
    if (day && today !== day) entries.push({ kind: "day", key: `day ${message.id}`, at: message.created_at });
    day = today;
    if (message.id === firstNew) {
      entries.push({ kind: "new", key: "new" });
      isPastNew = true;
    }
    if (message.type === "system") {
      const last = entries.at(-1);
      if (last?.kind === "events") last.messages.push(message);
      else entries.push({ kind: "events", key: `events ${message.id}`, messages: [message] });
      continue;
    }
    seen += 1;
    const isOnChannel = message.type !== "comment" && message.channel_account_id !== "";
    if (isOnChannel && channel && message.channel_account_id !== channel)
      entries.push({
        kind: "channel",
        key: `channel ${message.id}`,
        channelAccountId: message.channel_account_id,
        at: message.created_at,
      });
    if (isOnChannel) channel = message.channel_account_id;
    const before = entries.at(-1);
    const isContinued =
      before?.kind === "message" &&
      isTogether(before.message, message) &&
      !isCard(message) &&
      message.type !== "comment";
    if (isContinued && before.kind === "message") before.place.goesOn = true;
    entries.push({
      kind: "message",
      key: keyOf(message),
      message,
      place: {
        isContinued,
        goesOn: false,
        fromEnd: people - seen,
        isNewestOut: message.id === newestOut,
        isNewest: !isApart && message.id === newest,
        isNew: isPastNew || index === messages.length - 1,
        isAnswered: message.direction === "in" && index < lastAnswer,
        isForwarded: forwarded.has(message.id),
      },
    });
  }
  return entries;
}

/** Our word to the customer: no forward, and nothing that waits for its time. */
const isAnswer = (one: Message) =>
  one.direction === "out" &&
  one.state !== "failed" &&
  !one.data.forward_of &&
  !["schedule", "newer", "blocked"].includes(one.held_for ?? "");

function isTogether(one: Message, next: Message): boolean {
  if (one.type === "comment" || one.channel_account_id !== next.channel_account_id || writer(one) !== writer(next))
    return false;
  return Date.parse(next.created_at) - Date.parse(one.created_at) <= TOGETHER_MS;
}

/** The entry that holds a message; -1 when it is not loaded. */
export function indexOfMessage(entries: readonly Entry[], id: Id): number {
  return entries.findIndex((entry) =>
    entry.kind === "message"
      ? entry.message.id === id
      : entry.kind === "events" && entry.messages.some((one) => one.id === id),
  );
}

/** About how tall an entry will be before it is drawn; the closer, the steadier the scroll bar. */
export function guessHeight(entry: Entry, isCard: (message: Message) => boolean): number {
  if (entry.kind !== "message") return 32;
  const { message, place } = entry;
  const lines = Math.min(60, Math.ceil(message.text.length / 70) + (message.text.match(/\n/g)?.length ?? 0));
  if (message.type === "comment") return 48 + lines * 20;
  if (!isCard(message))
    return 18 + Math.max(1, lines) * 20 + (place.goesOn ? 0 : 24) + (message.attachments.length ? 44 : 0);
  if (startsFolded(message, place)) return 52;
  return 84 + (message.has_html ? 120 : Math.max(1, lines) * 22) + (message.attachments.length ? 44 : 0);
}

/** Older mails are one line until somebody wants them. What is new, failed or among the last stays open. */
export function startsFolded(message: Message, place: Place): boolean {
  return place.fromEnd > 2 && !place.isNew && message.state !== "failed" && message.state !== "uncertain";
}
