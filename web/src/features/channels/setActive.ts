import type { QueryClient } from "@tanstack/react-query";
import { patch } from "../../api/client";
import { keys } from "../../api/queries";
import { saveInto } from "../../api/saving";
import type { ChannelAccount } from "../../api/types";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";

/** Only saves it. */
export const saveActive = (client: QueryClient, { id }: ChannelAccount, is_active: boolean): Promise<unknown> =>
  saveInto<ChannelAccount[], unknown>(
    client,
    keys.channelAccounts,
    (held) => held.map((one) => (one.id === id ? { ...one, is_active } : one)),
    () => patch(`/api/channel-accounts/${id}`, { is_active }),
  );

/** Pauses or resumes, with the way back in a toast. */
export async function setActive(client: QueryClient, account: ChannelAccount, isActive: boolean): Promise<void> {
  const send = async (wanted: boolean) => {
    try {
      await saveActive(client, account, wanted);
    } catch (problem) {
      toastError(problem);
      return false;
    } finally {
      await client.invalidateQueries({ queryKey: keys.channelAccounts });
    }
    return true;
  };
  const words = isActive ? t("channels.resumed", { name: account.name }) : t("channels.paused", { name: account.name });
  if (await send(isActive)) toast(words, () => void send(!isActive));
}
