/* Where the hands are after a change of page: in the open conversation, on a row of the list, or on what the page is about. Never nowhere, for then a screen
 * reader begins at the top again and Tab at the first link. */
import { hasFocus, tabStop } from "./rowFocus";

let end = () => {};

/** What a list without rows says. */
const emptyList = () => document.querySelector<HTMLElement>("[data-pane=list] .empty h2");

/** Gives the focus to the page that is coming, also when it comes late or in parts; until the hands do something else. */
export function land(): void {
  end();
  const look = () => {
    if (hasFocus()) return;
    const isListAlone = /^\/inbox(\/[^/]*)?$/.test(location.pathname);
    (isListAlone ? (tabStop() ?? emptyList()) : document.getElementById("main"))?.focus({ preventScroll: true });
  };
  const coming = new MutationObserver(look);
  coming.observe(document.body, { childList: true, subtree: true });
  const done = new AbortController();
  end = () => {
    coming.disconnect();
    done.abort();
  };
  for (const doing of ["keydown", "pointerdown"]) addEventListener(doing, end, { capture: true, signal: done.signal });
  look();
}
