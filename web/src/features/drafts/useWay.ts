/* How an answer gets to its reader: by which channel account, to whom, and what that channel can do. Read next: recipients.ts. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Mode } from "../../actions/panes";
import { channelAccountsQuery, channelsQuery, contactQuery, reachQuery } from "../../api/queries";
import type { Abilities, Channel, ChannelAccount, Conversation, Message } from "../../api/types";
import type { Draft } from "./drafts";
import { type Addresses, bare, isCrowd, newcomers, replyAddresses } from "./recipients";
import { subjectOf } from "./subject";
import { identityOn, type WayOut, waysOut } from "./waysOut";

export interface Way {
  account: ChannelAccount | undefined;
  channel: Channel | undefined;
  /** Of the chosen channel; a comment takes anything. */
  abilities: Abilities | undefined;
  /** The channel accounts it could leave by, the conversation's own first, and those by which it cannot. */
  options: WayOut[];
  roles: string[];
  addresses: Addresses;
  /** Everybody who was in it, for "Reply all"; the same as `addresses` of one when there is nobody else. */
  everybody: Addresses;
  just: Addresses;
  /** Too many were in it to answer them all: `everybody` is `just`. */
  isCrowd: boolean;
  isToAll: boolean;
  newcomers: Set<string>;
  /** How people are called, by address. */
  names: Map<string, string>;
  /** The subject it gets when none is written. */
  subject: string;
  /** Does the channel carry what an answer quotes, and a signature? */
  quotes: boolean;
  canForward: boolean;
}

const nobody: Addresses = { to: [], cc: [], bcc: [] };

export function useWay(conversation: Conversation, messages: Message[], draft: Draft, mode: Mode): Way {
  const accounts = useQuery(channelAccountsQuery).data;
  const channels = useQuery(channelsQuery).data;
  const contactId = conversation.contact?.id ?? "";
  const contact = useQuery({ ...contactQuery(contactId), enabled: contactId !== "" && mode !== "comment" }).data;
  const hasOthers = accounts?.some((one) => one.kind !== conversation.kind) ?? false;
  const isAsked = hasOthers && contactId !== "" && mode === "reply";
  const reach = useQuery({ ...reachQuery(contactId), enabled: isAsked }).data;
  const chosenId = draft.channel_account_id ?? conversation.channel_account_id;
  const account = accounts?.find((one) => one.id === chosenId);
  const channel = channels?.find((one) => one.kind === (account?.kind ?? conversation.kind));
  const abilities = channel?.abilities;
  const roles = mode === "comment" ? [] : (abilities?.recipient_roles ?? []);

  const address = conversation.contact?.address ?? "";
  const { channel_account_id: own, inbox_id: inbox } = conversation;
  const options = useMemo(
    () =>
      accounts && channels
        ? waysOut(accounts, channels, { channel_account_id: own, inbox_id: inbox }, contact, mode, reach)
        : [],
    [accounts, channels, own, inbox, contact, mode, reach],
  );
  const elsewhere = useMemo(
    () => (account && account.kind !== conversation.kind ? identityOn(channel, contact) : undefined),
    [account, conversation.kind, channel, contact],
  );
  const [just, all] = useMemo(() => {
    if (mode === "forward") return [nobody, nobody];
    if (elsewhere !== undefined)
      return [
        { ...nobody, to: [elsewhere] },
        { ...nobody, to: [elsewhere] },
      ];
    return [
      replyAddresses(messages, accounts ?? [], address, false),
      replyAddresses(messages, accounts ?? [], address, true),
    ];
  }, [messages, accounts, address, elsewhere, mode]);
  const everybody = isCrowd(all) ? just : all;
  const { to = just.to, cc = just.cc, bcc = just.bcc } = draft;
  const addresses = useMemo(() => ({ to, cc, bcc }), [to, cc, bcc]);
  const strangers = useMemo(() => newcomers(addresses, messages, address), [addresses, messages, address]);
  const names = useMemo(() => knownNames(messages, conversation), [messages, conversation]);
  return {
    account,
    channel,
    abilities,
    options,
    roles,
    addresses,
    everybody,
    just,
    isCrowd: isCrowd(all),
    isToAll: everybody.cc.length > 0 && everybody.cc.every((one) => cc.includes(one)),
    newcomers: strangers,
    names,
    subject: subjectOf(conversation.subject, mode),
    quotes: abilities?.text_format === "html" && abilities.has_subject,
    canForward: messages.some((one) => one.type === "message" || one.type === "reply"),
  };
}

function knownNames(messages: Message[], conversation: Conversation): Map<string, string> {
  const people = messages.flatMap((one) => [one.sender, ...one.recipients]);
  const named = new Map(people.flatMap(({ name, address }) => (name && address ? [[bare(address), name]] : [])));
  const { contact } = conversation;
  if (contact?.name && contact.address) named.set(bare(contact.address), contact.name);
  return named;
}
