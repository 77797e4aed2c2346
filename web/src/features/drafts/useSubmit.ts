/* Sends what is written: says why it cannot go yet, warns once about fields that nobody filled in, and hands it to the outbox. */
import { type RefObject, useRef, useState } from "react";
import type { Scope } from "../../actions/action";
import type { Mode } from "../../actions/panes";
import { newClientId } from "../../api/ids";
import type { Conversation, Id, Message } from "../../api/types";
import { announce } from "../../ui/announce";
import { number } from "../../ui/format";
import { t } from "../../ui/i18n";
import { toast } from "../../ui/toasts";
import type { RichApi } from "../editor/create";
import { mentioned, openFields, shownPictures, wireHtml } from "../editor/markup";
import { openTokens } from "../editor/tokens";
import { send } from "../messages/pending";
import { useCollision } from "../presence/Collision";
import { type Draft, hasWords } from "./drafts";
import { answered, quoteOf } from "./quote";
import { looksLikeAddress } from "./recipients";
import { putBack, type Return, returned, settle } from "./refused";
import type { Submit } from "./SendButton";
import type { Kept } from "./useDraft";
import type { Way } from "./useWay";

interface Given {
  kept: Kept;
  way: Way;
  conversation: Conversation;
  messages: Message[];
  /** What is passed on when it is forwarded. */
  forwardOf: Id | undefined;
  scope: Scope;
  mode: Mode;
  api: RefObject<RichApi | null>;
  focus: () => void;
  blur: () => void;
  back: Return | null;
  /** What it waits for: files on their way up, or a colleague who alone may answer. */
  waits: string | null;
  /** Why the channel takes no answer now. */
  shut: string | null;
  onSent: () => void;
}

const NOT_WARNED = { of: "", words: "" };

/** What is said once of fields that nobody has filled in: in the text they are left out, in the subject they would go as they stand. */
export const openWords = (inSubject: string[]): string =>
  inSubject.length ? t("composer.subject_open", { tokens: inSubject.join(", ") }) : t("composer.blank_warning");

export function useSubmit({
  kept,
  way,
  conversation,
  messages,
  forwardOf,
  scope,
  mode,
  api,
  focus,
  blur,
  back,
  waits,
  shut,
  onSent,
}: Given) {
  const [notice, setNotice] = useState<Return | null>(back);
  const [warned, setWarned] = useState(NOT_WARNED);
  const { addresses } = way;
  const isComment = mode === "comment";
  const hasLines = way.roles.length > 0 && !isComment;
  const fields = openFields(kept.draft.html);

  const reasonOf = (draft: Draft): string | null => {
    if (shut) return shut;
    if (waits) return waits;
    const all = [...addresses.to, ...addresses.cc, ...addresses.bcc];
    const wrong = hasLines ? all.find((one) => !looksLikeAddress(one)) : undefined;
    if (wrong) return t("recipients.wrong_one", { address: wrong });
    if (hasLines && !addresses.to.length) return t("composer.no_recipient");
    if (!hasWords(draft) && mode !== "forward") return t("composer.empty");
    const limit = isComment ? 0 : (way.abilities?.text_limit ?? 0);
    if (limit && draft.text.length > limit)
      return t("composer.too_long", { length: number(draft.text.length), limit: number(limit) });
    return null;
  };

  const held = useRef<Parameters<Submit>[0]>(undefined);
  const collision = useCollision(conversation.id, mode === "reply", () => submit(held.current), blur);

  const submit: Submit = (extra) => {
    const draft = kept.now();
    const why = reasonOf(draft);
    if (why) {
      announce(why);
      focus();
      return false;
    }
    const inSubject = isComment ? [] : openTokens(draft.subject ?? "");
    const missing = [...inSubject, ...openFields(draft.html)].join(", ");
    if (missing && warned.of !== missing) {
      const words = openWords(inSubject);
      setWarned({ of: missing, words });
      announce(words, "assertive");
      api.current?.nextField(true);
      return false;
    }
    held.current = extra;
    if (!notice?.isNewer && collision.holdsBack()) return false;
    collision.done();
    onSent();
    setNotice(null);
    settle(conversation.id, mode);
    setWarned(NOT_WARNED);
    const shown = new Set(shownPictures(draft.html));
    const files = draft.attachments.filter((file) => !file.is_inline || shown.has(file.id));
    const isFormatted = draft.html !== "" && (isComment || way.abilities?.text_format === "html");
    const quoted =
      way.quotes && mode === "reply" && !draft.has_no_quote ? quoteOf(answered(messages), scope.users) : "";
    const isOther =
      draft.channel_account_id !== undefined && draft.channel_account_id !== conversation.channel_account_id;
    const names = isComment ? mentioned(draft.html) : [];
    send({
      conversationId: conversation.id,
      attachments: files,
      author: { id: scope.me.id, name: scope.me.name },
      html: draft.html,
      message: {
        type: isComment ? "comment" : "reply",
        text: draft.text.replace(/\s+$/, ""),
        html: isFormatted ? wireHtml(draft.html) : "",
        attachments: files.map((file) => file.id),
        ...(hasLines ? addresses : {}),
        ...(draft.subject && !isComment ? { subject: draft.subject } : {}),
        ...(quoted ? { quoted } : {}),
        ...(names.length ? { mentions: names } : {}),
        ...(isOther && !isComment ? { channel_account_id: draft.channel_account_id } : {}),
        ...(mode === "forward" ? { forward_of: forwardOf } : {}),
        client_id: draft.client_id ?? newClientId(),
        // What was held back once because of something newer goes when it is sent again.
        expect_last_message_id: mode === "reply" && !notice?.isNewer ? draft.began_after : undefined,
        ...extra,
      },
    });
    kept.clear();
    focus();
    return true;
  };

  /** Throws away what was held back. Undo brings it back, and the question with it. */
  const discard = () => {
    const thrown = kept.now();
    const asked = notice;
    kept.clear();
    setNotice(null);
    settle(conversation.id, mode);
    focus();
    toast(t("composer.discarded"), () => {
      putBack(scope.me.id, conversation.id, mode, thrown);
      if (asked) returned.set({ last: { ...asked, at: Date.now() } });
    });
  };

  const blanks: Return | null = warned.of
    ? { conversationId: conversation.id, mode, text: warned.words, isNewer: false, at: 0 }
    : null;
  return {
    reason: reasonOf(kept.draft),
    submit,
    discard,
    notice: notice ?? blanks,
    fields: fields.length,
    collision: collision.banner,
  };
}
