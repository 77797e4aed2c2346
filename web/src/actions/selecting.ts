/* Choosing rows and filtering the view, as actions. */
import { SquareCheckBig } from "lucide-react";
import { filterPanel } from "../features/conversations/filterState";
import { extendTo, listed, selectAll, stopSelecting, toggleRow } from "../features/conversations/selecting";
import { selection } from "../features/conversations/selection";
import type { Action, Scope } from "./action";

/** The row that has the focus, else the open one. */
function rowAtHand(scope: Scope): string | null {
  const focused = document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset.row;
  return focused ?? scope.conversation?.id ?? scope.rows[0]?.id ?? null;
}

function extendBy(scope: Scope, by: 1 | -1): void {
  const from = rowAtHand(scope);
  const at = scope.rows.findIndex((row) => row.id === from);
  const to = scope.rows[at + by];
  if (!to) return;
  extendTo(from, to.id);
  scope.open(to.id, "row");
}

const hasSelection = () => selection.get().ids.size > 0 || listed.get().isSelecting;

export const filterAction: Action = {
  name: "filter",
  group: "move",
  label: () => "action.filter",
  keys: ["v"],
  when: () => true,
  run: () => filterPanel.set({ isOpen: true }),
};

export const selectingActions: Action[] = [
  {
    name: "select",
    group: "move",
    label: () => "action.select",
    icon: () => SquareCheckBig,
    keys: ["x"],
    when: (s) => s.rows.length > 0,
    run: (s) => {
      const id = rowAtHand(s);
      if (id) toggleRow(id);
    },
  },
  {
    name: "select_next",
    group: "move",
    label: () => "action.select_next",
    keys: ["Shift+J"],
    when: (s) => s.rows.length > 0,
    run: (s) => extendBy(s, 1),
  },
  {
    name: "select_previous",
    group: "move",
    label: () => "action.select_previous",
    keys: ["Shift+K"],
    when: (s) => s.rows.length > 0,
    run: (s) => extendBy(s, -1),
  },
  {
    name: "select_all",
    group: "move",
    label: () => "action.select_all",
    keys: ["Shift+X"],
    when: (s) => s.rows.length > 0,
    run: (s) => void selectAll(s.client),
  },
  {
    name: "select_none",
    group: "move",
    label: () => "selection.done",
    keys: [],
    when: hasSelection,
    run: stopSelecting,
  },
  filterAction,
];
