import { useSyncExternalStore } from "react";

let now = new Date();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = new Date();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!timer) {
    now = new Date();
    timer = setInterval(tick, 30_000);
  }
  return () => {
    listeners.delete(listener);
    if (!listeners.size) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Now, not in half a minute: something has just come to its time. */
export function moveOn(): void {
  if (timer) tick();
}

/** The time, moving on each half minute: one clock for all relative times on the page. */
export const useNow = () => useSyncExternalStore(subscribe, () => now);
