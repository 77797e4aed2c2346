/* What somebody has changed in a form and not saved yet. It stands there again after a reload, another page, or a new sign-in: this tab keeps it, for this person
 * alone, until it is saved, discarded, or they sign out. Secrets must not come here: who has one in a form keeps it outside. Read next: SaveLine.tsx. */
import { hashKey, useQuery } from "@tanstack/react-query";
import { useLayoutEffect } from "react";
import { sessionQuery } from "../../api/queries";
import { createStore, useStore } from "../../ui/store";
import { STORED_AS } from "./forget";

/** In letters; what is longer lives in the page only. */
const LONGEST = 500_000;

interface Kept {
  value: unknown;
  /** What was saved when the change began. */
  from: unknown;
  /** Something else was saved meanwhile, and not from here. */
  isOvertaken?: boolean;
  /** It comes out of the storage, in which anything may stand. */
  isStored?: boolean;
}

export interface Unsaved<T> {
  /** As it stands in the form. */
  value: T;
  isChanged: boolean;
  /** Somebody has saved something else since: what was changed here stands upon it, and the person chooses. */
  isOvertaken: boolean;
  change: (next: T) => void;
  /** The form stands as it is saved. Returns the way back. */
  discard: () => () => void;
  /** `sent` was saved; what was changed after it was sent stays. */
  saved: (sent: T) => void;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const store = createStore<Record<string, Kept | undefined>>(stored());

function stored(): Record<string, Kept> {
  try {
    const names = Object.keys(sessionStorage).filter((name) => name.startsWith(STORED_AS));
    return Object.fromEntries(names.flatMap((name) => read(name, sessionStorage.getItem(name) ?? "")));
  } catch {
    return {}; // storage is forbidden
  }
}

function read(name: string, text: string): [string, Kept][] {
  try {
    const kept: unknown = text.length > LONGEST ? null : JSON.parse(text);
    return isRecord(kept) && "value" in kept && "from" in kept
      ? [[name, { ...(kept as unknown as Kept), isStored: true }]]
      : [];
  } catch {
    return [];
  }
}

function put(place: string, kept: Kept | undefined): void {
  store.set({ [place]: kept });
  try {
    const text = kept ? JSON.stringify(kept) : "";
    if (text && text.length <= LONGEST) sessionStorage.setItem(place, text);
    else sessionStorage.removeItem(place);
  } catch {
    // Storage is full or forbidden: it lives on in the page.
  }
}

/** `at`: the place, as in the address of its page ("channels/7/automation/rule"). `like`: what may stand there, where `saved` does not say it all: in it null is a
 * choice that may be empty, and a list has one entry like all. */
export function useUnsaved<T>(at: string, saved: T, like: unknown = saved): Unsaved<T> {
  const place = usePlace(at);
  const kept = useStore(store, (all) => all[place]);
  const isFit = kept && (!kept.isStored || (fits(kept.value, like) && fits(kept.from, like)));
  const { value, from, isOvertaken = false } = (isFit ? kept : { value: saved, from: saved }) as Kept;
  const isChanged = !isSame(value, saved);
  const isBehind = isChanged && !isSame(from, saved);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is saved is compared by what is in it
  useLayoutEffect(() => {
    if (kept && !isChanged) put(place, undefined);
    if (isBehind) put(place, { value: onto(value, from, saved), from: saved, isOvertaken: true });
  }, [place, kept, isChanged, isBehind]);
  return {
    value: value as T,
    isChanged,
    isOvertaken: isOvertaken && isChanged,
    change: (next) => put(place, { value: next, from, isOvertaken }),
    discard: () => {
      put(place, undefined);
      return () => put(place, kept);
    },
    saved: (sent) => {
      const now = store.get()[place];
      put(place, now && !isSame(now.value, sent) ? { value: now.value, from: sent } : undefined);
    },
  };
}

/** What is kept at this place and below it, by the rest of its address ("": at the place itself). */
export function useUnsavedAt(at: string): string[] {
  const place = usePlace(at);
  const found = useStore(store, (all) => JSON.stringify(below(all, place)));
  return (JSON.parse(found) as string[]).map((name) => name.slice(place.length + 1));
}

/** For what has gone, and all below it: nobody can save that any more. */
export function useForget(at: string): () => void {
  const place = usePlace(at);
  return () => {
    for (const name of below(store.get(), place)) put(name, undefined);
  };
}

const below = (all: Record<string, Kept | undefined>, place: string) =>
  Object.keys(all).filter((name) => all[name] && (name === place || name.startsWith(`${place}/`)));

/** One person's own, in one account. */
function usePlace(at: string): string {
  const session = useQuery(sessionQuery).data;
  return `${STORED_AS}${session?.user.id}.${session?.account.id}.${at}`;
}

const isSame = (one: unknown, other: unknown) => hashKey([one]) === hashKey([other]);

/** Is it what this form writes? It may be of an older version, or put there by hand. */
function fits(value: unknown, like: unknown): boolean {
  if (like === null) return value === null || ["string", "number", "boolean"].includes(typeof value);
  if (Array.isArray(like)) return Array.isArray(value) && value.every((one) => like.length && fits(one, like[0]));
  if (isRecord(like)) return isRecord(value) && Object.keys(like).every((name) => fits(value[name], like[name]));
  return typeof value === typeof like;
}

/** What was changed here stands upon what is saved by now, field by field. */
function onto(mine: unknown, from: unknown, saved: unknown): unknown {
  if (isRecord(mine) && isRecord(from) && isRecord(saved))
    return Object.fromEntries(
      Object.keys({ ...saved, ...mine }).map((name) => [name, onto(mine[name], from[name], saved[name])]),
    );
  return isSame(mine, from) ? saved : mine;
}
