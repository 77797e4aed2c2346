import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import type { Message } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { fullTime, messageTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Files } from "./Files";
import { Text } from "./Text";

interface Props {
  message: Message;
  author: string;
  now: Date;
  menu: ReactNode;
}

export function Comment({ message, author, now, menu }: Props) {
  return (
    <article className="note" aria-label={t("comment.name", { author })}>
      <Avatar name={author} seed={message.author_id ?? author} size={28} />
      <div>
        <header>
          <span className="strong">{author}</span>
          <Lock className="small" />
          <span className="small-text">{t("comment.only_team")}</span>
          <time dateTime={message.created_at} title={fullTime(message.created_at)}>
            {messageTime(message.created_at, now)}
          </time>
          {menu}
        </header>
        <Text text={message.text} />
        <Files files={message.attachments} />
      </div>
    </article>
  );
}
