import type { Message, Recipient } from "../../api/types";
import { hasRightToLeft } from "../../ui/format";
import { t } from "../../ui/i18n";

/** Each name by itself (U+2068 to U+2069): one that is written from right to left does not turn the order of its neighbours. */
const apart = (name: string) => (hasRightToLeft(name) ? `\u2068${name}\u2069` : name);
const listed = (people: Recipient[]) => people.map((one) => apart(one.name || one.address)).join(", ");

/** To whom a message went, in one line. */
export function recipientLine(message: Message): string {
  const of = (role: string) => message.recipients.filter((one) => one.role === role);
  const parts = of("to").length ? [t("mail.to", { people: listed(of("to")) })] : [];
  if (of("cc").length) parts.push(t("mail.cc", { people: listed(of("cc")) }));
  if (of("bcc").length) parts.push(t("mail.bcc", { people: listed(of("bcc")) }));
  return parts.join(" ");
}
