/* Who is where: colleagues who read or write in a conversation. True only now: told by the stream, asked for when it (re)connects, and forgotten after
 * 30 s of silence. `useOthersIn` for one conversation, `useWhere` to say where I am myself. Read next: PresenceMark.tsx, Collision.tsx. */
import type { QueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { get, post } from "../../api/client";
import { onStreamEvent } from "../../api/live";
import { keys } from "../../api/queries";
import { serverNow } from "../../api/serverTime";
import type { Id, Page, Presence, PresenceState, User } from "../../api/types";
import { afterPaint } from "../../ui/firstPaint";
import { createStore, useStore } from "../../ui/store";

export interface Present {
  userId: Id;
  state: Exclude<PresenceState, "away">;
  /** When it began, in milliseconds by the server's clock. */
  since: number;
  /** When it was last said, by this computer's. */
  heardAt: number;
}

export const EXPIRES_MS = 30_000;
const REPEAT_MS = 15_000;
const LOOK_MS = 5000;
const NOBODY: readonly Present[] = [];

type Where = Readonly<Record<Id, readonly Present[]>>;
export const presence = createStore<{ where: Where }>({ where: {} });

/** `where` after one person was heard of. */
export function hear(where: Where, told: Presence, now: number): Where {
  const { conversation_id: id, user_id: userId, state } = told;
  const others = (where[id] ?? NOBODY).filter((one) => one.userId !== userId);
  const here =
    state === "away" ? others : [...others, { userId, state, since: Date.parse(told.since) || now, heardAt: now }];
  const { [id]: _before, ...rest } = where;
  return here.length ? { ...rest, [id]: here } : rest;
}

/** Without those who have been silent for too long; the same object when there are none. */
export function expire(where: Where, now: number): Where {
  const isFresh = (one: Present) => now - one.heardAt < EXPIRES_MS;
  if (Object.values(where).every((here) => here.every(isFresh))) return where;
  const kept = Object.entries(where).map(([id, here]) => [id, here.filter(isFresh)] as const);
  return Object.fromEntries(kept.filter(([, here]) => here.length > 0));
}

/** Everybody of an answer of the server, and on top of it what was told while it was on its way: that is newer. */
export const answered = (found: readonly Presence[], told: readonly Presence[], now: number): Where =>
  [...found, ...told].reduce((where, one) => hear(where, one, now), {} as Where);

/** Listens, for as long as somebody is signed in. */
export function startPresence(client: QueryClient, me: Id): () => void {
  const isOther = (one: { user_id: Id }) => one.user_id !== me;
  /** For each question that is under way, what was told since. */
  const toldSince = new Set<Presence[]>();
  // Somebody who joined the team after the list of people was read.
  const asked = new Set<Id>();
  const meet = (id: Id) => {
    if (asked.has(id) || client.getQueryData<User[]>(keys.users)?.some((user) => user.id === id)) return;
    asked.add(id);
    void client.invalidateQueries({ queryKey: keys.users });
  };
  const lookAround = async () => {
    const told: Presence[] = [];
    toldSince.add(told);
    const found = await get<Page<Presence>>("/api/presence").catch(() => null);
    toldSince.delete(told);
    if (!found) return;
    for (const one of found.items) meet(one.user_id);
    presence.set({ where: answered(found.items.filter(isOther), told, Date.now()) });
  };
  const stop = onStreamEvent((event) => {
    if (event.type === "hello") void lookAround();
    else if (event.type === "presence" && isOther(event.data)) {
      meet(event.data.user_id);
      for (const told of toldSince) told.push(event.data);
      presence.set({ where: hear(presence.get().where, event.data, Date.now()) });
    }
  });
  const timer = setInterval(() => {
    const before = presence.get().where;
    const where = expire(before, Date.now());
    if (where !== before) presence.set({ where });
  }, LOOK_MS);
  void lookAround();
  return () => {
    stop();
    clearInterval(timer);
    presence.set({ where: {} });
  };
}

/** The colleagues in a conversation, those who write first. */
export function useOthersIn(conversation: Id): readonly Present[] {
  return useStore(presence, (state) => state.where[conversation] ?? NOBODY);
}

/** Who writes a reply here besides me, the first of them; undefined when nobody does. */
export const writerIn = (conversation: Id): Present | undefined =>
  presence.get().where[conversation]?.find((one) => one.state === "writing");

function tell(conversation: Id, state: PresenceState, since?: number): void {
  const path = `/api/conversations/${conversation}/presence`;
  const body = { state, since: since === undefined ? undefined : new Date(since).toISOString() };
  // The page may be going: the request must outlive it.
  if (state === "away")
    void fetch(path, {
      method: "POST",
      keepalive: true,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }).catch(() => undefined);
  else void post(path, body).catch(() => undefined);
}

/** The conversation this window is in, and whether its user writes there. One window is in one conversation. */
const mine = createStore<{ writingIn: Id | null; since: number }>({ writingIn: null, since: 0 });

/** Says that I read this conversation while it is open in a window in sight (and that I write, while I do). */
export function useBeingIn(conversation: Id): void {
  const isWriting = useStore(mine, (state) => state.writingIn === conversation);
  const isHere = useRef(false);
  useEffect(() => {
    const say = () => {
      if (document.visibilityState !== "visible") return;
      isHere.current = true;
      tell(conversation, isWriting ? "writing" : "reading", isWriting ? mine.get().since : undefined);
    };
    const stopWaiting = afterPaint(say);
    const timer = setInterval(say, REPEAT_MS);
    const onVisible = () => (document.visibilityState === "visible" ? say() : leave());
    const leave = () => {
      if (isHere.current) tell(conversation, "away");
      isHere.current = false;
    };
    document.addEventListener("visibilitychange", onVisible);
    addEventListener("pagehide", leave);
    return () => {
      stopWaiting();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisible);
      removeEventListener("pagehide", leave);
    };
  }, [conversation, isWriting]);
  useEffect(
    () => () => {
      if (isHere.current) afterPaint(() => tell(conversation, "away"));
      isHere.current = false;
    },
    [conversation],
  );
}

const QUIET_MS = 12_000;

/** For the composer: `start` with each key press of a reply, `stop` when it was sent or left. Colleagues see "writing" until a pause of 12 s. */
export function useWritingSignal(conversation: Id, isOn: boolean) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stop = useCallback(() => {
    clearTimeout(timer.current);
    if (mine.get().writingIn === conversation) mine.set({ writingIn: null });
  }, [conversation]);
  const start = useCallback(() => {
    if (!isOn) return;
    if (mine.get().writingIn !== conversation) mine.set({ writingIn: conversation, since: serverNow() });
    clearTimeout(timer.current);
    timer.current = setTimeout(stop, QUIET_MS);
  }, [conversation, isOn, stop]);
  useEffect(() => stop, [stop]);
  return { start, stop };
}
