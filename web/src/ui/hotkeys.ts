/* Which single-letter keys act, per person: people who speak to their computer, or whose hand slips, turn them off or give an action another one (WCAG 2.1.4). Kept
 * with the person's preferences on the server; what stands beside buttons, in the palette and in the `?` sheet is asked of here, so that all of it is true. */
import { createStore } from "./store";

export interface Hotkeys {
  /** Do keys act that are only a letter, a figure or a sign? */
  has_single_keys: boolean;
  /** Another key by the name of the action; "" is none. */
  changed: Readonly<Record<string, string>>;
}

const USUAL: Hotkeys = { has_single_keys: true, changed: {} };

export const hotkeys = createStore<Hotkeys>(USUAL);

/** "e", "Shift+I", "?", "g m": keys that speech or a slip of the hand can press. "Mod+k", "F6" and "Enter" are none. */
export const isSingle = (key: string): boolean => key.split(" ").every((part) => /^(Shift\+)?.$/u.test(part));

/** Only what can be meant. */
export function readHotkeys(raw: unknown): Hotkeys {
  const { has_single_keys, changed } = (raw ?? {}) as Record<string, unknown>;
  const pairs = Object.entries(typeof changed === "object" && changed ? changed : {});
  return {
    has_single_keys: has_single_keys !== false,
    changed: Object.fromEntries(
      pairs.filter(([, key]) => key === "" || (typeof key === "string" && isSingle(key) && key.trim() !== "")),
    ),
  };
}

/** Takes over what the person chose, here or on another computer. */
export function adoptHotkeys(preferences: unknown): void {
  const chosen = readHotkeys((preferences as Record<string, unknown> | null | undefined)?.keyboard);
  // Everything that names a key is drawn anew when they change; mostly they are as before.
  if (JSON.stringify(chosen) !== JSON.stringify(hotkeys.get())) hotkeys.set(chosen);
}

interface Keyed {
  name: string;
  keys: string[];
}

/** The keys that the action has for this person while single-letter keys act, whether they do or not. */
export function chosenKeys({ name, keys }: Keyed): string[] {
  const own = hotkeys.get().changed[name];
  if (own === undefined || !keys.some(isSingle)) return keys;
  return [...(own ? [own] : []), ...keys.filter((key) => !isSingle(key))];
}

/** The keys that do it, for this person and now. */
export function keysOf(action: Keyed): string[] {
  const keys = chosenKeys(action);
  return hotkeys.get().has_single_keys ? keys : keys.filter((key) => !isSingle(key));
}

const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

const SHOWN: Record<string, string> = {
  Mod: isMac ? "⌘" : "Ctrl",
  ArrowDown: "↓",
  ArrowUp: "↑",
  Escape: "Esc",
};

/** Keys as people read them: "Shift I", "⌘ Enter", "G then M" is left to the sheet. */
export function shownKeys(keys: string | undefined): string {
  if (!keys) return "";
  return keys
    .split(/(?<=.)[+ ]/u)
    .map((key) => SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key))
    .join(" ");
}

/** The first key of an action, for this person, as people read it; "" when it has none. */
export const shownKey = (action: Keyed | undefined): string => shownKeys(action && keysOf(action)[0]);

/** What a tooltip says: the words, and the key where there is one. */
export const withKey = (words: string, action: Keyed): string => {
  const key = shownKey(action);
  return key ? `${words} (${key})` : words;
};
