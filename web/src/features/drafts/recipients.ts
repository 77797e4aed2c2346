/* Who a reply goes to. Read next: Recipients.tsx. */
import type { ChannelAccount, Message } from "../../api/types";

export interface Addresses {
  to: string[];
  cc: string[];
  bcc: string[];
}

/** The most that one message can go to; the server refuses more. */
const RECIPIENTS_MAX = 100;

const ADDRESS = /<([^<>]+)>\s*$/;

/** "Maja <maja@example.com>" → "maja@example.com". */
export const bare = (typed: string) => (ADDRESS.exec(typed)?.[1] ?? typed).trim().toLowerCase();

/** Splits what was typed or pasted: commas, semicolons, lines; commas inside quotes stay. */
export function splitAddresses(typed: string): string[] {
  return (typed.match(/(?:"[^"]*"|[^,;\n"])+/g) ?? []).map((part) => part.trim()).filter(Boolean);
}

/** The addresses a reply goes to: whoever wrote last, or with `toAll` everybody who was in it, but never ourselves. */
export function replyAddresses(
  messages: Message[],
  accounts: ChannelAccount[],
  contact: string,
  toAll: boolean,
): Addresses {
  const own = new Set(
    accounts.flatMap((account) => [account.address, account.hosted_address ?? ""]).map((one) => one.toLowerCase()),
  );
  const isOther = (address: string) => address !== "" && !own.has(address.toLowerCase());
  const last = messages.findLast((message) => message.type === "message" || message.type === "reply");
  const incoming = messages.findLast((message) => message.direction === "in");
  const to = incoming?.sender?.address || contact || last?.recipients.find((one) => one.role === "to")?.address || "";
  if (!toAll || !last) return { to: to ? [to] : [], cc: [], bcc: [] };
  const others = last.recipients.filter(
    (one) => one.role !== "bcc" && isOther(one.address) && bare(one.address) !== bare(to),
  );
  const cc = [...new Set(others.map((one) => one.address))];
  return { to: to ? [to] : [], cc, bcc: [] };
}

/** More than one message can go to: answering all of them is not offered. */
export const isCrowd = ({ to, cc, bcc }: Addresses) => to.length + cc.length + bcc.length > RECIPIENTS_MAX;

/** Addresses that have not been part of the conversation: they are marked before sending. */
export function newcomers(addresses: Addresses, messages: Message[], contact: string): Set<string> {
  const known = new Set(
    [contact, ...messages.flatMap((one) => [one.sender?.address ?? "", ...one.recipients.map((r) => r.address)])].map(
      bare,
    ),
  );
  return new Set([...addresses.to, ...addresses.cc, ...addresses.bcc].map(bare).filter((one) => !known.has(one)));
}

/** What somebody has chosen themselves: what is as it would be anyway is no choice, and goes on following the conversation. */
export function chosen(
  part: Partial<Addresses> & { subject?: string },
  usual: { just: Addresses; subject: string },
): Partial<Addresses> & { subject?: string; is_to_all?: undefined } {
  const own: ReturnType<typeof chosen> = { ...part };
  for (const role of ["to", "cc", "bcc"] as const)
    if (own[role]?.join() === usual.just[role].join()) own[role] = undefined;
  if (own.subject === usual.subject) own.subject = undefined;
  return "subject" in part ? own : { ...own, is_to_all: undefined };
}

export const looksLikeAddress = (typed: string) => /^[^\s@]+@[^\s@]+$/.test(bare(typed));

/** The same for any kind of address: only those of mail can be told by their looks. */
export const isAddressOf = (type: string | undefined, typed: string) =>
  type === "email" ? looksLikeAddress(typed) : bare(typed) !== "";
