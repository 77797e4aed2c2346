/* The subject that an answer or a forward gets when its writer chooses none. */
import type { Mode } from "../../actions/panes";

/** As the server would make it. */
export function subjectOf(subject: string, mode: Mode): string {
  if (mode === "forward") return /^\s*(fwd?|vs|wg|tr)\s*:/i.test(subject) ? subject : `Fwd: ${subject}`.trim();
  return /^\s*(re|sv|vs|aw|antw|ref|rv)\s*(\[\d+\])?:/i.test(subject) ? subject : `Re: ${subject}`.trim();
}
