import { useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { toastError } from "../../ui/toasts";
import { listed, selectAll, stopSelecting } from "./selecting";
import { SELECTION_MAX, useSelectedCount } from "./selection";

/** Over the rows while something is chosen: how many, all of the view, and the way out. */
export function SelectionBar() {
  const client = useQueryClient();
  const count = useSelectedCount();
  const isSelecting = useStore(listed, (state) => state.isSelecting);
  const loaded = useStore(listed, (state) => state.order.length);
  const hasMore = useStore(listed, (state) => state.hasMore);
  const [isBusy, setBusy] = useState(false);
  if (!isSelecting && count === 0) return null;
  const isAll = count >= SELECTION_MAX || (count >= loaded && !hasMore);
  const all = async () => {
    setBusy(true);
    await selectAll(client).catch((problem) => toastError(problem));
    setBusy(false);
  };
  return (
    <div className="selectionbar" role="toolbar" aria-label={t("selection.label")}>
      <span className="mid" role="status">
        {t("selection.count", { count })}
      </span>
      <span className="grow" />
      {isAll ? null : (
        <Button size="xs" look="ghost" isBusy={isBusy} onClick={() => void all()}>
          {hasMore ? t("selection.all_up_to", { count: SELECTION_MAX }) : t("selection.all")}
        </Button>
      )}
      <IconButton className="s" label={t("selection.done")} onClick={stopSelecting}>
        <X className="mid" />
      </IconButton>
    </div>
  );
}
