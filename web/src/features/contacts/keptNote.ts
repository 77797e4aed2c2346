/* A note about a contact that is being written: kept on this computer until it is saved or thrown away. */
import type { Id } from "../../api/types";

/** `note`: the one that is being changed; left out, a new one. */
export const keptAs = (me: Id, contact: Id, note: Id | "new" = "new") => `innboks.note.${me}.${contact}.${note}`;

export function readKept(place: string): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

/** Null: nothing is left to keep. */
export function writeKept(place: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(place);
    else localStorage.setItem(place, text);
  } catch {
    // Storage is full or forbidden: it lives on in the page.
  }
}
