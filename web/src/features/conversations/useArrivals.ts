/* What happens when rows come, go or move above what one looks at: the view is held still, and what is new there is counted, for the "3 new" pill. At the
 * very top rows fade in, unless a hand is on the list: nothing moves under the pointer or the focused row. */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Conversation, Id } from "../../api/types";
import { type Layout, offsetOf, rowAt } from "./listLayout";

interface Before {
  rows: readonly Conversation[];
  layout: Layout;
}

const NOTHING: ReadonlySet<Id> = new Set();

export function useArrivals(rows: readonly Conversation[], layout: Layout, scroller: RefObject<HTMLDivElement | null>) {
  const before = useRef<Before | null>(null);
  const [waiting, setWaiting] = useState(0);
  const [fresh, setFresh] = useState<ReadonlySet<Id>>(NOTHING);

  useLayoutEffect(() => {
    const old = before.current;
    before.current = { rows, layout };
    const element = scroller.current;
    if (!old || !element || old.rows === rows) return;
    const known = new Set(old.rows.map((row) => row.id));
    const isHeld = element.scrollTop > layout.rowHeight / 2 || isUnderHand(element);
    if (!isHeld) {
      const added = rows.slice(0, 20).filter((row) => !known.has(row.id));
      if (added.length && old.rows.length) setFresh(new Set(added.map((row) => row.id)));
      return;
    }
    // The first row in sight that is still there stays where it was.
    const here = new Map(rows.map((row, index) => [row.id, index]));
    const first = rowAt(old.layout, element.scrollTop + 1);
    for (let at = first; at < Math.min(old.rows.length, first + 30); at++) {
      const id = old.rows[at]?.id;
      const index = id === undefined ? undefined : here.get(id);
      if (index === undefined) continue;
      const moved = offsetOf(layout, index) - offsetOf(old.layout, at);
      if (moved) element.scrollTop += moved;
      const added = rows.slice(0, index).filter((row) => !known.has(row.id)).length;
      if (added) setWaiting((count) => count + added);
      return;
    }
  }, [rows, layout, scroller]);

  useEffect(() => {
    const element = scroller.current;
    if (!element || waiting === 0) return;
    const onScroll = () => element.scrollTop < layout.rowHeight / 2 && setWaiting(0);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => element.removeEventListener("scroll", onScroll);
  }, [waiting, scroller, layout.rowHeight]);

  const showNew = () => {
    scroller.current?.scrollTo({ top: 0 });
    setWaiting(0);
  };
  return { waiting, fresh, showNew };
}

/** A pointer rests on the rows, or one of them has the focus. */
const isUnderHand = (element: HTMLElement) =>
  (matchMedia("(hover: hover)").matches && element.matches(":hover")) || element.contains(document.activeElement);
