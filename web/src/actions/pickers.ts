/* Which picker or dialog is open, and where it hangs: a key, a menu entry and a button all open the same one. */
import { selection } from "../features/conversations/selection";
import { createStore } from "../ui/store";
import type { Scope } from "./action";

export type PickerKind = "status" | "assign" | "snooze" | "priority" | "tags" | "move" | "ticket";
/** On the header of the open conversation, or on the bar for the chosen ones. */
export type Place = "thread" | "bulk";

interface Pickers {
  kind: PickerKind | null;
  at: Place;
  dialog: "merge" | "split" | "delete" | "ticket" | null;
  /** The dialog is for the open conversation alone, also while rows are chosen. */
  isAlone: boolean;
}

export const pickers = createStore<Pickers>({ kind: null, at: "thread", dialog: null, isAlone: false });

export function openPicker(kind: PickerKind, scope: Pick<Scope, "isAlone">): void {
  pickers.set({ kind, at: selection.get().ids.size && !scope.isAlone ? "bulk" : "thread" });
}

export const closePicker = () => pickers.set({ kind: null });
export const openDialog = (dialog: NonNullable<Pickers["dialog"]>, { isAlone = false }: Pick<Scope, "isAlone">) =>
  pickers.set({ dialog, isAlone, kind: null });
export const closeDialog = () => pickers.set({ dialog: null });
