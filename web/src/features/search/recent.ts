/* What this person searched for on this computer, the latest first. */
import { createStore } from "../../ui/store";

const MOST = 8;
const key = (me: string) => `innboks.searches.${me}`;
const changed = createStore<{ at: number }>({ at: 0 });
export const recentChanged = changed;

export function recentSearches(me: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(me)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((line) => typeof line === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function rememberSearch(me: string, line: string): void {
  const text = line.trim();
  if (text.length < 2) return;
  keep(me, [text, ...recentSearches(me).filter((one) => one !== text)].slice(0, MOST));
}

export function forgetSearch(me: string, line: string): void {
  keep(
    me,
    recentSearches(me).filter((one) => one !== line),
  );
}

function keep(me: string, lines: string[]): void {
  try {
    localStorage.setItem(key(me), JSON.stringify(lines));
  } catch {
    // A full or closed storage: nothing is remembered.
  }
  changed.set({ at: changed.get().at + 1 });
}
