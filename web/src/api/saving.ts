/* Saving what holds at once: a switch, a select, a list of names. Changes of the same thing leave one after the other, in the order in which they were made, and only
 * the answer to the last one is shown: an older answer, or something asked before, never takes back on the screen what was changed since. */
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { get } from "./client";

interface Line {
  last: Promise<unknown>;
  waiting: number;
}

const lines = new Map<string, Line>();
const nameOf = (thing: QueryKey) => JSON.stringify(thing);
/** By kind of thing (the first of its key), how many changes have begun so far. */
const begun = new Map<unknown, number>();

/** Is a change of it under way? What is read meanwhile is older than what stands on the screen. */
export const isSaving = (thing: QueryKey): boolean => lines.has(nameOf(thing));

/** Resolves when the changes of it that are under way now have been answered: what is asked then knows of them. */
export const settled = (thing: QueryKey): Promise<unknown> =>
  lines.get(nameOf(thing))?.last.catch(() => undefined) ?? Promise.resolve();

/** Reads it, and once more when a change of it that is under way has been answered: it may have been read before that, and would take it back on the screen. */
export async function readUnchanged<T>(thing: QueryKey, path: string, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const answer = await get<T>(path, signal);
    if (!isSaving(thing)) return answer;
    await settled(thing);
  }
}

/** Changes of things of this kind that are under way. */
const underWay = (kind: string): Line[] =>
  [...lines].filter(([name]) => (JSON.parse(name) as QueryKey)[0] === kind).map(([, line]) => line);

interface Asked {
  client: QueryClient;
  queryKey: QueryKey;
  signal?: AbortSignal;
}

/** Reads many things of a kind, and once more when one of them was changed meanwhile: what is read may tell of it as it was before. The first time at
 * once: nothing is on the screen yet that an older answer could take back. */
export async function readAllUnchanged<T>(kind: string, path: string, asked: Asked): Promise<T> {
  const { client, queryKey, signal } = asked;
  if (client.getQueryData(queryKey) === undefined) return get<T>(path, signal);
  for (;;) {
    await Promise.allSettled(underWay(kind).map(({ last }) => last));
    const before = begun.get(kind);
    const answer = await get<T>(path, signal);
    if (begun.get(kind) === before) return answer;
  }
}

interface Settled<A> {
  answer: A;
  /** No other change waits behind this one: its answer may be shown. */
  isLast: boolean;
}

/** Sends it when the changes of the same thing before it have been answered. Refused, it rejects as `send` does; `onRefused` is told whether it was the last. */
export async function inLine<A>(
  thing: QueryKey,
  send: () => Promise<A>,
  onRefused?: (isLast: boolean) => void,
): Promise<Settled<A>> {
  const name = nameOf(thing);
  const line = lines.get(name) ?? { last: Promise.resolve(), waiting: 0 };
  lines.set(name, line);
  begun.set(thing[0], (begun.get(thing[0]) ?? 0) + 1);
  line.waiting += 1;
  const sent = line.last.then(send, send);
  line.last = sent;
  try {
    const answer = await sent;
    return { answer, isLast: line.waiting === 1 };
  } catch (problem) {
    onRefused?.(line.waiting === 1);
    throw problem;
  } finally {
    line.waiting -= 1;
    if (line.waiting === 0) lines.delete(name);
  }
}

/** Shows a change of what a query holds, saves it, and shows the last answer in its place. Refused, it stands as before, and the server is asked how it is. */
export async function saveInto<T, A>(
  client: QueryClient,
  queryKey: QueryKey,
  show: (held: T) => T,
  send: () => Promise<A>,
  settle?: (held: T, answer: A) => T,
): Promise<A> {
  const put = (next: (held: T) => T) => {
    // Silently: a reading that is given up would count as one that failed, and the page would give way to the failure until it is asked anew.
    void client.cancelQueries({ queryKey, exact: true }, { revert: false, silent: true });
    client.setQueryData<T>(queryKey, (held) => held && next(held));
  };
  const before = client.getQueryData<T>(queryKey);
  put(show);
  const { answer, isLast } = await inLine(queryKey, send, (wasLast) => {
    if (wasLast) put((held) => before ?? held);
    void client.invalidateQueries({ queryKey, exact: true });
  });
  if (isLast && settle) put((held) => settle(held, answer));
  // Asked anew: what was being read meanwhile may have brought news of others.
  if (isLast) void client.invalidateQueries({ queryKey, exact: true });
  return answer;
}
