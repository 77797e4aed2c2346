/* What the palette offers: actions of the screen, places to go, people, and what the server finds. Pure but for running an entry. */
import type { LucideIcon } from "lucide-react";
import type { MessageId } from "../../ui/i18n";
import { likeness } from "./fuzzy";

export type Group = "recent" | "actions" | "go" | "people" | "conversations" | "contacts" | "search";
export const GROUPS: readonly Group[] = ["recent", "actions", "go", "people", "conversations", "contacts", "search"];
export const GROUP_NAMES: Record<Group, MessageId> = {
  recent: "palette.recent",
  actions: "palette.actions",
  go: "palette.go",
  people: "palette.people",
  conversations: "search.conversations",
  contacts: "search.contacts",
  search: "nav.search",
};

export interface Entry {
  /** The same one each time, so that it can be remembered: "action:close", "view:open". */
  id: string;
  group: Group;
  label: string;
  hint?: string;
  keys?: string;
  icon: LucideIcon;
  /** Other words under which it is found. */
  also?: string;
  /** The server found it: it stays, whatever is typed. */
  isFound?: boolean;
  /** Not what Enter runs when the palette has just been opened. */
  isNeverRecent?: boolean;
  run: () => void;
}

const EACH = 6;

/** What fits, by group, best first; with nothing typed, what was used lately comes first. */
export function choose(entries: Entry[], typed: string, recent: string[]): Entry[] {
  if (!typed.trim()) {
    const lately = recent.flatMap((id) => {
      const entry = entries.find((one) => one.id === id);
      return entry ? [{ ...entry, group: "recent" as const }] : [];
    });
    const names = new Set(lately.slice(0, 5).map((entry) => entry.id));
    const rest = entries.filter((entry) => !names.has(entry.id) && entry.group !== "people");
    return byGroup([...lately.slice(0, 5), ...rest]);
  }
  const scored = entries
    .map((entry) => {
      const own = likeness(typed, entry.label);
      const other = entry.also ? likeness(typed, entry.also) * 0.8 : 0;
      const used = recent.indexOf(entry.id);
      return { entry, score: entry.isFound ? 1 : Math.max(own, other) + (own > 0 && used >= 0 ? 60 - used : 0) };
    })
    .filter((one) => one.score > 0);
  const order = GROUPS.map((group) => ({
    group,
    of: scored.filter((one) => one.entry.group === group).sort((a, b) => b.score - a.score),
  }))
    .filter((one) => one.of.length)
    .sort((a, b) => rank(b) - rank(a));
  return order.flatMap((one) => one.of.slice(0, EACH).map(({ entry }) => entry));
}

/** The group with the best fit first; what the server found, and the search itself, at the end. */
function rank({ group, of }: { group: Group; of: { score: number }[] }): number {
  if (group === "search") return -2;
  return group === "conversations" || group === "contacts" ? -1 : (of[0]?.score ?? 0);
}

const byGroup = (entries: Entry[]) => GROUPS.flatMap((group) => entries.filter((entry) => entry.group === group));

const STORED_AS = "innboks.palette";
const MOST = 12;

export function recentEntries(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

export function rememberEntry(id: string): void {
  try {
    localStorage.setItem(
      STORED_AS,
      JSON.stringify([id, ...recentEntries().filter((one) => one !== id)].slice(0, MOST)),
    );
  } catch {
    // A full or closed storage: nothing is remembered.
  }
}
