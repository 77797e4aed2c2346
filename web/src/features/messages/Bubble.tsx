import { Avatar } from "../../ui/Avatar";
import { fullTime, messageTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { DeliveryMark, DeliveryTrouble } from "./Delivery";
import { Files } from "./Files";
import { Fold } from "./Fold";
import { Edited, type EntryProps } from "./Mail";
import { Marks } from "./Marks";
import { Text } from "./Text";

/** A short message, as on channels that have no subject: ours at the end side, theirs at the start. Face and time stand at the last of several. */
export function Bubble({ message, author, me, now, menu, place }: EntryProps) {
  const isOut = message.direction === "out";
  const last = message.edits.at(-1);
  const face = place.goesOn ? (
    <span />
  ) : (
    <Avatar name={author} seed={message.author_id ?? message.sender?.address ?? author} size={28} />
  );
  return (
    <article
      className={`bubble ${isOut ? "out" : ""} ${place.isContinued ? "continued" : ""} ${place.goesOn ? "goeson" : ""} ${place.isNewestOut ? "newest" : ""}`}
      aria-label={t("mail.name", { author, time: messageTime(message.created_at, now) })}
    >
      {isOut ? null : face}
      <div>
        <div className="body">
          {last?.is_deleted ? null : <Text text={String(last?.text ?? message.text)} />}
          {message.edits.length ? <Edited message={message} /> : null}
          {message.quoted ? (
            <Fold name={`quoted ${message.id}`} label={t("mail.quoted", { count: message.quoted.split("\n").length })}>
              <Text text={message.quoted} />
            </Fold>
          ) : null}
          <Files files={message.attachments} messageId={message.id} />
        </div>
        <Reactions message={message} />
        <footer>
          <time dateTime={message.created_at} title={fullTime(message.created_at)}>
            {messageTime(message.created_at, now)}
          </time>
          <Marks message={message} place={place} />
          <DeliveryMark message={message} />
          {menu}
        </footer>
        <DeliveryTrouble message={message} me={me} />
      </div>
      {isOut ? face : null}
    </article>
  );
}

function Reactions({ message }: Pick<EntryProps, "message">) {
  if (!message.reactions.length) return null;
  const counts = new Map<string, number>();
  for (const one of message.reactions) counts.set(String(one.emoji), (counts.get(String(one.emoji)) ?? 0) + 1);
  return (
    <p className="reactions">
      {[...counts].map(([emoji, count]) => (
        <span key={emoji} className="chip s">
          {emoji}
          {count > 1 ? ` ${count}` : ""}
        </span>
      ))}
    </p>
  );
}
