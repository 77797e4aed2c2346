import { Avatar } from "../../ui/Avatar";
import { fullTime, messageTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { DeliveryMark, DeliveryTrouble } from "./Delivery";
import { Files } from "./Files";
import type { EntryProps } from "./Mail";
import { Text } from "./Text";

/** A short message, as on channels that have no subject: ours at the end side, theirs at the start. */
export function Bubble({ message, author, me, now, menu }: EntryProps) {
  const isOut = message.direction === "out";
  const face = <Avatar name={author} seed={message.author_id ?? message.sender?.address ?? author} size={28} />;
  return (
    <article
      className={`bubble ${isOut ? "out" : ""}`}
      aria-label={t("mail.name", { author, time: messageTime(message.created_at, now) })}
    >
      {isOut ? null : face}
      <div>
        <div className="body">
          <Text text={message.text} />
          <Files files={message.attachments} />
        </div>
        <footer>
          <time dateTime={message.created_at} title={fullTime(message.created_at)}>
            {messageTime(message.created_at, now)}
          </time>
          <DeliveryMark message={message} />
          {menu}
        </footer>
        <DeliveryTrouble message={message} me={me} />
      </div>
      {isOut ? face : null}
    </article>
  );
}
