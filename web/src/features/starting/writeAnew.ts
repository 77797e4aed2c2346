/* Puts something into the pane for new conversations and opens it. What somebody was writing there comes back with Undo. */
import { startWriting, stopWriting } from "../../actions/starting";
import type { Id } from "../../api/types";
import { t } from "../../ui/i18n";
import { toast } from "../../ui/toasts";
import { type Draft, emptyDraft } from "../drafts/drafts";
import { isBlank, readKept, writeKept } from "./keptDraft";

export function writeAnew(me: Id, part: Partial<Draft>): void {
  // The pane keeps what is being written in it when it closes; only then can something else stand there.
  stopWriting();
  setTimeout(() => {
    const before = readKept(me);
    writeKept(me, { ...emptyDraft(), ...part, updated_at: new Date().toISOString() });
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
