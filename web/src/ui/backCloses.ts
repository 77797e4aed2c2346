/* On phones Back closes what lies over the page: a dialog, a sheet, the pane of a new conversation (UI.md, section 6). Each has an entry of its own in the history, with the
 * same address. Going back from it closes what it stands for; what is closed otherwise takes its entry along. */
import { type RouterHistory, useRouter } from "@tanstack/react-router";
import { useLayoutEffect, useRef } from "react";

declare module "@tanstack/history" {
  interface HistoryState {
    /** What lies over the page at this entry: one that came later has a higher number. */
    layer?: number;
  }
}

const PHONE = "(max-width: 899px)";
/** What closes something often leads elsewhere in the same breath: then its entry stays behind, and is passed over. */
const BREATH_MS = 100;

interface Layer {
  number: number;
  close: () => void;
}

let layers: Layer[] = [];
/** Entries outlive a reload: what is opened after it must come later than all of them. */
let last = Date.now();
const followed = new WeakSet<RouterHistory>();

function follow(history: RouterHistory): void {
  if (followed.has(history)) return;
  followed.add(history);
  history.subscribe(({ location, action }) => {
    if (action.type !== "BACK" && action.type !== "FORWARD" && action.type !== "GO") return;
    const at = location.state.layer ?? 0;
    const over = layers.filter(({ number }) => number > at);
    for (const { close } of over.reverse()) close();
    // What stood here is closed already.
    if (action.type === "BACK" && at && !layers.some(({ number }) => number === at)) history.back();
  });
}

/** Lays something over the page; returns what takes it away. */
export function layOver(history: RouterHistory, close: () => void): () => void {
  follow(history);
  const layer = { number: ++last, close };
  layers.push(layer);
  const { href, state } = history.location;
  history.push(href, { ...state, layer: layer.number });
  return () => {
    layers = layers.filter((one) => one !== layer);
    setTimeout(() => {
      if (history.location.state.layer === layer.number) history.back();
    }, BREATH_MS);
  };
}

/** As long as the component stands there. Without `close` nothing can close it. `at`: the page it lies over, where it stays while that changes. */
export function useBackCloses(close: (() => void) | undefined, at = ""): void {
  const { history } = useRouter();
  const latest = useRef(close);
  latest.current = close;
  const canClose = close !== undefined;
  // Before it can be seen: Back may be quick.
  // biome-ignore lint/correctness/useExhaustiveDependencies: over another page it has another entry
  useLayoutEffect(() => {
    if (canClose && matchMedia(PHONE).matches) return layOver(history, () => latest.current?.());
  }, [history, canClose, at]);
}
