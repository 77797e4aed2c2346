/* What one change of a conversation does to the counts of the views: so they are right at once, and asked for again only now and then. Pure. */
import { belongs, type ListFilter } from "./lists";
import type { Conversation, Id, ViewCount } from "./types";

/** Null for what only the server counts: mentions, drafts, saved views. */
function filterOfCount(id: string): ListFilter | null {
  const [kind, value] = id.split(":");
  if (kind === "channel") return { view: "open", channel_account_id: value };
  if (kind === "inbox") return { view: "open", inbox_id: value };
  return kind === "saved" || id === "mentions" || id === "drafts" ? null : { view: id };
}

/** `before` null: the conversation is new. A capped count stays as it is. */
export function adjustCounts(
  counts: ViewCount[],
  before: Conversation | null,
  after: Conversation,
  me: Id,
  now: number,
): ViewCount[] {
  let isSame = true;
  const next = counts.map((one) => {
    const filter = one.is_capped ? null : filterOfCount(one.id);
    if (!filter) return one;
    const was = before !== null && belongs(filter, before, me, now);
    const change = Number(belongs(filter, after, me, now)) - Number(was);
    if (!change) return one;
    isSame = false;
    return { ...one, count: Math.max(0, one.count + change) };
  });
  return isSame ? counts : next;
}
