import { type RefObject, useLayoutEffect, useRef } from "react";
import { hasFocus, wantedRow, wantRow } from "../../actions/rowFocus";
import type { Conversation, Id } from "../../api/types";

/** So long a row that got the focus is held: what the server tells of an act may take it out and put it back, and elsewhere. */
const SETTLE_MS = 2000;

/** Gives the focus to the row that is wanted, as soon as it is there. */
export function useWantedRow(
  scroller: RefObject<HTMLDivElement | null>,
  rows: readonly Conversation[],
  reveal: (index: number, at: { top: number; height: number }) => void,
): void {
  const given = useRef<Id | null>(null);
  const answer = () => {
    const element = scroller.current;
    const { id } = wantedRow.get();
    const index = id ? rows.findIndex((row) => row.id === id) : -1;
    if (!id) given.current = null;
    if (!element || index < 0) return;
    const row = element.querySelector<HTMLElement>(`[data-row="${id}"]`);
    // Once it had the focus, it gets it back from nowhere only: when the list took it out for a moment.
    if (given.current !== id || !hasFocus()) row?.focus({ preventScroll: true });
    reveal(index, { top: element.scrollTop, height: element.clientHeight });
    if (row && document.activeElement === row && given.current !== id) {
      given.current = id;
      setTimeout(() => wantedRow.get().id === id && wantRow(null), SETTLE_MS);
    }
  };
  const latest = useRef(answer);
  latest.current = answer;
  // After each drawing, for it may be what draws the row.
  useLayoutEffect(() => latest.current());
  useLayoutEffect(() => {
    const look = () => latest.current();
    const element = scroller.current;
    // A list that still runs towards an end, as after Home, is brought back.
    element?.addEventListener("scroll", look, { passive: true });
    const stop = wantedRow.subscribe(look);
    return () => {
      element?.removeEventListener("scroll", look);
      stop();
    };
  }, [scroller]);
}
