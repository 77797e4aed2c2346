/* What an answer by mail quotes below its text: the newest message from outside, with who wrote it and when. */
import { isLocal } from "../../api/ids";
import type { Message, User } from "../../api/types";
import { fullTime } from "../../ui/format";
import { t } from "../../ui/i18n";

const LINES_MAX = 400;

/** The message an answer answers: the newest from outside. */
export const answered = (messages: Message[]): Message | undefined =>
  messages.findLast((one) => one.type === "message" && one.direction === "in");

/** The message that is passed on: the newest, whoever wrote it. */
export const passedOn = (messages: Message[]): Message | undefined =>
  messages.findLast((one) => (one.type === "message" || one.type === "reply") && !isLocal(one.id));

export function quoteOf(message: Message | undefined, users: User[]): string {
  if (!message?.text.trim()) return "";
  const author =
    users.find((user) => user.id === message.author_id)?.name || message.sender.name || message.sender.address;
  const intro = t("composer.quote_intro", { date: fullTime(message.created_at), author: author ?? "" });
  const lines = message.text.trim().split("\n").slice(0, LINES_MAX);
  return [intro, ...lines.map((line) => `> ${line}`.trimEnd())].join("\n");
}

export const lineCount = (text: string) => text.split("\n").length;
