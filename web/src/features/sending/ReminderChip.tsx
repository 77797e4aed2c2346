import { useQuery, useQueryClient } from "@tanstack/react-query";
import { BellRing, X } from "lucide-react";
import { useEffect } from "react";
import { onStreamEvent } from "../../api/live";
import type { Id } from "../../api/types";
import { useNow } from "../../ui/clock";
import { fullTime, moment } from "../../ui/format";
import { t } from "../../ui/i18n";
import { cancelReminder, remindersKey, remindersQuery } from "./reminders";

/** When I get this conversation back. */
export function ReminderChip({ conversationId }: { conversationId: Id }) {
  const client = useQueryClient();
  const now = useNow();
  const reminder = useQuery(remindersQuery(conversationId)).data?.[0];
  useEffect(
    () =>
      onStreamEvent((event) => {
        const isOurs =
          (event.type === "reminders.changed" && event.data.conversation_id === conversationId) ||
          // An answer ends it.
          (event.type === "message.added" &&
            event.data.message.direction === "in" &&
            event.data.message.conversation_id === conversationId);
        if (isOurs) void client.invalidateQueries({ queryKey: remindersKey(conversationId) });
      }),
    [client, conversationId],
  );
  if (!reminder) return null;
  const time = moment(reminder.at, now);
  return (
    <span className="chip s reminderchip" title={t("sending.reminds_at", { time: fullTime(reminder.at) })}>
      <BellRing className="small" />
      <span className="sr">{t("sending.reminds_at", { time })}</span>
      <span className="num" aria-hidden="true">
        {time}
      </span>
      <button
        type="button"
        aria-label={t("sending.cancel_reminder")}
        title={t("sending.cancel_reminder")}
        onClick={() => void cancelReminder(client, reminder)}
      >
        <X className="small" />
      </button>
    </span>
  );
}
