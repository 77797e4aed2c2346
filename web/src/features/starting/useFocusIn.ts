/* Where the hands are while a new conversation is written: they begin in the pane, and go back to where they were when it closes. */
import { type RefObject, useEffect, useRef } from "react";
import { land } from "../../actions/landing";
import { hasFocus } from "../../actions/rowFocus";

/** An address that stands in its line without a comma behind it is taken when the line is left. */
export function leaveLine(): void {
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && focused.closest(".starting .addressline")) focused.blur();
}

/** `isNew`: begins with the first line for people, else in the text. */
export function useFocusIn(pane: RefObject<HTMLElement | null>, focus: () => void, isNew: boolean): void {
  const cameFrom = useRef(document.activeElement);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens and when it goes
  useEffect(() => {
    const before = cameFrom.current;
    // A palette or menu in which it was asked for gives the focus back after it has closed.
    const began = Date.now();
    const timer = setInterval(() => {
      if (Date.now() - began > 1000) clearInterval(timer);
      if (document.activeElement !== document.body) return;
      if (isNew) pane.current?.querySelector<HTMLElement>(".addressline input")?.focus();
      else focus();
    }, 50);
    return () => {
      clearInterval(timer);
      if (!hasFocus() && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      // It was asked for from nowhere, or from what is gone.
      if (!hasFocus()) land();
    };
  }, []);
}
