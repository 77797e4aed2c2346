/* What came back: a message the server refused returns to the composer it was written in, with the reason. */
import type { Mode } from "../../actions/panes";
import { Problem } from "../../api/client";
import type { Id, Newer } from "../../api/types";
import { announce } from "../../ui/announce";
import { sentence } from "../../ui/States";
import { createStore } from "../../ui/store";
import { toastError } from "../../ui/toasts";
import { htmlFromText } from "../editor/plain";
import type { Pending } from "../messages/pending";
import { sendingPlace } from "../sending/place";
import { type Draft, draftTime, readLocal, writeLocal } from "./drafts";

export interface Return {
  conversationId: Id;
  mode: Mode;
  text: string;
  /** The server holds it back because somebody wrote meanwhile; it goes when it is sent again. */
  isNewer: boolean;
  /** The channel took no answer any more, or not yet: the reply window says that itself, while it is so (useReplyWindow.ts). */
  isShut?: boolean;
  /** What came meanwhile. */
  newer?: readonly Newer[];
  at: number;
}

const SHUT = ["window_closed", "must_write_first"];

export const returned = createStore<{ last: Return | null }>({ last: null });

/** Puts words and files into the composer of a conversation, above what was begun there meanwhile. */
export function putBack(
  me: Id,
  conversationId: Id,
  mode: Return["mode"],
  given: Omit<Draft, "updated_at" | "html"> & { html?: string },
): void {
  const now = readLocal(me, conversationId, mode);
  // Something else may have been started meanwhile: keep both.
  const other = now?.text && now.text !== given.text ? now : null;
  const html = given.html || htmlFromText(given.text);
  const known = new Set(given.attachments.map((file) => file.id));
  writeLocal(me, conversationId, mode, {
    ...given,
    text: other ? `${given.text}\n\n${other.text}` : given.text,
    html: other ? `${html}<p></p>${other.html || htmlFromText(other.text)}` : html,
    attachments: [...given.attachments, ...(now?.attachments ?? []).filter((file) => !known.has(file.id))],
    updated_at: draftTime(),
  });
}

export function takeBack(me: Id) {
  return (pending: Pending, problem: unknown): void => {
    const { message, conversationId } = pending;
    // What was to go another way still stands where it failed, with its words.
    if (message.resend_of) {
      toastError(problem);
      return;
    }
    const mode: Mode = message.forward_of ? "forward" : message.type;
    putBack(me, conversationId, mode, {
      text: message.text,
      html: pending.html,
      subject: message.subject,
      channel_account_id: message.channel_account_id,
      attachments: pending.attachments,
      to: message.to,
      cc: message.cc,
      bcc: message.bcc,
      began_after: message.expect_last_message_id,
      client_id: message.client_id,
      forward_of: message.forward_of,
    });
    announce(sentence(problem), "assertive");
    const isNewer = problem instanceof Problem && problem.code === "newer_message";
    const isShut = problem instanceof Problem && SHUT.includes(problem.code ?? "");
    const newer = isNewer ? (problem.body.newer ?? []) : [];
    returned.set({ last: { conversationId, mode, text: sentence(problem), isNewer, isShut, newer, at: Date.now() } });
    // “Send and close” has gone on to the next one: back to where it is to be decided.
    if (message.then) sendingPlace.open?.(conversationId, "thread");
  };
}

/** It was sent again, or thrown away: there is no more to say about it, here or when one comes back. */
export function settle(conversationId: Id, mode: Mode): void {
  const { last } = returned.get();
  if (last?.conversationId === conversationId && last.mode === mode)
    returned.set({ last: { ...last, text: "", isNewer: false, newer: [] } });
}
