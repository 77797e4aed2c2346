/* A plain field that stands where the composer will be, for the moment until it has been fetched: whatever is typed into it is in the draft. */
import { type RefObject, useEffect, useState } from "react";
import type { Mode } from "../../actions/panes";
import type { Id } from "../../api/types";
import { t } from "../../ui/i18n";
import { htmlFromText } from "../editor/plain";
import { emptyDraft, readLocal, writeLocal } from "./drafts";

interface Props {
  me: Id;
  conversation: Id;
  mode: Mode;
  lastId: Id | null;
  field: RefObject<HTMLTextAreaElement | null>;
  /** Is a character being composed in it? Then it must stay. */
  isComposing: RefObject<boolean>;
  /** Somebody has asked for the composer by key. */
  isWanted: boolean;
}

export function EarlyField({ me, conversation, mode, lastId, field, isComposing, isWanted }: Props) {
  const [text, setText] = useState(() => readLocal(me, conversation, mode)?.text ?? "");
  useEffect(() => {
    if (isWanted) field.current?.focus();
  }, [isWanted, field]);
  return (
    <form className="composer" aria-label={t("action.reply")} onSubmit={(event) => event.preventDefault()}>
      <textarea
        ref={field}
        className="composetext early"
        aria-label={t(mode === "comment" ? "action.comment" : "action.reply")}
        value={text}
        dir="auto"
        onCompositionStart={() => {
          isComposing.current = true;
        }}
        onCompositionEnd={() => {
          isComposing.current = false;
        }}
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          const before = readLocal(me, conversation, mode);
          writeLocal(me, conversation, mode, {
            ...emptyDraft(),
            ...before,
            text: next,
            html: htmlFromText(next),
            began_after: before?.began_after ?? lastId ?? undefined,
            updated_at: new Date().toISOString(),
          });
        }}
      />
    </form>
  );
}
