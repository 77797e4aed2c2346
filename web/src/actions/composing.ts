/* The actions on what one is writing. What each does is lent by the composer that is open (features/drafts/Writing.tsx, SendButton.tsx), so its buttons, its
 * menu, its keys, the palette and the `?` sheet do the same. Fetched with the composer: they are no part of the first list. Read next: action.ts. */
import {
  AlarmClock,
  AtSign,
  BellRing,
  CalendarClock,
  CircleCheck,
  FolderOpen,
  type LucideIcon,
  MessageSquareLock,
  Paperclip,
  Repeat2,
  Send,
  SquareSlash,
} from "lucide-react";
import type { MessageId } from "../ui/i18n";
import type { Action } from "./action";

type Deed =
  | "send"
  | "send_close"
  | "send_snooze"
  | "send_later"
  | "send_remind"
  | "remind"
  | "switch_mode"
  | "attach"
  | "library"
  | "next_channel"
  | "snippet"
  | "mention";

/** What the open composer can do now; what it cannot is not in it. */
export type Hands = Partial<Record<Deed, () => void>>;

let hands: Hands = {};

/** Lends them until the answer is called. */
export function lend(mine: Hands): () => void {
  hands = { ...hands, ...mine };
  return () => {
    const kept = Object.entries(hands).filter(([deed, run]) => mine[deed as Deed] !== run);
    hands = Object.fromEntries(kept);
  };
}

const made = (name: Deed, label: MessageId, icon: LucideIcon, ...keys: string[]): Action => ({
  name,
  group: "write",
  label: () => label,
  icon: () => icon,
  keys,
  when: () => hands[name] !== undefined,
  run: () => hands[name]?.(),
});

export const sendAction = made("send", "action.send", Send, "Mod+Enter");
export const attachAction = made("attach", "action.attach", Paperclip, "Mod+Shift+F");
export const libraryAction = made("library", "action.library", FolderOpen, "Mod+Shift+L");
export const nextChannelAction = made("next_channel", "action.next_channel", Repeat2, "Mod+Shift+.");

/** In the menu beside the button that sends; the lists are the groups of it. */
export const waysToSend: Action[][] = [
  [
    sendAction,
    made("send_close", "sending.and_close", CircleCheck, "Mod+Shift+Enter"),
    made("send_snooze", "sending.and_snooze", AlarmClock),
  ],
  [made("send_later", "sending.later", CalendarClock), made("send_remind", "sending.and_remind", BellRing)],
  [made("remind", "sending.remind", BellRing)],
];

/** Their keys are for the text that is being written; the signs among them are typed into it. */
export const composerActions: Action[] = [
  ...waysToSend.flat(),
  made("switch_mode", "action.switch_mode", MessageSquareLock, "Mod+/"),
  attachAction,
  libraryAction,
  nextChannelAction,
  made("snippet", "action.snippet", SquareSlash, "/"),
  made("mention", "action.mention", AtSign, "@"),
];
