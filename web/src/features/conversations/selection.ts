/* Which rows of the list are chosen, for actions on many at once. Lives outside React, so that keys, checkboxes and the bar above the list see the same. */
import type { Id } from "../../api/types";
import { createStore, useStore } from "../../ui/store";

/** As many as one bulk change takes. */
export const SELECTION_MAX = 500;

export interface Selection {
  ids: ReadonlySet<Id>;
  /** The row that was chosen last by hand: where extending begins. */
  anchor: Id | null;
}

export const selection = createStore<Selection>({ ids: new Set(), anchor: null });

const capped = (ids: Iterable<Id>) => new Set([...ids].slice(0, SELECTION_MAX));

/** Chooses one row, or no longer. */
export function toggle(id: Id): void {
  const ids = new Set(selection.get().ids);
  if (!ids.delete(id)) ids.add(id);
  selection.set({ ids: capped(ids), anchor: id });
}

/** Chooses everything from the row that was chosen last to this one, in the order of the list. */
export function extend(order: readonly Id[], to: Id): void {
  const { ids, anchor } = selection.get();
  const from = order.indexOf(anchor ?? to);
  const until = order.indexOf(to);
  if (until < 0) return;
  const [first, last] = from < 0 ? [until, until] : [Math.min(from, until), Math.max(from, until)];
  selection.set({ ids: capped([...ids, ...order.slice(first, last + 1)]), anchor: anchor ?? to });
}

/** Chooses exactly these (select all). */
export function select(ids: Iterable<Id>): void {
  selection.set({ ids: capped(ids), anchor: null });
}

export function clear(): void {
  if (selection.get().ids.size) selection.set({ ids: new Set(), anchor: null });
}

export const useIsSelected = (id: Id): boolean => useStore(selection, (state) => state.ids.has(id));
export const useSelectedCount = (): number => useStore(selection, (state) => state.ids.size);
