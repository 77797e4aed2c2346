import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useNotMine } from "../../actions/mayAct";
import { get, post } from "../../api/client";
import { keys } from "../../api/queries";
import type { Conversation, Message, Page } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";

/** Sends what failed in a conversation again. What may have arrived is asked about in the thread, where one sees it. */
export function RetryButton({ row }: { row: Conversation }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  // Who wrote it is not known here: it is sent again in the thread.
  const notMine = useNotMine(row);
  const retry = async () => {
    setBusy(true);
    try {
      const { items } = await get<Page<Message>>(`/api/conversations/${row.id}/messages?limit=100`);
      const failed = items.filter((message) => message.state === "failed" && !message.dealt_with);
      for (const message of failed) await post(`/api/messages/${message.id}/retry`, {});
      if (failed.length) toast(t("toast.sent_again", { count: failed.length }));
      else
        void navigate({
          to: "/inbox/$view/$conversation",
          params: (old) => ({ view: old.view ?? "open", conversation: row.id }),
          search: (old) => old,
        });
      void client.invalidateQueries({ queryKey: keys.messages(row.id) });
    } catch (problem) {
      toastError(problem);
    } finally {
      setBusy(false);
    }
  };
  if (notMine) return null;
  return (
    <Button size="xs" className="rowretry" isBusy={isBusy} onClick={() => void retry()}>
      {t("common.retry")}
    </Button>
  );
}
