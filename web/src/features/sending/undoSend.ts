/* What happens when the server has taken an answer: a toast says what was done and, as long as the answer waits, offers to take it back. Taken back,
 * it is gone for everybody, and its words are in the composer again. Read next: drafts/refused.ts. */
import type { QueryClient } from "@tanstack/react-query";
import type { Mode } from "../../actions/panes";
import { patch, remove } from "../../api/client";
import { applyNow, reading } from "../../api/live";
import { keys } from "../../api/queries";
import { serverNow } from "../../api/serverTime";
import type { Conversation, Id, Message, TakenBack } from "../../api/types";
import { announce } from "../../ui/announce";
import { moment } from "../../ui/format";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";
import { putBack, returned } from "../drafts/refused";
import { subjectOf } from "../drafts/subject";
import type { Pending, Taken } from "../messages/pending";
import { sendingPlace } from "./place";

/** What the toast says. Nothing for an answer that has simply gone: its mark in the thread says so. */
export function sentWords({ message }: Pick<Pending, "message">, answer: Message, now: Date): string | null {
  if (answer.held_for === "schedule" && answer.held_until)
    return t("sending.scheduled", { time: moment(answer.held_until, now) });
  const { then } = message;
  if (then?.close) return t("sending.sent_closed");
  if (then && "snooze_until" in then)
    return then.snooze_until
      ? t("sending.sent_snoozed", { time: moment(then.snooze_until, now) })
      : t("sending.sent_snoozed_answer");
  if (message.remind_at) return t("sending.sent_remind", { time: moment(message.remind_at, now) });
  return answer.held_for === "undo" ? t("sending.sent") : null;
}

/** How the toast of an answer for later goes, whose Undo has nothing left to take back. */
const offered = new Map<Id, () => void>();

/** It is cancelled, changed or on its way: what was said of it is over. */
export function offerNoMore(messageId: Id): void {
  offered.get(messageId)?.();
  offered.delete(messageId);
}

export function offerUndo(client: QueryClient, me: Id): Taken {
  return (pending, answer) => {
    const words = sentWords(pending, answer, new Date());
    if (!words) return;
    announce(words);
    const isOpenAgain = pending.message.then !== undefined;
    const until = answer.held_for === "undo" && answer.held_until ? Date.parse(answer.held_until) : null;
    if (until !== null)
      toast(words, () => void takeBackSent(client, me, answer, isOpenAgain, pending), {
        left: () => until - serverNow(),
      });
    else if (answer.held_for === "schedule")
      offered.set(
        answer.id,
        toast(words, () => void takeBackSent(client, me, answer, isOpenAgain, pending)),
      );
    else if (isOpenAgain) toast(words, () => void openAgain(client, me, answer.conversation_id));
    else toast(words);
  };
}

/** Takes an answer back and puts its words into the composer. True when it worked. */
export async function takeBackSent(
  client: QueryClient,
  me: Id,
  message: Message,
  isOpening = false,
  sent?: Pending & { html?: string },
): Promise<TakenBack | null> {
  try {
    const taken = await remove<TakenBack>(`/api/messages/${message.id}`);
    forget(client, me, taken);
    if (!taken.conversation) {
      await intoNew(me, taken, sent?.html);
      return taken;
    }
    intoComposer(me, taken, sent?.html);
    announce(t("sending.undone"));
    if (isOpening) sendingPlace.open?.(message.conversation_id, "thread");
    return taken;
  } catch (problem) {
    toastError(problem);
    return null;
  }
}

/** The words are in the pane of a new conversation again: the one that they began is gone. */
export async function intoNew(me: Id, taken: TakenBack, html?: string): Promise<void> {
  if (reading.id === taken.message.conversation_id) sendingPlace.open?.(null, "none");
  announce(t("sending.undone"));
  (await import("../starting/beginAgain")).beginAgain(me, taken, html);
}

/** The words are in the composer of their conversation again, with all that was chosen for them. */
export function intoComposer(me: Id, { message, html, conversation }: TakenBack, written?: string): void {
  const people = (role: string) => message.recipients.filter((one) => one.role === role).map((one) => one.address);
  const { id, conversation_id, text, subject, quoted, attachments, data, channel_account_id: way } = message;
  const isForward = Boolean(data.forward_of);
  const mode: Mode = isForward ? "forward" : "reply";
  putBack(me, conversation_id, mode, {
    text,
    html: written ?? html,
    attachments,
    ...(subject === subjectOf(conversation?.subject ?? "", mode) ? {} : { subject: subject || undefined }),
    ...(hasLines(message) ? { to: people("to"), cc: people("cc"), bcc: people("bcc") } : {}),
    ...(way === conversation?.channel_account_id ? {} : { channel_account_id: way }),
    // Where there is no subject nothing is quoted either, and nobody has chosen that.
    ...(isForward ? { forward_of: String(data.forward_of) } : { has_no_quote: subject !== "" && !quoted }),
    // Its writer had read up to itself.
    began_after: id,
  });
  returned.set({ last: { conversationId: conversation_id, mode, text: "", isNewer: false, at: Date.now() } });
}

/** Where there is one recipient only, whoever it is goes without saying. */
const hasLines = (message: Message) =>
  message.recipients.length > 1 || message.recipients.some((one) => one.address.includes("@"));

/** Shows that it is gone, as the live stream will. */
export function forget(client: QueryClient, me: Id, taken: TakenBack): void {
  const { message, conversation } = taken;
  offerNoMore(message.id);
  const gone = { conversation_id: message.conversation_id, message_id: message.id };
  if (conversation) {
    applyNow(client, { type: "message.removed", data: gone }, me);
    applyNow(client, { type: "conversation.changed", data: { conversation } }, me);
  } else applyNow(client, { type: "conversation.gone", data: gone }, me);
  void client.invalidateQueries({ queryKey: keys.views });
}

/** The answer has left (a visitor reads it already); what was done to the conversation can still be undone. */
async function openAgain(client: QueryClient, me: Id, conversationId: Id): Promise<void> {
  try {
    const change = { status: "open", is_snoozed: false };
    const conversation = await patch<Conversation>(`/api/conversations/${conversationId}`, change);
    applyNow(client, { type: "conversation.changed", data: { conversation } }, me);
    sendingPlace.open?.(conversationId, "row");
  } catch (problem) {
    toastError(problem);
  }
}
