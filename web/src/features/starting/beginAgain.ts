/* The first message of a new conversation was taken back, and the conversation is gone with it: what was written is in the pane again. */
import { startWriting, stopWriting } from "../../actions/starting";
import type { Id, TakenBack } from "../../api/types";
import { t } from "../../ui/i18n";
import { toast } from "../../ui/toasts";
import { emptyDraft } from "../drafts/drafts";
import { isBlank, readKept, writeKept } from "./keptDraft";

/** `html`: as it stood in the editor, when that is known. */
export function beginAgain(me: Id, { message, html: sent }: TakenBack, html: string | undefined): void {
  // The pane keeps what is being written in it when it closes; only then can something else stand there.
  stopWriting();
  setTimeout(() => {
    const before = readKept(me);
    const people = (role: string) =>
      message.recipients
        .filter((one) => one.role === role)
        .map(({ name, address }) => (name ? `${JSON.stringify(name)} <${address}>` : address));
    writeKept(me, {
      ...emptyDraft(),
      to: people("to"),
      cc: people("cc"),
      bcc: people("bcc"),
      subject: message.subject,
      text: message.text,
      html: html ?? sent,
      attachments: message.attachments,
      channel_account_id: message.channel_account_id,
      updated_at: new Date().toISOString(),
    });
    startWriting();
    if (isBlank(before)) return;
    const bringBack = () => {
      stopWriting();
      setTimeout(() => {
        writeKept(me, before);
        startWriting();
      });
    };
    toast(t("starting.discarded"), bringBack, { isLasting: true });
  });
}
