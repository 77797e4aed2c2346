/* Where this tab keeps what somebody has changed and not saved (unsaved.ts), and the end of it. It comes with the first page, for signing out does. */
import type { Id } from "../../api/types";

export const STORED_AS = "innboks.unsaved.";

/** Of everybody but this person, who has just signed in; of everybody, where nobody has. */
export function forgetUnsaved(but: Id | null): void {
  try {
    for (const name of Object.keys(sessionStorage))
      if (name.startsWith(STORED_AS) && !(but && name.startsWith(`${STORED_AS}${but}.`)))
        sessionStorage.removeItem(name);
  } catch {
    // Storage is forbidden: there is nothing in it.
  }
}
