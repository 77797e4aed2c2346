/* What the first picture can do without waits until it stands there, so that it does not take the line and the processor from it: the thread nobody
 * has opened yet, first steps, notifications, what is spoken. */
import { useEffect, useState } from "react";

let tell: () => void = () => undefined;
let isOver = false;
const LONGEST_WAIT_MS = 10_000;

/** Kept once the first page shows what it is for: the list its rows, any other page itself; and when it still cannot after ten seconds. */
export const firstPaint = new Promise<void>((resolve) => {
  tell = () => {
    isOver = true;
    resolve();
  };
  setTimeout(tell, LONGEST_WAIT_MS);
});

/** To be called in an effect of what is to be seen first. It counts from the frame after it; a page nobody looks at draws none, so not for ever. */
export function painted(): void {
  if (isOver) return;
  requestAnimationFrame(() => setTimeout(tell));
  setTimeout(tell, 1_000);
}

export function useFirstPaint(): boolean {
  const [is, set] = useState(isOver);
  useEffect(() => void firstPaint.then(() => set(true)), []);
  return is;
}

/** Runs something once what was just drawn is on the screen, for what must not hold that up. Returns how to call it off. */
export function afterPaint(run: () => void): () => void {
  let timer = setTimeout(run, 1_000); // a page nobody looks at draws no frames
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer);
    timer = setTimeout(run);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

/** When what was just drawn is on the screen. Questions whose answers stand beside what one reads wait for it: each takes a millisecond to be asked. */
export const whenPainted = () => new Promise<void>((resolve) => void afterPaint(resolve));
