import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import type { Scope } from "../../actions/action";
import { isLocal } from "../../api/ids";
import type { Message } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { fullTime, messageTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Files } from "./Files";
import { MailFrame } from "./MailFrame";
import { Text } from "./Text";
import { Written } from "./Written";

interface Props {
  message: Message;
  author: string;
  now: Date;
  menu: ReactNode;
  scope: Scope;
}

export function Comment({ message, author, now, menu, scope }: Props) {
  const isFrame = message.has_html && !isLocal(message.id);
  return (
    <article className="note" aria-label={t("comment.name", { author })}>
      <Avatar name={author} seed={message.author_id ?? author} size={28} />
      <div>
        <header>
          <span className="strong" dir="auto">
            {author}
          </span>
          <Lock className="small" />
          <span className="small-text">{t("comment.only_team")}</span>
          <time dateTime={message.created_at} title={fullTime(message.created_at)}>
            {messageTime(message.created_at, now)}
          </time>
          {menu}
        </header>
        {message.html ? (
          <Written html={message.html} text={message.text} files={message.attachments} hasCards />
        ) : isFrame ? (
          <MailFrame message={message} title={t("mail.frame", { author })} me={scope.me.id} isOriginal={false} />
        ) : (
          <Text text={message.text} people={scope.users.map((user) => user.name)} hasCards />
        )}
        <Files files={message.attachments} hasInline={!isFrame && !message.html} messageId={message.id} />
      </div>
    </article>
  );
}
