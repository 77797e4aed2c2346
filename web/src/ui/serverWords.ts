/* What the server says in English, in the reader's language: sentences about a refusal, a connection, a check. The words come from the channels
 * themselves and from server.nb.json, as pairs of an English text and what to say instead; "{0}", "{1}" stand for whatever is in their place. */
import { useSyncExternalStore } from "react";

interface Pattern {
  find: RegExp;
  say: string;
  /** How much of it is fixed: the one that says most is tried first. */
  weight: number;
}

const whole = new Map<string, string>();
let patterns: Pattern[] = [];
const waiting = new Set<() => void>();

export function learn(words: Record<string, string>): void {
  for (const [english, say] of Object.entries(words)) {
    if (whole.has(english)) continue;
    whole.set(english, say);
    const fixed = english.split(/\{\d\}/);
    if (fixed.length > 1) patterns.push({ find: patternOf(fixed), say, weight: fixed.join("").length });
  }
  patterns = patterns.toSorted((a, b) => b.weight - a.weight);
  for (const tell of waiting) tell();
}

/** Calls `tell` whenever more words are known; gives the way to stop it. */
export function onWords(tell: () => void): () => void {
  waiting.add(tell);
  return () => waiting.delete(tell);
}

/** Draws again, in the reader's words, what stood on the screen before they came. */
export const useServerWords = (): number => useSyncExternalStore(onWords, () => whole.size);

const patternOf = (fixed: string[]) =>
  new RegExp(`^${fixed.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("([^]{1,300}?)")}$`);

/** The text itself where no words for it are known. What stands in a place is said in the same way. */
export function inWords(text: string): string {
  if (!whole.size || !text) return text;
  const known = whole.get(text);
  if (known !== undefined) return known;
  for (const { find, say } of patterns) {
    const found = find.exec(text);
    if (found) return say.replace(/\{(\d)\}/g, (_all, nth) => inWords(found[Number(nth) + 1] ?? ""));
  }
  return text;
}

/** For tests. */
export function forget(): void {
  whole.clear();
  patterns = [];
}
