/* An action is one object: its name, words, icon and keys, when it can be done and how. Buttons, menus, the keyboard and the `?` sheet all come from
 * the same list (list.ts), so they cannot disagree. Read next: keyboard.ts. */
import type { QueryClient } from "@tanstack/react-query";
import type { LucideIcon } from "lucide-react";
import type { Conversation, Id, User } from "../api/types";
import type { MessageId } from "../ui/i18n";

/** Everything an action may look at. Made anew by the inbox at each render. */
export interface Scope {
  client: QueryClient;
  me: User;
  users: User[];
  view: string;
  /** The open conversation. */
  conversation: Conversation | null;
  /** The loaded rows of the current view, in order. */
  rows: Conversation[];
  /** Opens a conversation, or the bare list. `focus` says where the hands go on. */
  open: (id: Id | null, focus: "row" | "thread" | "none") => void;
  go: (view: string) => void;
  /** The open conversation is meant, also while rows are chosen: what stands in its own header. */
  isAlone?: boolean;
}

export type Group = "move" | "conversation" | "write" | "app";

export interface Action {
  name: string;
  group: Group;
  label: (conversation: Conversation | null) => MessageId;
  icon?: (scope: Scope) => LucideIcon;
  /** "j", "Shift+I", "Mod+Enter", "g m" (one after the other). What of them acts for this person, keysOf (ui/hotkeys.ts) says. */
  keys: string[];
  when: (scope: Scope) => boolean;
  run: (scope: Scope) => void;
  /** Why it cannot be done, for whoever asks by its key; null where that goes without saying. */
  whyNot?: (scope: Scope) => string | null;
}
