/* The line between two panes that is dragged, or moved with the arrow keys, to give one of them another width; a double click puts it back.
 * Who cannot drag presses it, and then where it is to stand (WCAG 2.5.7). */
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { PANE_WIDTHS, type SizedPane, setPaneWidth } from "../../actions/panes";
import { t } from "../../ui/i18n";

const STEP_PX = 16;
/** What a hand that presses moves all the same. */
const STILL_PX = 3;

interface Props {
  pane: SizedPane;
  width: number;
}

export function Separator({ pane, width }: Props) {
  const from = useRef<{ x: number; width: number } | null>(null);
  const { least, most, usual } = PANE_WIDTHS[pane];
  const [isHeld, setHeld] = useState(false);
  // The list grows towards the end, the context towards the start; and all the other way round where text runs so.
  const sign = (element: Element) =>
    (pane === "list" ? 1 : -1) * (getComputedStyle(element).direction === "rtl" ? -1 : 1);
  const move = (event: PointerEvent<HTMLElement>) => {
    if (from.current)
      setPaneWidth(pane, from.current.width + (event.clientX - from.current.x) * sign(event.currentTarget));
  };
  const letGo = () => {
    from.current = null;
    setHeld(false);
  };
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    const by = sign(event.currentTarget) * STEP_PX;
    const next: Record<string, number> = {
      ArrowRight: width + by,
      ArrowLeft: width - by,
      Home: least,
      End: most,
      Enter: usual,
      ...(isHeld && { Escape: from.current?.width }),
    };
    const wanted = next[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    letGo();
    setPaneWidth(pane, wanted);
  };
  return (
    <div
      role="separator"
      className={`separator of-${pane} ${isHeld ? "held" : ""}`}
      aria-orientation="vertical"
      aria-label={t(`panes.${pane}`)}
      title={t("panes.how")}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onKeyDown={onKey}
      onDoubleClick={() => setPaneWidth(pane, usual)}
      onPointerDown={(event) => {
        if (isHeld) {
          move(event);
          letGo();
          return;
        }
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width };
      }}
      onPointerMove={move}
      onPointerUp={(event) => {
        if (from.current && Math.abs(event.clientX - from.current.x) <= STILL_PX) setHeld(true);
        else letGo();
      }}
      onPointerCancel={letGo}
    />
  );
}
