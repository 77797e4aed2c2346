/* The first message of a new conversation was taken back, and the conversation is gone with it: what was written is in the pane again. */
import type { Id, TakenBack } from "../../api/types";
import { writeAnew } from "./writeAnew";

/** `html`: as it stood in the editor, when that is known. */
export function beginAgain(me: Id, { message, html: sent }: TakenBack, html: string | undefined): void {
  const people = (role: string) =>
    message.recipients
      .filter((one) => one.role === role)
      .map(({ name, address }) => (name ? `${JSON.stringify(name)} <${address}>` : address));
  writeAnew(me, {
    to: people("to"),
    cc: people("cc"),
    bcc: people("bcc"),
    subject: message.subject,
    text: message.text,
    html: html ?? sent,
    attachments: message.attachments,
    channel_account_id: message.channel_account_id,
  });
}
