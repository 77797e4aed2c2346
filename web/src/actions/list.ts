/* Every action of the inbox. */
import { Forward, MessageSquareLock, Reply, ReplyAll } from "lucide-react";
import { UNDO_KEY, undoLast } from "../ui/toasts";
import type { Action, Scope } from "./action";
import { finderActions } from "./finder";
import { forMembers } from "./mayAct";
import { askComposer, panes, stepPane, togglePane } from "./panes";
import { hasFocus, tabStop, wantRow } from "./rowFocus";
import { selectingActions } from "./selecting";
import { startingActions } from "./starting";
import { steering } from "./steering";
import { threadActions } from "./thread";
import { ticketing } from "./ticketing";

const isOpenOne = (scope: Scope) => scope.conversation !== null;
const always = () => true;

/** The row `by` steps from the open one, or from the one that was left with Esc and has the focus; from nothing, the first. */
function neighbour(scope: Scope, by: 1 | -1) {
  if (scope.conversation) {
    const at = scope.rows.findIndex((row) => row.id === scope.conversation?.id);
    return at < 0 ? scope.rows[0] : scope.rows[at + by];
  }
  const focused = document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset.row;
  const at = scope.rows.findIndex((row) => row.id === focused);
  return at > 0 ? scope.rows[at + by] : scope.rows[0];
}

function step(scope: Scope, by: 1 | -1): void {
  const row = neighbour(scope, by);
  if (row) scope.open(row.id, "row");
}

const isListInSight = () => Boolean(document.querySelector<HTMLElement>("[data-pane=list]")?.offsetParent);

/** Esc: one level out, from field to thread to row to list. */
function leave(scope: Scope): void {
  const { conversation } = scope;
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && focused.closest(".composer")) {
    document.querySelector<HTMLElement>("[data-pane=thread]")?.focus();
  } else if (focused instanceof HTMLElement && focused.closest("[data-pane=thread]") && conversation) {
    const isListed = scope.rows.some((row) => row.id === conversation.id);
    if (isListInSight() && isListed) scope.open(conversation.id, "row");
    else leaveThread(scope);
  } else if (panes.get().hasContext && matchMedia("(max-width: 1439px)").matches) {
    togglePane("hasContext");
  } else {
    leaveThread(scope);
  }
}

/** To the list alone; what had the focus may go with the thread. */
function leaveThread(scope: Scope): void {
  const { conversation } = scope;
  scope.open(null, "none");
  if (conversation && scope.rows.some((row) => row.id === conversation.id)) wantRow(conversation.id);
  else if (!hasFocus() || document.activeElement?.closest("[data-pane=thread]")) tabStop()?.focus();
}

/** To the panes and the views. */
const moving: Action[] = [
  { name: "pane", group: "move", label: () => "action.pane", keys: ["F6"], when: always, run: () => stepPane(1) },
  {
    name: "pane_back",
    group: "move",
    label: () => "action.pane_back",
    keys: ["Shift+F6"],
    when: always,
    run: () => stepPane(-1),
  },
  {
    name: "go_mine",
    group: "move",
    label: () => "action.go_mine",
    keys: ["g m"],
    when: always,
    run: (s) => s.go("mine"),
  },
  {
    name: "go_unassigned",
    group: "move",
    label: () => "action.go_unassigned",
    keys: ["g u"],
    when: always,
    run: (s) => s.go("unassigned"),
  },
  {
    name: "go_open",
    group: "move",
    label: () => "action.go_open",
    keys: ["g a"],
    when: always,
    run: (s) => s.go("open"),
  },
];

const undo: Action = {
  ...UNDO_KEY,
  group: "app",
  label: () => "action.undo",
  when: always,
  run: () => void undoLast(),
};

export const sheet: Action = {
  name: "sheet",
  group: "app",
  label: () => "action.sheet",
  keys: ["?"],
  when: always,
  run: () => panes.set({ isSheetOpen: true }),
};

export const contextAction: Action = {
  name: "context",
  group: "app",
  label: () => "action.context",
  keys: ["]"],
  when: isOpenOne,
  run: () => togglePane("hasContext"),
};

const writing: Action[] = [
  {
    name: "reply",
    group: "write",
    label: () => "action.reply",
    icon: () => Reply,
    keys: ["r"],
    when: isOpenOne,
    run: () => askComposer("reply"),
  },
  {
    name: "reply_all",
    group: "write",
    label: () => "action.reply_all",
    icon: () => ReplyAll,
    keys: ["a"],
    when: isOpenOne,
    run: () => askComposer("reply", true),
  },
  {
    name: "forward",
    group: "write",
    label: () => "action.forward",
    icon: () => Forward,
    keys: ["f"],
    when: isOpenOne,
    run: () => askComposer("forward"),
  },
  {
    name: "comment",
    group: "write",
    label: () => "action.comment",
    icon: () => MessageSquareLock,
    keys: ["c"],
    when: isOpenOne,
    run: () => askComposer("comment"),
  },
];

export const actions: Action[] = [
  {
    name: "next",
    group: "move",
    label: () => "action.next",
    keys: ["j", "ArrowDown"],
    when: always,
    run: (s) => step(s, 1),
  },
  {
    name: "previous",
    group: "move",
    label: () => "action.previous",
    keys: ["k", "ArrowUp"],
    when: always,
    run: (s) => step(s, -1),
  },
  {
    name: "open",
    group: "move",
    label: () => "action.open",
    keys: ["Enter", "o"],
    when: isOpenOne,
    run: (s) => s.conversation && s.open(s.conversation.id, "thread"),
  },
  { name: "leave", group: "move", label: () => "action.leave", keys: ["Escape"], when: isOpenOne, run: leave },
  ...moving,
  ...selectingActions,
  ...steering,
  ...ticketing,
  ...writing.map((one) => forMembers(one, true)),
  ...startingActions,
  ...threadActions,
  ...finderActions,
  undo,
  {
    name: "views",
    group: "app",
    label: () => "action.views",
    keys: ["["],
    when: always,
    run: () => togglePane("hasViews"),
  },
  contextAction,
  sheet,
];

/** What needs no list: it works on every screen (settings, contacts, search). */
export const everywhere: Action[] = [...moving, ...startingActions, ...finderActions, undo, sheet];
