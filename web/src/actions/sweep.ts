/* What sweeping a row aside does on a touch screen: closes it, or snoozes it until tomorrow morning. Both can be undone. */
import type { QueryClient } from "@tanstack/react-query";
import type { Conversation, Id } from "../api/types";
import { t } from "../ui/i18n";
import { changeConversation } from "./change";

export function sweep(client: QueryClient, me: Id, row: Conversation, how: "close" | "snooze"): void {
  if (how === "snooze") {
    const change = { is_snoozed: true, snoozed_until: tomorrowMorning(new Date()).toISOString() };
    void changeConversation(row, change, { client, me, done: t("toast.snoozed_tomorrow") });
    return;
  }
  const isOpen = row.status === "open";
  const done = t(isOpen ? "steer.closed" : "steer.reopened", { count: 1 });
  void changeConversation(row, { status: isOpen ? "closed" : "open" }, { client, me, done });
}

/** Eight o'clock of the next day, here. */
export function tomorrowMorning(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 8);
}
