import { shelfOf } from "../../api/lists";
import { clockSkewMs } from "../../api/serverTime";
import type { Conversation } from "../../api/types";
import { ClockChip } from "../../ui/ClockChip";
import { useNow } from "../../ui/clock";

/** The time by the server's clock, moving on each half minute. */
export const useServerNow = () => useNow().getTime() + clockSkewMs();

/** Whether its deadline is anybody's business: what went to Spam, Filtered or the trash is not waited for. */
export const canBeDue = (row: Conversation) => shelfOf(row) === "open" || shelfOf(row) === "snoozed";

/** The most urgent deadline of a conversation; nothing when nobody waits. */
export function DueChip({ row }: { row: Conversation }) {
  const now = useServerNow();
  return row.due_at && canBeDue(row) ? <ClockChip deadline={row} now={now} /> : null;
}
