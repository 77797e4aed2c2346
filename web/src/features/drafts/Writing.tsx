/* One answer, comment or forwarded message while it is written. The text is a draft from the first letter (useDraft.ts), leaves through the outbox
 * (useSubmit.ts), and comes back here when the server refuses it (refused.ts). Read next: ComposerBody.tsx. */
import { useEffect, useRef } from "react";
import { composerAsk, type Mode } from "../../actions/panes";
import { t } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { toast } from "../../ui/toasts";
import { fetchEditor } from "../editor/TextField";
import { useWritingSignal } from "../presence/presence";
import { BelowText } from "./BelowText";
import { ComposeNotice } from "./ComposeNotice";
import type { ComposerProps } from "./Composer";
import { ComposerBody, useField } from "./ComposerBody";
import { isEmpty } from "./drafts";
import { useDrop } from "./dropped";
import { FromMenu } from "./FromMenu";
import { ModeTabs, type Tab } from "./ModeTabs";
import { useOnlyAssignee } from "./OnlyAssignee";
import { usePassedOn } from "./passedOn";
import { Recipients } from "./Recipients";
import { chosen } from "./recipients";
import type { Return } from "./refused";
import { SendButton } from "./SendButton";
import { OtherWays, ShutWindow, shutWords } from "./ShutWindow";
import { tokenValues } from "./tokenValues";
import { useDraft } from "./useDraft";
import { actByKey, useHands } from "./useHands";
import { useReplyWindow } from "./useReplyWindow";
import { useSubmit } from "./useSubmit";
import { waitsFor } from "./useUploads";
import { useWay } from "./useWay";
import { nextWay } from "./waysOut";

interface Props extends ComposerProps {
  mode: Mode;
  /** `isByKey`: the hands go on in the text. */
  onMode: (mode: Mode, isByKey?: boolean) => void;
  back: Return | null;
  /** The last request of the keyboard that was there before this composer. */
  askedAt: number;
  /** Where the caret was in the field that stood here before; null: the focus is elsewhere. */
  startsAt: number | null;
}

export { fetchEditor };

const LABELS = { reply: "composer.reply_label", forward: "composer.forward_label" } as const;
const PLACEHOLDERS = {
  reply: "composer.reply_placeholder",
  comment: "composer.comment_placeholder",
  forward: "composer.forward_placeholder",
} as const;

export function Writing({ conversation, messages, lastId, scope, mode, onMode, back, askedAt, startsAt }: Props) {
  const kept = useDraft(scope.me.id, conversation.id, mode, lastId);
  const { draft, change } = kept;
  const way = useWay(conversation, messages, draft, mode);
  const { channel, account, addresses, roles } = way;
  const passed = usePassedOn(draft, messages);
  const isComment = mode === "comment";
  const abilities = isComment ? undefined : way.abilities;
  const format = isComment ? "html" : abilities?.text_format;
  const form = useRef<HTMLFormElement>(null);
  const typed = useWritingSignal(conversation.id, mode === "reply");
  const field = useField(kept, abilities);
  const isDropping = useDrop(form, field.attach);
  const { api, focus } = field;
  const refusals = back?.isShut ? back.at : 0;
  const isWriting = () => !isEmpty(kept.now()) || form.current?.contains(document.activeElement) === true;
  const replyWindow = useReplyWindow({ way, contact: conversation.contact, mode, isWriting, refusals });
  const { shut } = replyWindow;
  const firstName = conversation.contact?.name.split(" ")[0] ?? "";
  const only = useOnlyAssignee(conversation, scope, mode);
  const { reason, submit, discard, notice, fields, collision } = useSubmit({
    kept,
    way,
    conversation,
    messages,
    forwardOf: passed.id,
    scope,
    mode,
    api,
    focus,
    blur: () => (document.activeElement as HTMLElement | null)?.blur(),
    back,
    waits: only.reason ?? waitsFor(field.uploads),
    shut: shut && shutWords(shut, firstName),
    onSent: typed.stop,
  });

  const ask = useStore(composerAsk, (state) => state);
  // biome-ignore lint/correctness/useExhaustiveDependencies: answers each request once
  useEffect(() => {
    if (ask.at === askedAt || ask.mode !== mode) return;
    if (ask.toAll && roles.length) change({ ...way.everybody, is_to_all: true });
    if (ask.toAll && way.isCrowd) toast(t("recipients.crowd"));
    if (ask.forwardOf) change({ forward_of: ask.forwardOf });
    focus();
  }, [ask]);

  const tabs: Tab[] =
    roles.length || mode === "comment"
      ? [
          "reply",
          ...(way.everybody.cc.length ? (["reply_all"] as const) : []),
          ...(way.canForward ? (["forward"] as const) : []),
          "comment",
        ]
      : ["reply", "comment"];
  const tab: Tab = mode === "reply" && way.isToAll ? "reply_all" : mode;
  const onTab = (next: Tab, isPressed = false) => {
    const wanted = next === "reply_all" ? "reply" : next;
    if (wanted !== mode) return onMode(wanted, isPressed);
    if (next === "reply_all") change({ ...way.everybody, is_to_all: true });
    else if (next === "reply") change({ to: undefined, cc: undefined, bcc: undefined, is_to_all: undefined });
    // Outside the field, the first letters would be shortcuts.
    if (isPressed) focus();
  };

  const canAttach = isComment || (abilities?.media_types.length ?? 0) > 0;
  const type = (sign: string) => {
    focus();
    api.current?.insertText(sign);
  };
  useHands({
    switch_mode: () => onMode(isComment ? "reply" : "comment", true),
    attach: canAttach ? () => form.current?.querySelector<HTMLElement>("[data-attach]")?.click() : undefined,
    library: canAttach ? () => form.current?.querySelector<HTMLElement>("[data-library]")?.click() : undefined,
    next_channel:
      !isComment && way.options.length > 1
        ? () => change({ channel_account_id: nextWay(way.options, account?.id) })
        : undefined,
    snippet: () => type("/"),
    mention: isComment ? () => type("@") : undefined,
  });

  const label = isComment
    ? t("composer.comment_label")
    : t(LABELS[mode], { channel: account?.name ?? channel?.name ?? "" });
  return (
    <form
      ref={form}
      className={`composer ${isComment ? "note-mode" : ""} ${isDropping ? "dropping" : ""} ${isEmpty(draft) && !field.uploads.length ? "blank" : ""}`}
      aria-label={isComment ? t("action.comment") : t("action.reply")}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      // Before the editor sees it: there, Shift Enter is a line break.
      onKeyDownCapture={(event) => actByKey(event.nativeEvent, scope)}
    >
      <ComposeNotice
        notice={notice?.isShut && replyWindow.isKnown ? null : notice}
        shut={shut ? <ShutWindow shut={shut} name={firstName} /> : null}
        offer={kept.offer}
        only={only.banner}
        collision={collision}
        onSendAnyway={() => submit()}
        onDiscard={discard}
        onTakeOffer={kept.takeOffer}
        onDropOffer={kept.dropOffer}
      />
      <div className="composetop">
        <ModeTabs tabs={tabs} current={tab} onTab={onTab} />
        <span className="grow" />
        {!isComment && channel ? (
          <FromMenu
            account={account}
            channel={channel}
            options={way.options}
            contact={mode === "forward" ? null : conversation.contact}
            onChoose={(one) => change({ channel_account_id: one.id })}
          />
        ) : null}
      </div>
      {roles.length && !isComment ? (
        <Recipients
          roles={roles}
          addresses={addresses}
          newcomers={way.newcomers}
          names={way.names}
          type={abilities?.identity ?? "email"}
          subject={abilities?.has_subject ? { value: draft.subject, fallback: way.subject } : undefined}
          isNew={mode === "forward"}
          onChange={(part) => change(chosen(part, way))}
        />
      ) : null}
      <ComposerBody
        field={field}
        kept={kept}
        change={change}
        format={format}
        abilities={abilities}
        canAttach={canAttach}
        startsAt={startsAt}
        label={label}
        placeholder={t(PLACEHOLDERS[mode])}
        triggers={isComment ? ["snippet", "mention", "emoji"] : ["snippet", "emoji"]}
        users={scope.users}
        inboxId={conversation.inbox_id}
        values={() => tokenValues(conversation, scope, channel)}
        // Where the conversation has a subject, an answer keeps it.
        onSubject={(subject) => {
          if (abilities?.has_subject && !draft.subject && !conversation.subject.trim()) change({ subject });
        }}
        fields={fields}
        onTouch={(isBlank) => !isBlank && typed.start()}
        onBlur={typed.stop}
        below={
          <BelowText
            draft={draft}
            way={way}
            mode={mode}
            messages={messages}
            passedOn={passed.message}
            scope={scope}
            onChange={change}
          />
        }
      >
        <OtherWays
          ways={replyWindow.elsewhere}
          onChoose={(one) => {
            focus();
            change({ channel_account_id: one.account.id });
          }}
        />
        <SendButton
          mode={mode}
          reason={reason}
          conversation={conversation}
          replyWindow={replyWindow}
          scope={scope}
          onSend={submit}
        />
      </ComposerBody>
    </form>
  );
}
