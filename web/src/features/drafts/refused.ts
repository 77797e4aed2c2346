/* What came back: a message the server refused returns to the composer it was written in, with the reason. */
import { Problem } from "../../api/client";
import type { Id } from "../../api/types";
import { announce } from "../../ui/announce";
import { sentence } from "../../ui/States";
import { createStore } from "../../ui/store";
import type { Pending } from "../messages/pending";
import { readLocal, writeLocal } from "./drafts";

export interface Return {
  conversationId: Id;
  mode: "reply" | "comment";
  text: string;
  /** The server holds it back because somebody wrote meanwhile; it goes when it is sent again. */
  isNewer: boolean;
  at: number;
}

export const returned = createStore<{ last: Return | null }>({ last: null });

export function takeBack(me: Id) {
  return (pending: Pending, problem: unknown): void => {
    const { message, conversationId } = pending;
    const mode = message.type;
    const now = readLocal(me, conversationId, mode);
    // Something else may have been started meanwhile: keep both.
    const text = now?.text && now.text !== message.text ? `${message.text}\n\n${now.text}` : message.text;
    writeLocal(me, conversationId, mode, {
      text,
      attachments: [...pending.attachments, ...(now?.attachments ?? [])],
      to: message.to,
      cc: message.cc,
      bcc: message.bcc,
      began_after: message.expect_last_message_id,
      client_id: message.client_id,
      updated_at: new Date().toISOString(),
    });
    announce(sentence(problem), "assertive");
    returned.set({
      last: {
        conversationId,
        mode,
        text: sentence(problem),
        isNewer: problem instanceof Problem && problem.code === "newer_message",
        at: Date.now(),
      },
    });
  };
}
