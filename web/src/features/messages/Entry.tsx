/* One row of a thread: a message as card, bubble or comment, or what stands between messages. */
import { useQuery } from "@tanstack/react-query";
import { memo } from "react";
import type { Scope } from "../../actions/action";
import { channelAccountsQuery, channelsQuery, inboxesQuery } from "../../api/queries";
import type { Conversation, Message } from "../../api/types";
import { useNow } from "../../ui/clock";
import { clock, dayName, fullTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { ChannelBadge } from "../channels/ChannelBadge";
import { authorOf } from "./author";
import { Bubble } from "./Bubble";
import { Comment } from "./Comment";
import { type Entry as EntryData, startsFolded } from "./entries";
import { Mail } from "./Mail";
import { MessageMenu } from "./MessageMenu";
import { SystemEntries } from "./SystemEntry";
import type { Doubt } from "./why";

interface Props {
  entry: EntryData;
  conversation: Conversation;
  scope: Scope;
  isCard: (message: Message) => boolean;
  doubt: (message: Message) => Doubt | null;
}

export const Entry = memo(function Entry({ entry, conversation, scope, isCard, doubt }: Props) {
  const now = useNow();
  const inboxes = useQuery(inboxesQuery).data ?? [];
  const channelOf = useChannelOf(conversation);
  switch (entry.kind) {
    case "day":
      return (
        <p className="divider day">
          <time dateTime={entry.at.slice(0, 10)}>{dayName(entry.at, now)}</time>
        </p>
      );
    case "new":
      return <p className="divider new">{t("thread.new")}</p>;
    case "channel": {
      const found = channelOf(entry.channelAccountId);
      return (
        <p className="divider" title={fullTime(entry.at)}>
          {found.channel ? <ChannelBadge channel={found.channel} /> : null}
          {t("thread.continued", { channel: found.name, time: clock(new Date(entry.at)) })}
        </p>
      );
    }
    case "events":
      return <SystemEntries messages={entry.messages} now={now} users={scope.users} inboxes={inboxes} />;
    case "message": {
      const { message, place } = entry;
      const author = authorOf(message, scope);
      const menu = (
        <MessageMenu
          message={message}
          conversation={conversation}
          scope={scope}
          author={author}
          isNewest={place.isNewest}
          doubt={doubt(message)}
        />
      );
      if (message.type === "comment")
        return <Comment message={message} author={author} now={now} menu={menu} scope={scope} />;
      const kind = channelOf(message.channel_account_id).channel?.kind ?? conversation.kind;
      const common = { message, author, now, menu, kind, me: scope.me.id, view: scope.view, place };
      if (!isCard(message)) return <Bubble {...common} />;
      return (
        <Mail
          {...common}
          conversation={conversation}
          scope={scope}
          doubt={doubt(message)}
          startsFolded={startsFolded(message, place)}
        />
      );
    }
  }
});

/** The channel of a channel account, and what to call it: the connection's own name where several are of one channel. */
export function useChannelOf(conversation: Conversation) {
  const channels = useQuery(channelsQuery).data ?? [];
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  return (accountId: string) => {
    const account = accounts.find((one) => one.id === accountId);
    const kind =
      account?.kind ?? (accountId === conversation.channel_account_id || !accountId ? conversation.kind : "");
    const channel = channels.find((one) => one.kind === kind);
    const isOneOfMany = accounts.filter((one) => one.kind === kind).length > 1;
    return { channel, name: (isOneOfMany ? account?.name : channel?.name) ?? account?.name ?? "" };
  };
}
