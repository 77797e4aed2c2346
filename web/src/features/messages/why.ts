/* Does a message belong where it is? The server says what brought it here; this says when that looks wrong: the subject became another one, or
 * somebody writes who had no part in it (AHEAD 8). Pure. */
import type { Message } from "../../api/types";

export interface Doubt {
  reason: "subject" | "sender";
  was: string;
  is: string;
}

const PREFIX = /^\s*(?:(?:re|fw|fwd|sv|vs|aw|wg|antw|tr|rv|ref|odp|ynt|vl)\s*(?:\[\d+\])?\s*:|\[[^\]]{1,40}\])\s*/iu;

/** A subject without "Re:", "Fwd:", "SV:" and list names. */
export function bareSubject(subject: string): string {
  let bare = subject;
  for (let before = ""; before !== bare; ) {
    before = bare;
    bare = bare.replace(PREFIX, "");
  }
  return bare.replace(/\s+/g, " ").trim().toLowerCase();
}

const BY_REFERENCE = new Set(["own", "mentioned"]);

/** What speaks against the place of a message, judged by the messages before it. */
export function doubtAbout(message: Message, messages: readonly Message[], ownSubject: string): Doubt | null {
  if (message.direction !== "in" || message.type !== "message" || message.is_automatic) return null;
  if (!BY_REFERENCE.has(message.why.how ?? "")) return null;
  const before = messages.slice(
    0,
    messages.findIndex((one) => one.id === message.id),
  );
  const subject = bareSubject(message.subject);
  const subjects = [ownSubject, ...before.filter((one) => !one.is_automatic).map((one) => one.subject)].filter(Boolean);
  const was = subjects.at(-1);
  const isSettled = message.why.split !== undefined && message.why.split !== "suggested";
  if (!isSettled && subject && was && !subjects.some((one) => bareSubject(one) === subject))
    return { reason: "subject", was, is: message.subject };
  const address = message.sender.address;
  if (!address) return null;
  const known = new Set<string>();
  for (const one of before) {
    if (one.sender.address) known.add(one.sender.address.toLowerCase());
    for (const person of one.recipients) known.add(person.address.toLowerCase());
  }
  if (!before.some((one) => one.direction === "in") || known.has(address.toLowerCase())) return null;
  const first = before.find((one) => one.direction === "in");
  return {
    reason: "sender",
    was: first?.sender.name || first?.sender.address || "",
    is: message.sender.name || address,
  };
}
