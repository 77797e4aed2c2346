/* In the composer's place where one may read and not act: why, and the way in for whoever may take it. */
import { useQueryClient } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import { useState } from "react";
import { put } from "../../api/client";
import { useMay } from "../../api/may";
import { keys } from "../../api/queries";
import type { Inbox, User } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { toastError } from "../../ui/toasts";

export default function ReadOnly({ inbox, me }: { inbox: Inbox; me: Pick<User, "id"> }) {
  const client = useQueryClient();
  const mayJoin = useMay("account_access");
  const [isBusy, setBusy] = useState(false);
  const join = async () => {
    setBusy(true);
    try {
      await put(`/api/inboxes/${inbox.id}/members/${me.id}`, {});
      await client.invalidateQueries({ queryKey: keys.inboxes });
    } catch (problem) {
      toastError(problem);
    }
    setBusy(false);
  };
  return (
    <section className="readonlybar" aria-label={t("composer.read_only_label")}>
      <Eye />
      <p className="grow">{t("composer.read_only", { inbox: inbox.name })}</p>
      {mayJoin ? (
        <Button size="s" isBusy={isBusy} onClick={() => void join()}>
          {t("composer.join")}
        </Button>
      ) : (
        <span className="muted">{t("composer.ask_to_join")}</span>
      )}
    </section>
  );
}
