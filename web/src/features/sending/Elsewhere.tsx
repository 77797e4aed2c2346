/* The same words over another connection, where the one that was chosen failed: "Email instead". */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../../api/client";
import { newClientId } from "../../api/ids";
import { applyNow } from "../../api/live";
import { channelAccountsQuery, channelsQuery, contactQuery, keys } from "../../api/queries";
import type { Abilities, Channel, ChannelAccount, Conversation, Message } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";

type Reach = Abilities & { identity?: string; is_recorded_sent?: boolean };

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
      const { identity, is_recorded_sent: isRecorded } = channel.abilities as Reach;
      const isOther = account.id !== message.channel_account_id && account.inbox_id === inboxId;
      const isReachable = identity !== "opaque" && identities.some((one) => one.type === identity);
      return isOther && isReachable && !isRecorded && account.health.state !== "broken" && account.is_active;
    })
    .slice(0, 2);
}

export function Elsewhere({ message, me }: { message: Message; me: string }) {
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const channels = useQuery(channelsQuery).data ?? [];
  const conversation = client.getQueryData<Conversation>(keys.conversation(message.conversation_id));
  const contactId = conversation?.contact?.id;
  const contact = useQuery({ ...contactQuery(contactId ?? ""), enabled: Boolean(contactId) }).data;
  // Its files belong to it; they cannot be sent along.
  if (!conversation || !contact || message.attachments.length || message.data.forward_of) return null;
  const ways = otherWays(message, conversation.inbox_id, accounts, channels, contact.identities);
  const isOneOfMany = (kind: string) => ways.filter((one) => one.channel.kind === kind).length > 1;
  const send = async (accountId: string) => {
    setBusy(true);
    try {
      const made = await post<Message>(`/api/conversations/${message.conversation_id}/messages`, {
        type: "reply",
        text: message.text,
        channel_account_id: accountId,
        client_id: newClientId(),
      });
      applyNow(client, { type: "message.added", data: { message: made } }, me);
      toast(t("sending.sent"));
    } catch (problem) {
      toastError(sentence(problem));
    } finally {
      setBusy(false);
    }
  };
  return ways.map(({ account, channel }) => (
    <Button key={account.id} size="xs" isBusy={isBusy} onClick={() => void send(account.id)}>
      {t("sending.instead", { channel: isOneOfMany(channel.kind) ? account.name : channel.name })}
    </Button>
  ));
}
