/* How somebody stands, in words: available or away, why, until when, and how much they have. The same everywhere it is shown. */
import { queryOptions } from "@tanstack/react-query";
import { get } from "../../api/client";
import { keys } from "../../api/queries";
import type { Availability, Page } from "../../api/types";
import { moment, number } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";

/** Boundaries pass without anybody doing anything; the stream tells of them within a minute. */
export const availabilityQuery = queryOptions({
  queryKey: keys.availability,
  queryFn: () => get<Page<Availability>>("/api/availability").then((page) => page.items),
  staleTime: 60_000,
});

type Standing = Pick<Availability, "status" | "why" | "until">;

const AWAY: Record<Availability["why"], [plain: MessageId, until: MessageId]> = {
  "": ["standing.away", "standing.away_until"],
  chosen: ["standing.away", "standing.away_until"],
  hours: ["standing.after_hours", "standing.after_hours_until"],
  holiday: ["standing.holiday", "standing.holiday_until"],
  absence: ["standing.absent", "standing.absent_until"],
};

/** "Available", "Away until 13:00", "Out of office until Mon 09:00". */
export function standingWords({ status, why, until }: Standing, now = new Date()): string {
  if (status === "available") return t("standing.available");
  const [plain, limited] = AWAY[why];
  return until ? t(limited, { time: moment(until, now) }) : t(plain);
}

type Load = Pick<Availability, "open_count" | "conversations_max" | "kinds">;
type Kind = Load["kinds"][number]["kind"];

const KINDS: Record<Kind, MessageId> = {
  calling: "standing.calling",
  messaging: "standing.messaging",
  other: "standing.other",
};

/** No rule gives them anything more: they have as many as they may, all together or of every kind. */
export const isFull = ({ open_count, conversations_max, kinds }: Load) =>
  (conversations_max !== null && open_count >= conversations_max) ||
  Object.keys(KINDS).every((kind) => kinds.some((one) => one.kind === kind && one.open_count >= one.max));

/** Has anything a limit? */
export const isLimited = ({ conversations_max, kinds }: Load) => conversations_max !== null || kinds.length > 0;

/** "3 of 12", or without a limit "3 open"; then each kind that has a limit of its own: "3 open, calls 1 of 1". */
export const loadWords = ({ open_count, conversations_max, kinds }: Load) =>
  [
    conversations_max === null
      ? t("standing.open", { count: open_count })
      : t("standing.of_max", { count: number(open_count), max: number(conversations_max) }),
    ...kindWords(kinds),
  ].join(", ");

/** "calls 1 of 1", of each kind that has a limit of its own. */
export const kindWords = (kinds: Load["kinds"]) =>
  kinds.map((one) => t(KINDS[one.kind], { count: number(one.open_count), max: number(one.max) }));

/** "tickets 2 of 5" where there is a limit of them, else how many there are; "" for none. */
export function ticketWords({ ticket_count: count, tickets_max: max }: Availability): string {
  if (max !== null) return t("standing.tickets_of_max", { count: number(count), max: number(max) });
  return count ? t("standing.tickets", { count }) : "";
}
