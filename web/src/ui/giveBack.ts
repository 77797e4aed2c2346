import type { RefObject } from "react";

/** When something that lay over the page has gone: the focus goes back to what opened it, unless it is somewhere else already, as where one pressed beside it or
 * what was chosen has led to. Radix asks a moment after, and would take it from there. */
export function giveBack(event: Event, opener: RefObject<Pick<HTMLElement, "focus"> | null>): void {
  event.preventDefault();
  if (!document.activeElement || document.activeElement === document.body) opener.current?.focus();
}
