/* The actions that steer a conversation, or all that are chosen. What each does stands in steer.ts; pickers open where they belong (pickers.ts). */
import {
  AlarmClock,
  ArrowRightLeft,
  Check,
  MailOpen,
  Merge,
  OctagonAlert,
  RotateCcw,
  SignalHigh,
  Split,
  Tags,
  Trash2,
  UserRoundCheck,
  UserRoundPlus,
} from "lucide-react";
import type { Action, Scope } from "./action";
import { forMembers } from "./mayAct";
import { openDialog, openPicker } from "./pickers";
import { assignTo, closeOrReopen, hasTargets, markUnread, targets, toggleMark } from "./steer";

const allClosed = (scope: Scope) => targets(scope).every((one) => one.status === "closed");

export const closeAction = forMembers({
  name: "close",
  group: "conversation",
  label: (conversation) => (conversation?.status === "closed" ? "action.reopen" : "action.close"),
  icon: (scope) => (allClosed(scope) ? RotateCcw : Check),
  keys: ["e"],
  when: hasTargets,
  run: closeOrReopen,
});

const changes: Action[] = [
  {
    name: "snooze",
    group: "conversation",
    label: () => "action.snooze",
    icon: () => AlarmClock,
    keys: ["h"],
    when: hasTargets,
    run: (scope) => openPicker("snooze", scope),
  },
  {
    name: "assign",
    group: "conversation",
    label: () => "action.assign",
    icon: () => UserRoundPlus,
    keys: ["i"],
    when: hasTargets,
    run: (scope) => openPicker("assign", scope),
  },
  {
    name: "assign_me",
    group: "conversation",
    label: () => "action.assign_me",
    icon: () => UserRoundCheck,
    keys: ["Shift+I"],
    when: (scope) => targets(scope).some((one) => one.assignee_id !== scope.me.id),
    run: (scope) => assignTo(scope, scope.me.id),
  },
  {
    name: "tags",
    group: "conversation",
    label: () => "action.tags",
    icon: () => Tags,
    keys: ["l"],
    when: hasTargets,
    run: (scope) => openPicker("tags", scope),
  },
  {
    name: "priority",
    group: "conversation",
    label: () => "action.priority",
    icon: () => SignalHigh,
    keys: ["p"],
    when: hasTargets,
    run: (scope) => openPicker("priority", scope),
  },
  {
    name: "unread",
    group: "conversation",
    label: (conversation) => (conversation?.is_unread ? "action.read" : "action.unread"),
    icon: () => MailOpen,
    keys: ["u"],
    when: hasTargets,
    run: markUnread,
  },
  {
    name: "move",
    group: "conversation",
    label: () => "action.move",
    icon: () => ArrowRightLeft,
    keys: ["m"],
    when: hasTargets,
    run: (scope) => openPicker("move", scope),
  },
  {
    name: "merge",
    group: "conversation",
    label: () => "action.merge",
    icon: () => Merge,
    keys: ["Shift+M"],
    when: hasTargets,
    run: (scope) => openDialog("merge", scope),
  },
  {
    name: "split",
    group: "conversation",
    label: () => "action.split",
    icon: () => Split,
    keys: ["Shift+S"],
    when: (scope) => (scope.conversation?.message_count ?? 0) > 1,
    run: (scope) => openDialog("split", scope),
  },
  {
    name: "spam",
    group: "conversation",
    label: (conversation) => (conversation?.is_spam ? "action.not_spam" : "action.spam"),
    icon: () => OctagonAlert,
    keys: ["!"],
    when: hasTargets,
    run: (scope) => toggleMark(scope, "is_spam"),
  },
  {
    name: "trash",
    group: "conversation",
    label: (conversation) => (conversation?.is_trashed ? "action.restore" : "action.trash"),
    icon: () => Trash2,
    keys: ["#"],
    when: hasTargets,
    run: (scope) => toggleMark(scope, "is_trashed"),
  },
  {
    name: "delete",
    group: "conversation",
    label: () => "action.delete",
    icon: () => Trash2,
    keys: [],
    when: (scope) => scope.conversation?.is_trashed === true,
    run: (scope) => openDialog("delete", scope),
  },
];

/** One's own mark is put also on what one only reads. */
export const steering = [
  closeAction,
  ...changes.map((one) =>
    one.name === "unread" ? one : forMembers(one, one.name === "split" || one.name === "delete"),
  ),
];
