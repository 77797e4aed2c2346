/* By which channel accounts somebody may write first, and whether what they wrote can go. Pure. */
import type { Abilities, Channel, ChannelAccount, Inbox } from "../../api/types";
import { number } from "../../ui/format";
import { t } from "../../ui/i18n";
import { partOf } from "../conversations/views";
import { type Draft, hasWords } from "../drafts/drafts";
import { isAddressOf } from "../drafts/recipients";
import { closedWords, troubleWords, type WayOut } from "../drafts/waysOut";

/** Those that let us begin, of inboxes in which the server says that this person may write, and behind them those by which nothing leaves just now, with
 * the reason. */
export function sendersAndWhy(accounts: ChannelAccount[], channels: Channel[], inboxes: Inbox[]): WayOut[] {
  const found = beginners(accounts, channels, inboxes).map((account) => {
    const why = closedWords(account);
    return { account, reason: why || troubleWords(account), isOff: why !== "" };
  });
  return found.sort((a, b) => Number(a.isOff) - Number(b.isOff));
}

/** Those by which it can be sent, also when it then waits for a broken connection. */
export const senders = (accounts: ChannelAccount[], channels: Channel[], inboxes: Inbox[]) =>
  beginners(accounts, channels, inboxes).filter((one) => one.is_active && one.may_send);

function beginners(accounts: ChannelAccount[], channels: Channel[], inboxes: Inbox[]): ChannelAccount[] {
  const mine = new Set(inboxes.filter((one) => !one.archived_at && one.can_act).map((one) => one.id));
  const begins = new Set(channels.filter((one) => one.abilities.may_start).map((one) => one.kind));
  return accounts.filter((one) => !one.archived_at && mine.has(one.inbox_id) && begins.has(one.kind));
}

/** The chosen one, else that of the view one looks at, else the first. */
export function senderOf(
  options: ChannelAccount[],
  chosen: string | undefined,
  view: string,
): ChannelAccount | undefined {
  const part = partOf(view);
  return (
    options.find((one) => one.id === chosen) ??
    (part?.kind === "channel" ? options.find((one) => one.id === part.id) : undefined) ??
    (part?.kind === "inbox" ? options.find((one) => one.inbox_id === part.id) : undefined) ??
    options[0]
  );
}

/** The lines for people: where a channel knows no roles there is one person to write to. */
export const linesOf = (abilities: Abilities | undefined): string[] =>
  abilities?.recipient_roles.length ? abilities.recipient_roles : ["to"];

export type FieldName = "to" | "cc" | "bcc" | "subject" | "channel_account_id" | "text" | "attachments";
export type Mistakes = Partial<Record<FieldName, string>>;

/** What is wrong with it, beside the field that it is about. */
export function mistakesIn(draft: Draft, abilities: Abilities | undefined): Mistakes {
  const found: Mistakes = {};
  for (const role of linesOf(abilities) as ("to" | "cc" | "bcc")[]) {
    const wrong = draft[role]?.find((one) => !isAddressOf(abilities?.identity, one));
    if (wrong) found[role] = t("recipients.wrong_one", { address: wrong });
  }
  if (!draft.to?.length) found.to = t("composer.no_recipient");
  if (!hasWords(draft)) found.text = t("composer.empty");
  const limit = abilities?.text_limit ?? 0;
  if (limit && draft.text.length > limit)
    found.text = t("composer.too_long", { length: number(draft.text.length), limit: number(limit) });
  return found;
}
