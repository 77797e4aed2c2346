/* A message as a card over the full width: who to whom, the new text, what was quoted folded away, files, and how far it got. */
import { ShieldAlert, Split } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Scope } from "../../actions/action";
import { isLocal } from "../../api/ids";
import type { Conversation, Message } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { fullTime, messageTime } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";
import { KindBadge } from "../channels/ChannelBadge";
import { DeliveryMark, DeliveryTrouble, PerPerson } from "./Delivery";
import { Details } from "./Details";
import type { Place } from "./entries";
import { Files } from "./Files";
import { Fold } from "./Fold";
import { InvitationCard, invitationOf } from "./Invitation";
import { MailFrame } from "./MailFrame";
import { Marks } from "./Marks";
import { recipientLine } from "./people";
import { useRemembered } from "./remembered";
import { isSplitSuggested, SplitSuggestion } from "./SplitSuggestion";
import { Text } from "./Text";
import { WhyDialog } from "./Why";
import { Written } from "./Written";
import type { Doubt } from "./why";

export interface EntryProps {
  message: Message;
  author: string;
  kind: string;
  view: string;
  me: string;
  now: Date;
  place: Place;
  /** What can be done with the message. */
  menu: ReactNode;
}

interface Props extends EntryProps {
  conversation: Conversation;
  scope: Scope;
  doubt: Doubt | null;
  startsFolded: boolean;
}

export function Mail({ message, author, kind, me, now, place, menu, conversation, scope, doubt, startsFolded }: Props) {
  const [isFolded, setFolded] = useRemembered(`folded ${message.id}`, startsFolded);
  const [hasDetails, setDetails] = useRemembered(`details ${message.id}`, false);
  const when = (
    <time dateTime={message.created_at} title={fullTime(message.created_at)}>
      {messageTime(message.created_at, now)}
    </time>
  );
  const face = (
    <Avatar name={author} seed={message.author_id ?? message.sender?.address ?? author} size={28}>
      <KindBadge kind={kind} />
    </Avatar>
  );
  const isAsking = isSplitSuggested(message);
  const suggestion = isAsking ? <SplitSuggestion message={message} conversation={conversation} scope={scope} /> : null;
  const name = t("mail.name", { author, time: messageTime(message.created_at, now) });
  if (isFolded)
    return (
      <article className="mail folded" aria-label={name}>
        <header>
          <button type="button" className="unfold" aria-expanded={false} onClick={() => setFolded(false)}>
            {face}
            <span className="strong cut who" dir="auto">
              {author}
            </span>
            <span className="cut soft grow" dir="auto">
              {message.text.slice(0, 200)}
            </span>
          </button>
          <Marks message={message} place={place} />
          <DeliveryMark message={message} />
          {when}
        </header>
        {suggestion}
      </article>
    );
  return (
    <article
      className={`mail ${place.isNewestOut ? "newest" : ""} ${place.fromEnd === 0 ? "arrived" : ""}`}
      aria-label={name}
    >
      <header>
        {face}
        <div className="names">
          <h3 className="cut" dir="auto" title={message.sender?.address}>
            {startsFolded ? (
              <button type="button" className="refold" aria-expanded={true} onClick={() => setFolded(true)}>
                {author}
              </button>
            ) : (
              author
            )}
          </h3>
          <button
            type="button"
            className="to cut"
            aria-expanded={hasDetails}
            title={t("mail.details")}
            onClick={() => setDetails(!hasDetails)}
          >
            {recipientLine(message, conversation.contact) || t("mail.details")}
          </button>
        </div>
        {message.is_automatic ? <span className="chip s">{t("mail.automatic")}</span> : null}
        <Origin message={message} />
        {doubt && !(isAsking && doubt.reason === "subject") ? (
          <DoubtChip message={message} scope={scope} doubt={doubt} />
        ) : null}
        <Marks message={message} place={place} />
        <DeliveryMark message={message} />
        {when}
        {menu}
      </header>
      {hasDetails ? <Details message={message} /> : null}
      {suggestion}
      <div className="mailbody">
        {message.edits.length ? <Edited message={message} /> : null}
        <InvitationCard message={message} />
        <Body message={message} author={author} me={me} />
        <PerPerson message={message} />
        <DeliveryTrouble message={message} me={me} />
      </div>
    </article>
  );
}

function DoubtChip({ message, scope, doubt }: { message: Message; scope: Scope; doubt: Doubt }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="chip s warn" onClick={() => setOpen(true)}>
        <Split className="small" />
        {t(doubt.reason === "subject" ? "why.doubt_subject_chip" : "why.doubt_sender_chip")}
      </button>
      {isOpen ? <WhyDialog message={message} scope={scope} doubt={doubt} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Origin({ message }: { message: Message }) {
  if (message.origin?.word !== "suspicious") return null;
  return (
    <span className="chip s bad" title={tOr("origin.suspicious", "")}>
      <ShieldAlert className="small" />
      {t("origin.suspicious_word")}
    </span>
  );
}

/** What became of a message after it came: changed, or taken back by its sender. */
export function Edited({ message }: { message: Message }) {
  const last = message.edits.at(-1);
  return <p className="edited">{last?.is_deleted ? t("mail.taken_back") : t("mail.edited")}</p>;
}

/** The new words first, formatted as they came (the server parts them from the history below); the history is folded away. */
function Body({ message, author, me }: { message: Message; author: string; me: string }) {
  const [isOriginal] = useRemembered(`original ${message.id}`, false);
  const isFrame = message.has_html && !isLocal(message.id);
  const isEmpty = !message.text && !message.quoted && !message.attachments.length;
  return (
    <>
      {message.html && !message.data.forward_of ? (
        <Written html={message.html} text={message.text} files={message.attachments} />
      ) : isFrame ? (
        <MailFrame message={message} title={t("mail.frame", { author })} me={me} isOriginal={isOriginal} />
      ) : invitationOf(message)?.is_alone ? null : message.text || isEmpty ? (
        <Text text={message.text || t("mail.empty")} />
      ) : null}
      {/* A formatted mail shows its signature itself. */}
      {!isFrame && message.signature ? (
        <Fold name={`signature ${message.id}`} label={t("mail.signature")}>
          <Text text={message.signature} />
        </Fold>
      ) : null}
      {message.quoted ? (
        <Fold name={`quoted ${message.id}`} label={t("mail.quoted", { count: message.quoted.split("\n").length })}>
          <Text text={message.quoted} />
        </Fold>
      ) : null}
      <Files files={message.attachments} hasInline={!isFrame && !message.html} messageId={message.id} />
    </>
  );
}
