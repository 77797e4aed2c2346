import type { Id } from "../../api/types";
import { t } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { listed } from "./selecting";
import { extend, selection, toggle, useIsSelected } from "./selection";

/** The checkbox of a row: seen under the pointer, with the focus, and everywhere while something is chosen. Shift chooses all in between. */
export function RowCheck({ id, name }: { id: Id; name: string }) {
  const isSelected = useIsSelected(id);
  const isSelecting = useStore(listed, (state) => state.isSelecting);
  const hasAny = useStore(selection, (state) => state.ids.size > 0);
  return (
    <span className={`rowcheck ${isSelecting || hasAny ? "shown" : ""}`}>
      <input
        type="checkbox"
        tabIndex={isSelecting || hasAny ? 0 : -1}
        checked={isSelected}
        aria-label={t("row.select", { name })}
        onClick={(event) => {
          if (!event.shiftKey || selection.get().anchor === null) return;
          event.preventDefault();
          extend(listed.get().order, id);
        }}
        onChange={() => toggle(id)}
      />
    </span>
  );
}
