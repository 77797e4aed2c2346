/* Choosing rows with keys and buttons: what is listed, whether checkboxes are shown, and choosing a whole view (up to 500). Read next: selection.ts. */
import type { QueryClient } from "@tanstack/react-query";
import { type ListFilter, NEXT_PAGE } from "../../api/lists";
import { listQuery } from "../../api/queries";
import type { Id } from "../../api/types";
import { createStore } from "../../ui/store";
import { clear, extend, SELECTION_MAX, select, selection, toggle } from "./selection";

interface Listed {
  /** The loaded rows of the view on the screen, in order. */
  order: readonly Id[];
  filter: ListFilter | null;
  hasMore: boolean;
  isSelecting: boolean;
}

export const listed = createStore<Listed>({ order: [], filter: null, hasMore: false, isSelecting: false });

export function startSelecting(): void {
  listed.set({ isSelecting: true });
}

export function stopSelecting(): void {
  listed.set({ isSelecting: false });
  clear();
}

/** X: this row, or no longer. */
export const toggleRow = (id: Id) => toggle(id);

/** Shift J and K: the row that is left and the one that is come to. */
export function extendTo(from: Id | null, to: Id): void {
  if (from && selection.get().anchor === null) toggle(from);
  extend(listed.get().order, to);
}

/** Whatever has the list read anew meanwhile ends with the pages that were there. */
const TRIES = 5;

/** Everything in the view, as far as one bulk change goes: pages that are not here yet are fetched first. */
export async function selectAll(client: QueryClient): Promise<void> {
  const { filter } = listed.get();
  if (!filter) return;
  const options = listQuery(filter);
  let data = client.getQueryData(options.queryKey);
  const idsOf = () => data?.pages.flatMap((page) => page.items.map((row) => row.id)) ?? [];
  // All that may be missing at once: a page is asked for anew with each one that comes behind it.
  for (let tries = 0; tries < TRIES && data && idsOf().length < SELECTION_MAX && data.pages.at(-1)?.next; tries++) {
    const pages = data.pages.length + Math.ceil((SELECTION_MAX - idsOf().length) / NEXT_PAGE);
    // One that is under way would be taken for this one, with no more pages than there were.
    await client.cancelQueries({ queryKey: options.queryKey, exact: true }, { silent: true });
    data = await client.fetchInfiniteQuery({ ...options, pages, staleTime: 0 });
  }
  listed.set({ isSelecting: true });
  select(idsOf());
}
