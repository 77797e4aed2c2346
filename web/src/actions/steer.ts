/* What is done to conversations: to the chosen ones when some are chosen, else to the open one. Each is undone by its toast and by `Z`.
 * Read next: change.ts (how a change travels), steering.ts (the actions). */
import { reading } from "../api/live";
import { type ConversationPages, keys } from "../api/queries";
import type { Conversation, Id, Priority } from "../api/types";
import { clear, selection } from "../features/conversations/selection";
import { fullMoment } from "../ui/format";
import { t } from "../ui/i18n";
import type { Scope } from "./action";
import { type Change, changeConversations } from "./change";
import { land } from "./landing";
import { wantRow } from "./rowFocus";

/** The conversations that an action is for. */
export function targets(scope: Scope): Conversation[] {
  const { ids } = selection.get();
  if (ids.size && !scope.isAlone) return scope.rows.filter((row) => ids.has(row.id));
  return scope.conversation ? [scope.conversation] : [];
}

export const isForMany = (scope: Scope) => selection.get().ids.size > 0 && !scope.isAlone;
export const hasTargets = (scope: Scope) => isForMany(scope) || scope.conversation !== null;

interface Words {
  done: (count: number) => string;
  doing: string;
}

export function steer(scope: Scope, change: Change | ((one: Conversation) => Change), words: Words): void {
  const list = targets(scope);
  const { conversation, rows } = scope;
  const isOpenIn = conversation !== null && list.some((one) => one.id === conversation.id);
  void changeConversations(list, typeof change === "function" ? change : () => change, {
    client: scope.client,
    me: scope.me.id,
    ...words,
    onUndone: () => (isOpenIn ? scope.open(conversation.id, "row") : land()),
  });
  const left = new Set(list.filter((one) => rows.some((row) => row.id === one.id) && !isListed(scope, one.id)));
  if (isForMany(scope) && left.size === list.length) {
    clear();
    land(); // the bar with the pressed button goes
  }
  if (isOpenIn && [...left].some((one) => one.id === conversation.id)) goOn(scope, new Set(list.map((one) => one.id)));
}

/** Whether it is still in the view on the screen, now that the change has been shown. */
function isListed(scope: Scope, id: Id): boolean {
  const onScreen = scope.client.getQueryCache().findAll({ queryKey: keys.lists, type: "active" });
  return onScreen.some((query) =>
    (query.state.data as ConversationPages | undefined)?.pages.some((page) =>
      page.items.some((item) => item.id === id),
    ),
  );
}

/** The open one has left the view: on to the next that stays, or the one before. */
export function goOn(scope: Scope, gone: ReadonlySet<Id>): void {
  const at = scope.rows.findIndex((row) => row.id === scope.conversation?.id);
  if (at < 0) return;
  const stays = (row: Conversation) => !gone.has(row.id);
  const next = scope.rows.slice(at + 1).find(stays) ?? scope.rows.slice(0, at).findLast(stays);
  scope.open(next?.id ?? null, "row");
  if (!next) land();
}

/** Closes what is open; when nothing of it is, reopens. */
export function closeOrReopen(scope: Scope): void {
  const isOpen = targets(scope).some((one) => one.status === "open");
  if (isOpen) setStatus(scope, "closed");
  else setStatus(scope, "open");
}

export function setStatus(scope: Scope, status: "open" | "closed"): void {
  steer(
    scope,
    { status },
    status === "closed"
      ? { done: (count) => t("steer.closed", { count }), doing: t("steer.closing") }
      : { done: (count) => t("steer.reopened", { count }), doing: t("steer.reopening") },
  );
}

/** Gives it to a person, or to nobody (null). */
export function assignTo(scope: Scope, userId: Id | null): void {
  const name = scope.users.find((user) => user.id === userId)?.name ?? "";
  steer(
    scope,
    { assignee_id: userId },
    {
      done: (count) => (userId ? t("steer.assigned", { count, name }) : t("steer.unassigned", { count })),
      doing: t("steer.assigning"),
    },
  );
}

/** Until a time, or (null) until the customer answers. */
export function snooze(scope: Scope, until: Date | null): void {
  const change = { is_snoozed: true, snoozed_until: until?.toISOString() ?? null };
  steer(scope, change, {
    done: (count) =>
      until ? t("steer.snoozed", { count, time: fullMoment(until) }) : t("steer.snoozed_answer", { count }),
    doing: t("steer.snoozing"),
  });
}

export function wake(scope: Scope): void {
  steer(scope, { is_snoozed: false }, { done: (count) => t("steer.woken", { count }), doing: t("steer.waking") });
}

export function setPriority(scope: Scope, priority: Priority): void {
  const value = t(`priority.${priority}`);
  steer(
    scope,
    { priority },
    { done: (count) => t("steer.ranked", { count, value }), doing: t("steer.ranking", { value }) },
  );
}

/** Puts a tag on all of them; takes it off when all have it. */
export function toggleTag(scope: Scope, id: Id, name: string): void {
  const haveAll = targets(scope).every((one) => one.tag_ids.includes(id));
  steer(scope, haveAll ? { remove_tag_ids: [id] } : { add_tag_ids: [id] }, {
    done: (count) => t(haveAll ? "steer.untagged" : "steer.tagged", { count, name }),
    doing: t("steer.tagging"),
  });
}

export function moveTo(scope: Scope, inboxId: Id, name: string): void {
  steer(
    scope,
    { inbox_id: inboxId },
    { done: (count) => t("steer.moved", { count, name }), doing: t("steer.moving", { name }) },
  );
}

/** Spam, or no longer; trash, or out of it: what most of them are not yet. */
export function toggleMark(scope: Scope, mark: "is_spam" | "is_trashed"): void {
  const isOn = targets(scope).some((one) => !one[mark]);
  const word = { is_spam: isOn ? "spam" : "not_spam", is_trashed: isOn ? "trashed" : "restored" } as const;
  steer(scope, { [mark]: isOn }, { done: (count) => t(`steer.${word[mark]}`, { count }), doing: t("bulk.doing") });
}

/** Who marks as unread leaves it, for it would be read again at once. What is being read is read, whatever an older answer says of it for a moment. */
export function markUnread(scope: Scope): void {
  const id = scope.conversation?.id;
  const isBeingRead = id !== undefined && id === reading.id && !isForMany(scope);
  const isOn = isBeingRead || targets(scope).some((one) => !one.is_unread);
  if (isOn && id && !isForMany(scope)) {
    scope.open(null, "none");
    if (isBeingRead) reading.id = null; // from now on, though the page goes a little later
    wantRow(id);
  }
  // Where the older answer says that it is unread already, the server is told all the same: for the server it has been read.
  const seen = scope.conversation && isBeingRead ? { ...scope.conversation, is_unread: false } : scope.conversation;
  steer(
    { ...scope, conversation: seen },
    { is_unread: isOn },
    { done: (count) => t(isOn ? "steer.unread" : "steer.read", { count }), doing: t("bulk.doing") },
  );
}
