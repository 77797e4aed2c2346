/* By which channel accounts an answer can leave, and by which not and why: those do not vanish. Read next: FromMenu.tsx. */
import type { Mode } from "../../actions/panes";
import type { Channel, ChannelAccount, Contact, Conversation, Reach } from "../../api/types";
import { type MessageId, t, tOr } from "../../ui/i18n";
import { inWords } from "../../ui/serverWords";

export interface WayOut {
  account: ChannelAccount;
  /** Why it cannot be chosen; "" when it can. The conversation's own can be all the same: what it says is kept until it is back. */
  reason: string;
  isOff: boolean;
}

/** The conversation's own first, then what can be chosen: accounts of the same channel, and of others on which this person is known and may be written to
 * first, or wrote (`reach`). Those of its inbox that cannot be chosen stand behind them. */
export function waysOut(
  accounts: ChannelAccount[],
  channels: Channel[],
  conversation: Pick<Conversation, "channel_account_id" | "inbox_id">,
  contact: Contact | undefined,
  mode: Mode,
  reach: Reach[] = [],
): WayOut[] {
  const own = accounts.find((one) => one.id === conversation.channel_account_id);
  const found = accounts.flatMap((account): WayOut[] => {
    const channel = channels.find((one) => one.kind === account.kind);
    if (account.archived_at || !channel) return [];
    const { abilities } = channel;
    if (mode === "forward" && !abilities.recipient_roles.length) return [];
    const isWay =
      mode === "forward" ||
      account.kind === own?.kind ||
      (abilities.may_start && identityOn(channel, contact) !== undefined) ||
      (!abilities.is_recorded_sent && reach.some((one) => one.channel_account_id === account.id && hasWritten(one)));
    if (!isWay && account.inbox_id !== conversation.inbox_id) return [];
    const why = closedWords(account) || (isWay ? "" : unreachableWords(channel));
    return [{ account, reason: why || troubleWords(account), isOff: why !== "" && account.id !== own?.id }];
  });
  const rank = ({ account, isOff }: WayOut) => (account.id === own?.id ? 0 : isOff ? 2 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}

/** What a connection by which nothing leaves just now says of itself; "" when it works. */
export function closedWords(account: ChannelAccount): string {
  if (!account.is_active) return t("reach.paused");
  if (!account.may_send) return t("reach.receives_only");
  if (account.health.state !== "broken") return "";
  return inWords(account.health.sentence) || t("reach.broken");
}

/** What is to be known of one that can be chosen: its server does not answer just now, and it is tried again by itself. */
export const troubleWords = ({ health }: ChannelAccount): string =>
  health.state === "unreachable" ? inWords(health.sentence) || t("health.unreachable") : "";

/** Have they written there, so that an answer can go there while its window is open? */
const hasWritten = ({ conversation_id, addresses, reason }: Reach): boolean =>
  conversation_id !== null && addresses.length > 0 && reason !== "must_write_first";

const unreachableWords = ({ abilities }: Channel): string =>
  abilities.may_start ? noAddressWords(abilities.identity) : t("reach.must_write_first");

export const noAddressWords = (identity: string | undefined): string =>
  tOr(`reach.no_${identity ?? "opaque"}` as MessageId, t("reach.no_opaque"));

export const identityOn = (channel: Channel | undefined, contact: Contact | undefined): string | undefined =>
  channel && channel.abilities.identity !== "opaque"
    ? contact?.identities.find((one) => one.type === channel.abilities.identity)?.value
    : undefined;

/** The next one that can be chosen. */
export function nextWay(ways: WayOut[], current: string | undefined): string | undefined {
  const open = ways.filter((one) => !one.isOff || one.account.id === current);
  const at = open.findIndex((one) => one.account.id === current);
  return open[(at + 1) % open.length]?.account.id;
}
