/* Setting somebody, often oneself, to available or away. Read next: availability.ts. */
import type { QueryClient } from "@tanstack/react-query";
import type { Availability, Id, Plan } from "../../api/types";
import { moment } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { changePlan } from "./availability";

const MINE: Record<Availability["status"], [plain: MessageId, until: MessageId]> = {
  available: ["me.now_available", "me.now_available_until"],
  away: ["me.now_away", "me.now_away_until"],
};

const other = (status: Availability["status"]) => (status === "available" ? "away" : "available");

/** Says until when it holds: to the next boundary of hours, holidays and absences. */
export const setMyStatus = (client: QueryClient, me: Id, status: Availability["status"]): Promise<boolean> => {
  const done = ({ until }: Plan) =>
    until ? t(MINE[status][1], { time: moment(until, new Date()) }) : t(MINE[status][0]);
  return changePlan(client, me, { status }, done, { status: other(status) });
};

export const setStatusOf = (client: QueryClient, id: Id, name: string, status: Availability["status"]) =>
  changePlan(
    client,
    id,
    { status },
    () => t(status === "available" ? "availability.now_available" : "availability.now_away", { name }),
    { status: other(status) },
  );
