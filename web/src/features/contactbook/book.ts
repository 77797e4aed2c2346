/* The list of all contacts: what narrows it stands in the address, which columns it has is kept on this computer. Read next: ContactsPage.tsx. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import { get, query } from "../../api/client";
import { keys } from "../../api/queries";
import type { ContactRow, Page } from "../../api/types";
import { createStore } from "../../ui/store";
import type { BookSearch } from "./search";

export type { BookSearch, Sort } from "./search";

export const isNarrowed = ({ by: _by, ...rest }: BookSearch) => Object.keys(rest).length > 0;

export const asked = (search: BookSearch) => ({
  q: search.q,
  owner: search.owner,
  channel_account_id: search.channel,
  is_blocked: search.blocked,
  has_open: search.open,
  property: search.value ? search.property : undefined,
  value: search.property ? search.value : undefined,
  sort: search.by ?? "name",
});

const PAGE = 100;

export const bookQuery = (search: BookSearch) =>
  infiniteQueryOptions({
    queryKey: [...keys.contactBook, search],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      get<Page<ContactRow>>(`/api/contacts${query({ ...asked(search), limit: PAGE, cursor: pageParam })}`, signal),
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
    staleTime: 30_000,
  });

// ── columns ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export const BUILT_IN = ["email", "phone", "owner", "open", "last", "created"] as const;
const STORED_AS = "innboks.contact-columns";

function stored(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? "null");
    if (Array.isArray(value)) return value.filter((one) => typeof one === "string");
  } catch {
    // Unreadable: the usual ones.
  }
  return ["email", "phone", "owner", "open", "last"];
}

/** Which columns the table has beside the name: built-in ones, and properties as “property:key”. */
export const columns = createStore<{ shown: readonly string[] }>({
  shown: typeof localStorage === "undefined" ? [] : stored(),
});

export function toggleColumn(name: string): void {
  const { shown } = columns.get();
  const next = shown.includes(name) ? shown.filter((one) => one !== name) : [...shown, name];
  columns.set({ shown: next });
  try {
    localStorage.setItem(STORED_AS, JSON.stringify(next));
  } catch {
    // Storage is full or forbidden: it holds for this page.
  }
}

// ── what is chosen ─────────────────────────────────────────────────────────────────────────────────────────────────────

export const AT_ONCE = 500;
export const chosen = createStore<{ ids: ReadonlySet<string> }>({ ids: new Set() });

export function toggleChosen(id: string): void {
  const ids = new Set(chosen.get().ids);
  if (!ids.delete(id) && ids.size < AT_ONCE) ids.add(id);
  chosen.set({ ids });
}

export const chooseAll = (ids: readonly string[]) => chosen.set({ ids: new Set(ids.slice(0, AT_ONCE)) });
