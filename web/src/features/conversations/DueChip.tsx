import { useEffect } from "react";
import { shelfOf } from "../../api/lists";
import { clockSkewMs, serverNow } from "../../api/serverTime";
import type { Conversation } from "../../api/types";
import { ClockChip } from "../../ui/ClockChip";
import { CLOCK_MS, moveOn, useNow } from "../../ui/clock";

/** The time by the server's clock, moving on each half minute. */
export const useServerNow = () => useNow().getTime() + clockSkewMs();

/** Whether its deadline is anybody's business: what went to Spam, Filtered or the trash is not waited for. */
export const canBeDue = (row: Conversation) => shelfOf(row) === "open" || shelfOf(row) === "snoozed";

/** The most urgent deadline of a conversation; nothing when nobody waits. What has passed is said at once: also of one that was over before it was
 * heard of, on a slow line, while the clock of the page shows the half minute before. */
export function DueChip({ row }: { row: Conversation }) {
  const now = useServerNow();
  const due = row.due_at && canBeDue(row) ? Date.parse(row.due_at) : null;
  useEffect(() => {
    if (due === null || due <= now || due > now + CLOCK_MS) return;
    const timer = setTimeout(moveOn, Math.max(0, due - serverNow()) + 1);
    return () => clearTimeout(timer);
  }, [due, now]);
  return due !== null ? <ClockChip deadline={row} now={now} /> : null;
}
