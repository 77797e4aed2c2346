/* A message as a card over the full width: who to whom, the new text, what was quoted folded away, files, and how far it got. */
import { CircleHelp, Ellipsis, ShieldAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Message, Recipient } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { fullTime, messageTime } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";
import { Popover } from "../../ui/Popover";
import { KindBadge } from "../channels/ChannelBadge";
import { DeliveryMark, DeliveryTrouble, PerPerson } from "./Delivery";
import { Files } from "./Files";
import { MailFrame } from "./MailFrame";
import { Text } from "./Text";
import { Why } from "./Why";

export interface EntryProps {
  message: Message;
  author: string;
  kind: string;
  view: string;
  me: string;
  now: Date;
  /** What can be done with the message. */
  menu: ReactNode;
}

interface Props extends EntryProps {
  startsFolded: boolean;
  hasArrived: boolean;
}

const listed = (people: Recipient[]) => people.map((one) => one.name || one.address).join(", ");

export function recipientLine(message: Message): string {
  const of = (role: string) => message.recipients.filter((one) => one.role === role);
  const parts = [t("mail.to", { people: listed(of("to")) })];
  if (of("cc").length) parts.push(t("mail.cc", { people: listed(of("cc")) }));
  if (of("bcc").length) parts.push(t("mail.bcc", { people: listed(of("bcc")) }));
  return message.recipients.length ? parts.join(" ") : "";
}

export function Mail({ message, author, kind, view, me, now, menu, startsFolded, hasArrived }: Props) {
  const [isFolded, setFolded] = useState(startsFolded && message.state !== "failed");
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
  const name = t("mail.name", { author, time: messageTime(message.created_at, now) });
  if (isFolded)
    return (
      <article className="mail folded" aria-label={name}>
        <header>
          <button type="button" className="unfold" aria-expanded={false} onClick={() => setFolded(false)}>
            {face}
            <span className="strong">{author}</span>
            <span className="cut soft grow" dir="auto">
              {message.text.slice(0, 200)}
            </span>
          </button>
          <DeliveryMark message={message} />
          {when}
        </header>
      </article>
    );
  return (
    <article className={`mail ${hasArrived ? "arrived" : ""}`} aria-label={name}>
      <header>
        {face}
        <div className="names">
          <h3 className="cut" dir="auto" title={message.sender?.address}>
            {author}
          </h3>
          <span className="muted small-text cut" title={recipientLine(message)}>
            {recipientLine(message)}
          </span>
        </div>
        {message.is_automatic ? <span className="chip s">{t("mail.automatic")}</span> : null}
        <Origin message={message} />
        <DeliveryMark message={message} />
        {when}
        {message.direction === "in" ? (
          <Popover
            label={t("why.title")}
            title={t("why.title")}
            className="iconbtn s"
            trigger={<CircleHelp className="mid" />}
          >
            {() => <Why message={message} view={view} />}
          </Popover>
        ) : null}
        {menu}
      </header>
      <div className="mailbody">
        <Body message={message} author={author} />
        <PerPerson message={message} />
        <DeliveryTrouble message={message} me={me} />
      </div>
    </article>
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

/** The new words first, formatted as they came (the server parts them from the history below); the history is folded away. */
function Body({ message, author }: { message: Message; author: string }) {
  const [isOpen, setOpen] = useState(false);
  const isFrame = message.has_html && message.direction === "in";
  // A formatted mail shows its signature itself.
  const rest = [isFrame ? "" : message.signature, message.quoted].filter(Boolean).join("\n\n");
  return (
    <>
      {isFrame ? (
        <MailFrame id={message.id} title={t("mail.frame", { author })} />
      ) : (
        <Text text={message.text || (rest || message.attachments.length ? "" : t("mail.empty"))} />
      )}
      {rest ? (
        <button type="button" className="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Ellipsis className="small" />
          {message.quoted ? t("mail.quoted", { count: rest.split("\n").length }) : t("mail.signature")}
        </button>
      ) : null}
      {rest && isOpen ? (
        <div className="quote">
          <Text text={rest} />
        </div>
      ) : null}
      <Files files={message.attachments} hasInline={!isFrame} />
    </>
  );
}
