/* A plain field that stands where the composer will be, for the moment until it has been fetched: whatever is typed into it is in the draft. */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { composerAsk, type Mode } from "../../actions/panes";
import type { Id } from "../../api/types";
import { t } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { htmlFromText } from "../editor/plain";
import { draftTime, emptyDraft, readLocal, writeLocal } from "./drafts";
import "./composer.css";

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
  /** Where the caret was in the field that stood here before; null: there was none, or the focus was elsewhere. */
  startsAt?: number | null;
}

/** The field that stood here before, when the hands are in it. */
export function earlyFieldInUse(): HTMLTextAreaElement | null {
  const field = document.activeElement;
  return field instanceof HTMLTextAreaElement && field.matches(".composetext.early") ? field : null;
}

interface BeforeProps {
  me: Id;
  conversation: Id;
  lastId: Id | null;
}

/** While the conversation itself is still being fetched: for those who have asked for the composer by key, and write already. */
export function BeforeComposer({ me, conversation, lastId }: BeforeProps) {
  const ask = useStore(composerAsk, (state) => state);
  const [seen] = useState(ask.at);
  const field = useRef<HTMLTextAreaElement>(null);
  const isComposing = useRef(false);
  if (ask.at === seen) return null;
  const { mode } = ask;
  return <EarlyField key={mode} {...{ me, conversation, mode, lastId, field, isComposing }} isWanted />;
}

export function EarlyField({ me, conversation, mode, lastId, field, isComposing, isWanted, startsAt = null }: Props) {
  const [text, setText] = useState(() => readLocal(me, conversation, mode)?.text ?? "");
  useLayoutEffect(() => {
    if (startsAt === null) return;
    // With the letters that were typed while this was drawn.
    setText(readLocal(me, conversation, mode)?.text ?? "");
    field.current?.focus();
    field.current?.setSelectionRange(startsAt, startsAt);
  }, [startsAt, me, conversation, mode, field]);
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
            updated_at: draftTime(),
          });
        }}
      />
    </form>
  );
}
