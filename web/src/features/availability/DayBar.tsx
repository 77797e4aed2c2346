/* The hours of one day as a picture, which can be dragged with a pointer: an end of a stretch, or the whole of it. The time fields beside it say the same and
 * are the way for everybody else, so it is hidden from screen readers and takes no focus. Read next: week.ts. */
import { type PointerEvent, useEffect, useRef, useState } from "react";
import { dragged, type Grip, placeIn, type Stretch, DAY_MIN as WHOLE_DAY } from "./week";

interface Props {
  /** Of this day, as its fields show them. */
  stretches: readonly Stretch[];
  /** Nobody may change it, or what is typed in it does not fit yet. */
  isStill: boolean;
  /** It is being dragged, and would be so. */
  onDrag: (nth: number, stretch: Stretch) => void;
  /** It was let go. */
  onDrop: (nth: number, stretch: Stretch) => void;
}

interface Drag {
  nth: number;
  grip: Grip;
  /** Where it was taken, in pixels. */
  x: number;
  /** As they were then. */
  before: readonly Stretch[];
  /** How it was shown last. */
  last: Stretch;
}

export function DayBar({ stretches, isStill, onDrag, onDrop }: Props) {
  const bar = useRef<HTMLSpanElement>(null);
  const drag = useRef<Drag | null>(null);
  const [isDragging, setDragging] = useState(false);
  const end = () => {
    drag.current = null;
    setDragging(false);
  };
  const giveUp = () => {
    const now = drag.current;
    const was = now?.before[now.nth];
    end();
    if (now && was) onDrop(now.nth, was);
  };
  const back = useRef(giveUp);
  back.current = giveUp;
  useEffect(() => {
    if (!isDragging) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      back.current();
    };
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, [isDragging]);

  const take = (event: PointerEvent<HTMLElement>, nth: number) => {
    const stretch = stretches[nth];
    if (isStill || event.button !== 0 || drag.current || !stretch) return;
    const { grip = "whole" } = (event.target as HTMLElement).dataset as { grip?: Grip };
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { nth, grip, x: event.clientX, before: stretches, last: stretch };
    setDragging(true);
  };
  const follow = (event: PointerEvent<HTMLElement>): Stretch | undefined => {
    const now = drag.current;
    if (!now || !bar.current) return undefined;
    if (stretches.length !== now.before.length) {
      end(); // somebody else changed the day meanwhile: what they did stands
      return undefined;
    }
    const isMirrored = getComputedStyle(bar.current).direction === "rtl";
    const way = (event.clientX - now.x) * (isMirrored ? -1 : 1);
    const by = (way / bar.current.getBoundingClientRect().width) * WHOLE_DAY;
    return dragged(now.before, now.nth, now.grip, by);
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    const now = drag.current;
    const next = follow(event);
    if (!now || !next || (next.from === now.last.from && next.to === now.last.to)) return;
    now.last = next;
    onDrag(now.nth, next);
  };
  const drop = () => {
    const now = drag.current;
    end();
    if (now) onDrop(now.nth, now.last);
  };
  return (
    <span ref={bar} className={`daybar ${isStill ? "" : "draggable"}`} aria-hidden="true">
      {stretches.map((one, nth) => {
        const { start, size } = placeIn(one);
        return (
          <i
            key={String(nth)}
            className={isDragging && drag.current?.nth === nth ? "dragging" : undefined}
            style={{ insetInlineStart: `${start}%`, inlineSize: `${size}%` }}
            onPointerDown={(event) => take(event, nth)}
            onPointerMove={move}
            onPointerUp={drop}
            onPointerCancel={giveUp}
          >
            <b data-grip="from" />
            <b data-grip="to" />
          </i>
        );
      })}
    </span>
  );
}
