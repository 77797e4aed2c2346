/* Where answers and comments are written. The text is a draft from the first letter (useDraft.ts), leaves through the outbox (messages/pending.ts), and
 * comes back here when the server refuses it (refused.ts). */
import { useQuery } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Scope } from "../../actions/action";
import { composerAsk, type Mode } from "../../actions/panes";
import { newClientId } from "../../api/ids";
import { channelAccountsQuery } from "../../api/queries";
import type { Conversation, Id, Message } from "../../api/types";
import { t } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { ChannelBadge, useChannel } from "../channels/ChannelBadge";
import { send } from "../messages/pending";
import { ComposeBar } from "./ComposeBar";
import { ComposeFiles } from "./ComposeFiles";
import { ComposeNotice } from "./ComposeNotice";
import { isEmpty } from "./drafts";
import { Recipients } from "./Recipients";
import { type Addresses, looksLikeAddress, newcomers, replyAddresses } from "./recipients";
import { type Return, returned } from "./refused";
import { useDraft } from "./useDraft";
import { useTypingSignal } from "./useTypingSignal";
import { useUploads } from "./useUploads";
import "./composer.css";

interface Props {
  conversation: Conversation;
  messages: Message[];
  lastId: Id | null;
  scope: Scope;
}

export function Composer(props: Props) {
  const ask = useStore(composerAsk, (state) => state);
  const back = useStore(returned, (state) => state.last);
  const [mode, setMode] = useState<Mode>("reply");
  const seen = useRef(ask.at);
  useEffect(() => {
    if (ask.at !== seen.current) setMode(ask.mode);
  }, [ask]);
  useEffect(() => {
    if (back?.conversationId === props.conversation.id) setMode(back.mode);
  }, [back, props.conversation.id]);
  const mine = back?.conversationId === props.conversation.id && back.mode === mode ? back : null;
  // A new key when something came back: the draft is read again from where it was put.
  return (
    <Writing
      key={`${mode}:${mine?.at ?? 0}`}
      {...props}
      mode={mode}
      onMode={setMode}
      back={mine}
      askedAt={seen.current}
    />
  );
}

interface WritingProps extends Props {
  mode: Mode;
  onMode: (mode: Mode) => void;
  back: Return | null;
  /** The last request of the keyboard that was there before this composer. */
  askedAt: number;
}

function Writing({ conversation, messages, lastId, scope, mode, onMode, back, askedAt }: WritingProps) {
  const channel = useChannel(conversation.kind);
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const account = accounts.find((one) => one.id === conversation.channel_account_id);
  const { draft, change, clear, offer, takeOffer, dropOffer } = useDraft(scope.me.id, conversation.id, mode, lastId);
  const field = useRef<HTMLTextAreaElement>(null);
  const [isDropping, setDropping] = useState(false);
  const [notice, setNotice] = useState<Return | null>(back);
  const { uploads, start } = useUploads(channel?.abilities, (file) =>
    change({ attachments: [...latest.current, file] }),
  );
  const latest = useRef(draft.attachments);
  latest.current = draft.attachments;
  const typed = useTypingSignal(conversation.id, mode === "reply");

  const contact = conversation.contact?.address ?? "";
  const automatic = replyAddresses(messages, accounts, contact, false);
  const addresses: Addresses = {
    to: draft.to ?? automatic.to,
    cc: draft.cc ?? automatic.cc,
    bcc: draft.bcc ?? automatic.bcc,
  };
  const roles = mode === "reply" ? (channel?.abilities.recipient_roles ?? []) : [];
  const hasLines = roles.length > 0;

  const ask = useStore(composerAsk, (state) => state);
  // biome-ignore lint/correctness/useExhaustiveDependencies: answers each request once
  useEffect(() => {
    if (ask.at === askedAt || ask.mode !== mode) return;
    if (ask.toAll && hasLines) change(replyAddresses(messages, accounts, contact, true));
    field.current?.focus();
  }, [ask]);

  const wrong = hasLines
    ? [...addresses.to, ...addresses.cc, ...addresses.bcc].find((one) => !looksLikeAddress(one))
    : undefined;
  const reason = uploads.length
    ? t("composer.wait_upload")
    : wrong
      ? t("recipients.wrong_one", { address: wrong })
      : hasLines && !addresses.to.length
        ? t("composer.no_recipient")
        : isEmpty(draft)
          ? t("composer.empty")
          : null;

  const submit = (evenIfNewer = false) => {
    if (reason) {
      field.current?.focus();
      return;
    }
    typed.stop();
    setNotice(null);
    send({
      conversationId: conversation.id,
      attachments: draft.attachments,
      author: { id: scope.me.id, name: scope.me.name },
      message: {
        type: mode,
        text: draft.text.replace(/\s+$/, ""),
        attachments: draft.attachments.map((file) => file.id),
        ...(hasLines ? addresses : {}),
        client_id: draft.client_id ?? newClientId(),
        expect_last_message_id: mode === "reply" && !evenIfNewer ? draft.began_after : undefined,
      },
    });
    clear();
    field.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      submit(notice?.isNewer);
    } else if (event.key === "/") {
      event.preventDefault();
      onMode(mode === "reply" ? "comment" : "reply");
      requestAnimationFrame(() => document.querySelector<HTMLElement>(".composetext")?.focus());
    }
  };

  const name =
    mode === "comment"
      ? t("composer.comment_label")
      : t("composer.reply_label", { channel: account?.name ?? channel?.name ?? "" });
  return (
    <form
      className={`composer ${mode === "comment" ? "note-mode" : ""} ${isDropping ? "dropping" : ""}`}
      aria-label={mode === "comment" ? t("action.comment") : t("action.reply")}
      onSubmit={(event) => {
        event.preventDefault();
        submit(notice?.isNewer);
      }}
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={(event) => {
        if (!event.dataTransfer.files.length) return;
        event.preventDefault();
        setDropping(false);
        start(event.dataTransfer.files);
      }}
    >
      <ComposeNotice
        notice={notice}
        offer={offer}
        onSendAnyway={() => submit(true)}
        onTakeOffer={takeOffer}
        onDropOffer={dropOffer}
      />
      <div className="composetop">
        <div role="tablist" aria-label={t("composer.modes")} className="row">
          <ModeTab mode="reply" current={mode} onMode={onMode} />
          <ModeTab mode="comment" current={mode} onMode={onMode} />
        </div>
        <span className="grow" />
        {mode === "reply" && channel ? (
          <span className="pill bare" title={account?.address}>
            <ChannelBadge channel={channel} size={14} />
            <span className="cut">{account?.address || account?.name || channel.name}</span>
          </span>
        ) : null}
      </div>
      {hasLines ? (
        <Recipients
          roles={roles}
          addresses={addresses}
          newcomers={newcomers(addresses, messages, contact)}
          onChange={(part) => change(part)}
        />
      ) : null}
      <textarea
        ref={field}
        className="composetext"
        aria-label={name}
        placeholder={mode === "comment" ? t("composer.comment_placeholder") : t("composer.reply_placeholder")}
        value={draft.text}
        dir="auto"
        onChange={(event) => {
          change({ text: event.target.value });
          typed.start();
        }}
        onBlur={typed.stop}
        onPaste={(event) => {
          if (!event.clipboardData.files.length) return;
          event.preventDefault();
          start(event.clipboardData.files);
        }}
      />
      <ComposeFiles
        files={draft.attachments}
        uploads={uploads}
        onRemove={(id) => change({ attachments: draft.attachments.filter((file) => file.id !== id) })}
      />
      <ComposeBar
        mode={mode}
        reason={reason}
        onFiles={start}
        limit={channel?.abilities.text_limit ?? 0}
        length={draft.text.length}
      />
    </form>
  );
}

function ModeTab({ mode, current, onMode }: { mode: Mode; current: Mode; onMode: (mode: Mode) => void }) {
  return (
    <button
      type="button"
      role="tab"
      aria-selected={mode === current}
      tabIndex={mode === current ? 0 : -1}
      className="composetab"
      onClick={() => onMode(mode)}
      onKeyDown={(event) => {
        if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
        event.preventDefault();
        onMode(mode === "reply" ? "comment" : "reply");
        requestAnimationFrame(() => document.querySelector<HTMLElement>(".composetab[aria-selected=true]")?.focus());
      }}
    >
      {mode === "comment" ? <Lock className="small" /> : null}
      {mode === "comment" ? t("composer.comment") : t("composer.reply")}
    </button>
  );
}
