import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { undoRearrangement } from "../../actions/rearrange";
import { sessionQuery } from "../../api/queries";
import type { Message } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";

/** A merge or a split can be undone from its line, however long ago it was. */
export function UndoLine({ message }: { message: Message }) {
  const client = useQueryClient();
  const me = useQuery(sessionQuery).data?.user;
  const [isBusy, setBusy] = useState(false);
  const { event, rearrangement_id: id, is_undone: isUndone } = message.data;
  const isSplit = event === "split";
  if ((event !== "merged" && !isSplit) || isUndone === true || typeof id !== "string" || !me) return null;
  const undo = async () => {
    setBusy(true);
    await undoRearrangement({ client, me }, id, true, isSplit ? t("steer.split_undone") : undefined);
    setBusy(false);
  };
  return (
    <Button size="xs" look="ghost" isBusy={isBusy} onClick={() => void undo()}>
      {t("common.undo")}
    </Button>
  );
}
