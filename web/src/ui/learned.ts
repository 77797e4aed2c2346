/* The pairs of an English text of the server and what to say instead, as far as they are known. Read next: serverWords.ts. */
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

const patternOf = (fixed: string[]) =>
  new RegExp(`^${fixed.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("([^]{1,300}?)")}$`);

/** The text itself where no words for it are known. What stands in a place is said in the same way. */
export function learned(text: string): string {
  if (!whole.size || !text) return text;
  const known = whole.get(text);
  if (known !== undefined) return known;
  for (const { find, say } of patterns) {
    const found = find.exec(text);
    if (found) return say.replace(/\{(\d)\}/g, (_all, nth) => learned(found[Number(nth) + 1] ?? ""));
  }
  return text;
}

export const wordCount = (): number => whole.size;

/** For tests. */
export function forget(): void {
  whole.clear();
  patterns = [];
}
