/* The one new conversation that somebody is writing: kept on this computer until it is sent or thrown away. Read next: useNewDraft.ts. */
import type { Id } from "../../api/types";
import { type Draft, emptyDraft, hasWords } from "../drafts/drafts";

export const keptAs = (me: Id) => `innboks.draft.${me}.new`;

/** Nothing in it that would be missed: people and a subject count as much as words. */
export const isBlank = (draft: Draft) =>
  !hasWords(draft) &&
  !draft.subject?.trim() &&
  !(draft.to?.length || draft.cc?.length || draft.bcc?.length || draft.attachments.length);

export function readKept(me: Id): Draft {
  try {
    const stored = localStorage.getItem(keptAs(me));
    return { ...emptyDraft(), ...(stored ? (JSON.parse(stored) as Partial<Draft>) : {}) };
  } catch {
    return emptyDraft();
  }
}

/** False where this browser has no room for it. */
export function writeKept(me: Id, draft: Draft): boolean {
  try {
    if (isBlank(draft)) localStorage.removeItem(keptAs(me));
    else localStorage.setItem(keptAs(me), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** The draft with what was changed. What is written anew is another message: it gets another client id. */
export function withPart(before: Draft, part: Partial<Draft>): Draft {
  const isSame = Object.entries(part).every(([name, value]) => before[name as keyof Draft] === value);
  if (isSame) return before;
  return { ...before, client_id: undefined, ...part, updated_at: new Date().toISOString() };
}
