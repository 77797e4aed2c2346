/* Which inbox a connection belongs to, and moving it to another one: at once, with the way back in a toast. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { patch } from "../../api/client";
import { inboxesQuery, keys } from "../../api/queries";
import { saveInto } from "../../api/saving";
import type { ChannelAccount, Id } from "../../api/types";
import { Select } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";

export function MoveInbox({ account }: { account: ChannelAccount }) {
  const client = useQueryClient();
  const inboxes = useQuery(inboxesQuery).data?.filter((one) => !one.is_archived) ?? [];
  // A personal mailbox stays in its person's inbox, the address that we gave out in the one it was given for.
  if (account.owner_id || account.is_fallback || inboxes.length < 2) return null;
  const send = async (inbox_id: Id) => {
    try {
      await saveInto<ChannelAccount[], unknown>(
        client,
        keys.channelAccounts,
        (held) => held.map((one) => (one.id === account.id ? { ...one, inbox_id } : one)),
        () => patch(`/api/channel-accounts/${account.id}`, { inbox_id }),
      );
      return true;
    } catch (problem) {
      toastError(problem);
      return false;
    } finally {
      await client.invalidateQueries({ queryKey: keys.channelAccounts });
      void client.invalidateQueries({ queryKey: keys.views });
    }
  };
  const move = async (to: Id) => {
    const from = account.inbox_id;
    const inbox = inboxes.find((one) => one.id === to)?.name ?? "";
    if (await send(to)) toast(t("channels.moved", { name: account.name, inbox }), () => void send(from));
  };
  return (
    <div className="fields">
      <Select
        label={t("field.inbox")}
        hint={t("channels.move_hint")}
        value={account.inbox_id}
        onChange={(event) => void move(event.target.value)}
      >
        {inboxes.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </Select>
    </div>
  );
}
