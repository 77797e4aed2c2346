/* What is being asked for at the caret: "/re" a snippet, "@am" a person, ":smi" an emoji. Pure. */

export type TriggerKind = "snippet" | "mention" | "emoji";

export interface Trigger {
  kind: TriggerKind;
  query: string;
  /** How many characters before the caret belong to it, the sign included. */
  length: number;
}

const SIGNS: Record<string, TriggerKind> = { "/": "snippet", "#": "snippet", "@": "mention", ":": "emoji" };
const ASKING = /(?:^|[\s(\u201c"\ufffc])([/#@:])([\p{L}\p{N}_.+-]{0,40})$/u;

/** `before` is the text of the line up to the caret. */
export function findTrigger(before: string, kinds: readonly TriggerKind[]): Trigger | null {
  const found = ASKING.exec(before);
  const kind = found ? SIGNS[found[1] ?? ""] : undefined;
  const query = found?.[2] ?? "";
  if (!kind || !kinds.includes(kind)) return null;
  // ":" alone ends many a sentence, ":)" is a face, and "#1" is an order.
  if (kind === "emoji" && !/^[\p{L}+-][\p{L}\p{N}_+-]/u.test(query)) return null;
  if (found?.[1] === "#" && (!query || /^\d/.test(query))) return null;
  return { kind, query, length: query.length + 1 };
}
