/* What a change makes of a conversation, and what brings it back: pure functions, so that what is shown at once and what Undo restores can be tested
 * without a server. Read next: change.ts. */
import { compareIds } from "../api/ids";
import type { Conversation, Id } from "../api/types";

/** The wire's own names. `tag_ids` is the whole set; adding and removing leave alone what a colleague does meanwhile. */
export type Change = Partial<
  Pick<
    Conversation,
    | "status"
    | "assignee_id"
    | "inbox_id"
    | "is_spam"
    | "is_trashed"
    | "priority"
    | "is_snoozed"
    | "snoozed_until"
    | "is_unread"
  >
> & {
  /** With `is_spam`: back to where it was taken out of. */
  spam_reason?: NonNullable<Conversation["spam_reason"]>;
  add_tag_ids?: Id[];
  remove_tag_ids?: Id[];
};

/** The conversation as it will be: the server's rules, said again. What is snoozed is open, and closing ends a snooze. */
export function changed(before: Conversation, change: Change, now: Date = new Date()): Conversation {
  const { add_tag_ids: added = [], remove_tag_ids: removed = [], ...fields } = change;
  const after: Conversation = { ...before, ...fields };
  if (change.is_spam !== undefined && change.is_spam !== before.is_spam)
    after.spam_reason = change.is_spam ? (change.spam_reason ?? "manual") : null;
  if (change.is_snoozed === undefined) {
    after.is_snoozed = before.is_snoozed || Boolean(change.snoozed_until);
    if (change.status === "closed") after.is_snoozed = false;
  } else if (change.snoozed_until === undefined) after.snoozed_until = null;
  if (after.is_snoozed && change.status === undefined) after.status = "open";
  if (!after.is_snoozed) after.snoozed_until = null;
  if (after.status !== before.status) after.closed_at = after.status === "closed" ? now.toISOString() : null;
  if (added.length || removed.length) {
    const kept = before.tag_ids.filter((id) => !removed.includes(id));
    after.tag_ids = [...new Set([...kept, ...added.filter((id) => !removed.includes(id))])].sort(compareIds);
  }
  return after;
}

export const FIELDS = ["status", "assignee_id", "inbox_id", "is_spam", "is_trashed", "priority", "is_unread"] as const;

/** The change that makes `after` into `before` again: only what differs. A snooze whose time has passed is over. */
export function wayBack(before: Conversation, after: Conversation, now: Date = new Date()): Change {
  const back: Change = {};
  for (const field of FIELDS) {
    if ((before[field] ?? null) !== (after[field] ?? null)) Object.assign(back, { [field]: before[field] });
  }
  // Who had it may not have been let into the other inbox, and the server took it from them.
  if (back.inbox_id && before.assignee_id) back.assignee_id = before.assignee_id;
  if (back.is_spam && before.spam_reason && before.spam_reason !== "manual") back.spam_reason = before.spam_reason;
  if (before.is_snoozed !== after.is_snoozed || before.snoozed_until !== after.snoozed_until) {
    const isOver = before.snoozed_until !== null && Date.parse(before.snoozed_until) <= now.getTime();
    back.is_snoozed = before.is_snoozed && !isOver;
    if (back.is_snoozed) back.snoozed_until = before.snoozed_until;
  }
  const added = before.tag_ids.filter((id) => !after.tag_ids.includes(id));
  const removed = after.tag_ids.filter((id) => !before.tag_ids.includes(id));
  if (added.length) back.add_tag_ids = added;
  if (removed.length) back.remove_tag_ids = removed;
  return back;
}

export const isEmpty = (change: Change): boolean => Object.keys(change).length === 0;
