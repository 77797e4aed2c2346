/* The address that we give out for an inbox: it receives by itself, and sends when that is allowed. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import { patch } from "../../api/client";
import { fallbackQuery, keys } from "../../api/queries";
import { saveInto } from "../../api/saving";
import type { ChannelAccount, Inbox } from "../../api/types";
import { CopyField } from "../../ui/CopyField";
import { Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";

export function Fallback({ inbox }: { inbox: Inbox }) {
  const client = useQueryClient();
  const account = useQuery(fallbackQuery(inbox.id)).data;
  // Where no channel gives out addresses there is nothing to show.
  if (!account) return null;
  const set = async (may_send: boolean) => {
    const send = async (wanted: boolean) => {
      try {
        await saveInto<ChannelAccount, ChannelAccount>(
          client,
          fallbackQuery(inbox.id).queryKey,
          (held) => ({ ...held, may_send: wanted }),
          () => patch(`/api/inboxes/${inbox.id}/fallback`, { may_send: wanted }),
          (_, saved) => saved,
        );
        await client.invalidateQueries({ queryKey: keys.channelAccounts });
        return true;
      } catch (problem) {
        toastError(problem);
        return false;
      }
    };
    if (await send(may_send)) toast(t("toast.saved"), () => void send(!may_send));
  };
  return (
    <>
      <h2>{t("fallback.title")}</h2>
      <div className="fields">
        <CopyField label={t("fallback.address")} value={account.address} hint={t("fallback.hint")} />
        <Switch
          label={t("fallback.may_send")}
          hint={t("fallback.may_send_hint")}
          checked={account.may_send}
          onChange={(event) => void set(event.target.checked)}
        />
        <p>
          <Link
            className="btn plain s"
            to="/settings/$section/$item"
            params={{ section: "channels", item: account.id }}
          >
            <Pencil />
            {t("fallback.edit")}
          </Link>
        </p>
      </div>
    </>
  );
}
