/* The line between two panes that is dragged, or moved with the arrow keys, to give one of them another width; a double click puts it back. */
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { PANE_WIDTHS, type SizedPane, setPaneWidth } from "../../actions/panes";
import { t } from "../../ui/i18n";

const STEP_PX = 16;

interface Props {
  pane: SizedPane;
  width: number;
}

export function Separator({ pane, width }: Props) {
  const from = useRef<{ x: number; width: number } | null>(null);
  const { least, most, usual } = PANE_WIDTHS[pane];
  // The list grows towards the end, the context towards the start; and all the other way round where text runs so.
  const sign = (element: Element) =>
    (pane === "list" ? 1 : -1) * (getComputedStyle(element).direction === "rtl" ? -1 : 1);
  const move = (event: PointerEvent<HTMLElement>) => {
    if (from.current)
      setPaneWidth(pane, from.current.width + (event.clientX - from.current.x) * sign(event.currentTarget));
  };
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    const by = sign(event.currentTarget) * STEP_PX;
    const next: Record<string, number> = {
      ArrowRight: width + by,
      ArrowLeft: width - by,
      Home: least,
      End: most,
      Enter: usual,
    };
    const wanted = next[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setPaneWidth(pane, wanted);
  };
  return (
    <div
      role="separator"
      className={`separator of-${pane}`}
      aria-orientation="vertical"
      aria-label={t(`panes.${pane}`)}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onKeyDown={onKey}
      onDoubleClick={() => setPaneWidth(pane, usual)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width };
      }}
      onPointerMove={move}
      onPointerUp={() => {
        from.current = null;
      }}
      onPointerCancel={() => {
        from.current = null;
      }}
    />
  );
}
