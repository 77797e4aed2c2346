import type { Conversation, Message, Recipient } from "../../api/types";
import { hasRightToLeft } from "../../ui/format";
import { t } from "../../ui/i18n";

/** Each name by itself (U+2068 to U+2069): one that is written from right to left does not turn the order of its neighbours. */
const apart = (name: string) => (hasRightToLeft(name) ? `\u2068${name}\u2069` : name);

/** As many are named in one line. */
const NAMED = 8;

/** Recipients whom only the original names: a message keeps a thousand. */
export const leftOut = ({ data }: Pick<Message, "data">): number => Number(data.recipients_left_out ?? 0);

/** To whom a message went, in one line. Who was written to by address alone has the name of the contact whose address it is. */
export function recipientLine(message: Message, contact: Conversation["contact"]): string {
  const nameOf = (one: Recipient) => one.name || (isSame(one.address, contact?.address) ? (contact?.name ?? "") : "");
  const of = (role: string) =>
    message.recipients.filter((one) => one.role === role).map((one) => ({ ...one, name: nameOf(one) }));
  const [to, cc, bcc] = [of("to"), of("cc"), of("bcc")];
  const parts = to.length ? [t("mail.to", { people: listed(to, cc.length ? 0 : leftOut(message)) })] : [];
  if (cc.length) parts.push(t("mail.cc", { people: listed(cc, leftOut(message)) }));
  if (bcc.length) parts.push(t("mail.bcc", { people: listed(bcc, 0) }));
  return parts.join(" ");
}

const isSame = (one: string, other: string | null | undefined) => one.toLowerCase() === other?.toLowerCase();

function listed(people: Recipient[], others: number): string {
  const count = people.length + others;
  const shown = count > NAMED ? people.slice(0, NAMED) : people;
  const named = shown.map((one) => apart(one.name || one.address)).join(", ");
  return count > shown.length ? t("mail.and_more", { people: named, count: count - shown.length }) : named;
}
