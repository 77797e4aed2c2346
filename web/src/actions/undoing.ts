/* Undo of a change to conversations (change.ts), which takes back what is still as it was made: what somebody changed since is theirs. Fetched when there is
 * something to undo. */
import type { QueryClient } from "@tanstack/react-query";
import { findConversation } from "../api/apply";
import { snapshot } from "../api/live";
import type { Conversation, Id } from "../api/types";
import { t } from "../ui/i18n";
import { toast } from "../ui/toasts";
import { type Change, FIELDS, isEmpty, wayBack } from "./changes";

interface Made {
  before: Conversation;
  after: Conversation;
}

/** What is to be done so that these are as before, but for `left`, which never was changed. Says of how many something stays as others made it. */
export function stepsBack(client: QueryClient, made: readonly Made[], left: ReadonlySet<Id>) {
  const known = snapshot(client);
  let count = 0;
  const steps = made.flatMap(({ before, after }) => {
    if (left.has(before.id)) return [];
    const now = findConversation(known, before.id) ?? after;
    const { left: change, isWhole } = leftOf(wayBack(before, after), before, after, now);
    if (!isWhole) count++;
    return isEmpty(change) ? [] : [{ before: now, change }];
  });
  if (count) toast(t("steer.changed_since", { count }));
  return steps;
}

/** What goes back together or not at all: a snooze and the status that it made. */
const UNITS = [["status", "is_snoozed", "snoozed_until"], ...FIELDS.slice(1).map((field) => [field])] as (keyof Change &
  keyof Conversation)[][];

/** Of a way back, what nobody has changed since: `now` is the conversation as it stands. `isWhole`: nothing had to be left as it is. */
export function leftOf(back: Change, before: Conversation, after: Conversation, now: Conversation) {
  const left: Change = { ...back };
  let isWhole = true;
  for (const unit of UNITS) {
    const fields = unit.filter((field) => field in back);
    const isAs = (then: Conversation) => fields.every((field) => asKept(now, field) === asKept(then, field));
    // Beside another inbox, nobody has it where the server took it from whom it had.
    const isTaken = fields[0] === "assignee_id" && back.inbox_id !== undefined && now.assignee_id === null;
    if (isAs(after) || isTaken) continue;
    isWhole &&= isAs(before);
    for (const field of fields) delete left[field];
  }
  if (left.is_spam === undefined) delete left.spam_reason;
  if (back.inbox_id && !left.inbox_id && before.assignee_id === after.assignee_id) delete left.assignee_id;
  return { left, isWhole };
}

/** Times are written in more than one way. */
const asKept = (one: Conversation, field: keyof Conversation) =>
  field === "snoozed_until" ? one.snoozed_until && Date.parse(one.snoozed_until) : (one[field] ?? null);
