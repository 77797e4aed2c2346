import { useState } from "react";
import type { Scope } from "../../actions/action";
import { goOn } from "../../actions/steer";
import { remove } from "../../api/client";
import { applyNow } from "../../api/live";
import type { Conversation } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";
import { contactName } from "../conversations/Row";

interface Props {
  conversation: Conversation;
  scope: Scope;
  onClose: () => void;
}

/** The one thing here that cannot be undone, so it asks. */
export default function DeleteDialog({ conversation, scope, onClose }: Props) {
  const [isBusy, setBusy] = useState(false);
  const del = async () => {
    setBusy(true);
    try {
      await remove(`/api/conversations/${conversation.id}`);
      goOn(scope, new Set([conversation.id]));
      const data = { conversation_id: conversation.id };
      applyNow(scope.client, { type: "conversation.gone", data }, scope.me.id);
      toast(t("delete.done"));
    } catch (problem) {
      toastError(problem);
    }
    onClose();
  };
  const name = conversation.subject || contactName(conversation);
  return (
    <Dialog title={t("delete.title", { name })} onClose={onClose}>
      <div className="mergedialog">
        <p>{t("delete.lead", { count: conversation.message_count })}</p>
        <div className="dialogfoot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="danger" isBusy={isBusy} onClick={() => void del()}>
            {t("delete.do")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
