import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { remove } from "../../api/client";
import { keys } from "../../api/queries";
import type { ChannelAccount } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { t } from "../../ui/i18n";
import { toastError } from "../../ui/toasts";
import { useForget } from "../unsaved/unsaved";

interface Props {
  account: ChannelAccount;
  onClose: () => void;
  onDone: () => void;
}

/** Cannot be undone, so it is asked, by name, with what becomes of it. */
export function DisconnectDialog({ account, onClose, onDone }: Props) {
  const client = useQueryClient();
  const forget = useForget(`channels/${account.id}`);
  const [isBusy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      await remove(`/api/channel-accounts/${account.id}`);
      forget();
      await client.invalidateQueries({ queryKey: keys.channelAccounts });
      void client.invalidateQueries({ queryKey: keys.views });
      onDone();
    } catch (problem) {
      toastError(problem);
    }
    onClose();
  };
  return (
    <Dialog title={t("channels.disconnect_ask", { name: account.name })} onClose={onClose}>
      <div className="fields">
        <p>{t("channels.disconnect_text")}</p>
        {account.kept_count ? <p>{t("channels.disconnect_kept", { count: account.kept_count })}</p> : null}
        <p className="row">
          <Button look="danger" isBusy={isBusy} onClick={() => void go()}>
            {t("channels.disconnect")}
          </Button>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
        </p>
      </div>
    </Dialog>
  );
}
