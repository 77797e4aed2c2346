import { useSyncExternalStore } from "react";

let now = new Date();
const FRESH_MS = 5_000;
/** How often it moves on by itself. */
export const CLOCK_MS = 30_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = new Date();
  for (const listener of listeners) listener();
}

/** A clock that stood still shows the time again. Not where it did so a moment ago: what was drawn meanwhile would all be drawn once more, for nothing. */
function wound(): Date {
  if (!timer && Math.abs(Date.now() - now.getTime()) > FRESH_MS) now = new Date();
  return now;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!timer) {
    wound();
    timer = setInterval(tick, CLOCK_MS);
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
export const useNow = () => useSyncExternalStore(subscribe, wound);
