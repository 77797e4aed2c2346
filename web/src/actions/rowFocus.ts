/* The row that is to have the focus. It may not be in the page yet: far down, or just put back by an undo. The list brings it into sight and gives it the focus. */
import type { Id } from "../api/types";
import { createStore } from "../ui/store";

export const wantedRow = createStore<{ id: Id | null }>({ id: null });

/** Until the hands do something else: what comes late takes the focus from nobody. */
export function wantRow(id: Id | null): void {
  for (const doing of ["keydown", "pointerdown", "wheel"]) {
    if (id) addEventListener(doing, forget, { capture: true, once: true });
    else removeEventListener(doing, forget, { capture: true });
  }
  wantedRow.set({ id });
}

const forget = () => wantRow(null);

/** The one row that Tab comes to. */
export const tabStop = (): HTMLElement | null => document.querySelector<HTMLElement>("[data-row][tabindex='0']");

export const hasFocus = (): boolean => document.activeElement !== null && document.activeElement !== document.body;
