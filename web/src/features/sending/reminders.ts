/* Reminders: I get a conversation back at a time, unless the customer has answered by then. One for each conversation. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { get, post, query, remove } from "../../api/client";
import type { Id, Page, Reminder, Time } from "../../api/types";
import { whenPainted } from "../../ui/firstPaint";
import { moment } from "../../ui/format";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";

export const remindersKey = (conversationId: Id) => ["reminders", conversationId] as const;

export const remindersQuery = (conversationId: Id) =>
  queryOptions({
    queryKey: remindersKey(conversationId),
    queryFn: async () => {
      await whenPainted();
      return (await get<Page<Reminder>>(`/api/reminders${query({ conversation_id: conversationId })}`)).items;
    },
  });

export async function remindMe(client: QueryClient, conversationId: Id, at: Time): Promise<void> {
  try {
    const made = await post<Reminder>(`/api/conversations/${conversationId}/reminder`, { at });
    client.setQueryData(remindersKey(conversationId), [made]);
    toast(t("sending.will_remind", { time: moment(made.at, new Date()) }), () => void forgetReminder(client, made));
  } catch (problem) {
    toastError(problem);
  }
}

/** Does not remind. Undo asks for it again. */
export async function cancelReminder(client: QueryClient, reminder: Reminder): Promise<void> {
  if (!(await forgetReminder(client, reminder))) return;
  toast(t("sending.reminder_gone"), () => void remindMe(client, reminder.conversation_id, reminder.at));
}

async function forgetReminder(client: QueryClient, reminder: Reminder): Promise<boolean> {
  try {
    await remove(`/api/reminders/${reminder.id}`);
    client.setQueryData(remindersKey(reminder.conversation_id), []);
    return true;
  } catch (problem) {
    toastError(problem);
    return false;
  }
}
