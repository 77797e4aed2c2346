/* The same words over another connection, where the one that was chosen failed: "Email instead". */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { channelAccountsQuery, channelsQuery, contactQuery, keys, messagesQuery } from "../../api/queries";
import type { Channel, ChannelAccount, Conversation, Id, Message } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { outbox, send } from "../messages/pending";

/** The connections over which this customer can be reached instead, at most two. */
export function otherWays(
  message: Message,
  inboxId: string,
  accounts: readonly ChannelAccount[],
  channels: readonly Channel[],
  identities: readonly { type: string }[],
): { account: ChannelAccount; channel: Channel }[] {
  return accounts
    .flatMap((account) => {
      const channel = channels.find((one) => one.kind === account.kind);
      return channel ? [{ account, channel }] : [];
    })
    .filter(({ account, channel }) => {
      const { identity, is_recorded_sent: isRecorded } = channel.abilities;
      const isOther = account.id !== message.channel_account_id && account.inbox_id === inboxId;
      const isReachable = identity !== "opaque" && identities.some((one) => one.type === identity);
      return (
        isOther &&
        isReachable &&
        !isRecorded &&
        account.health.state !== "broken" &&
        account.is_active &&
        account.may_send
      );
    })
    .slice(0, 2);
}

/** The same for each press, on any device: however often it is asked for, and whatever became of the answer to it, it goes once. */
const clientIdOf = (message: Message, account: ChannelAccount) => `instead.${message.id}.${account.id}`;

export function Elsewhere({ message, me }: { message: Message; me: Id }) {
  const client = useQueryClient();
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const channels = useQuery(channelsQuery).data ?? [];
  const conversation = client.getQueryData<Conversation>(keys.conversation(message.conversation_id));
  const contactId = conversation?.contact?.id;
  const contact = useQuery({ ...contactQuery(contactId ?? ""), enabled: Boolean(contactId) }).data;
  const sent = useInfiniteQuery({ ...messagesQuery(message.conversation_id), enabled: false }).data;
  const waiting = useStore(outbox, (state) => state.entries);
  if (!conversation || !contact || message.data.forward_of) return null;
  const ways = otherWays(message, conversation.inbox_id, accounts, channels, contact.identities);
  const gone = new Set([
    ...(sent?.pages ?? []).flatMap((page) => page.items.map((one) => one.client_id)),
    ...waiting.map((entry) => entry.message.client_id),
  ]);
  // “Email instead” says nothing where it was email that failed.
  const isOneOfMany = (kind: string) =>
    kind === conversation.kind || ways.filter((one) => one.channel.kind === kind).length > 1;
  const sendBy = (account: ChannelAccount) =>
    send({
      conversationId: message.conversation_id,
      attachments: message.attachments,
      author: { id: me, name: message.sender.name ?? "" },
      message: {
        type: "reply",
        text: message.text,
        attachments: [],
        channel_account_id: account.id,
        resend_of: message.id,
        client_id: clientIdOf(message, account),
      },
    });
  return ways
    .filter(({ account }) => !gone.has(clientIdOf(message, account)))
    .map(({ account, channel }) => {
      const name = isOneOfMany(channel.kind) ? account.name : channel.name;
      if (message.attachments.length && !channel.abilities.media_types.length)
        return <span key={account.id}>{t("sending.no_files_there", { channel: name })}</span>;
      return (
        <Button key={account.id} size="xs" onClick={() => sendBy(account)}>
          {t("sending.instead", { channel: name })}
        </Button>
      );
    });
}
