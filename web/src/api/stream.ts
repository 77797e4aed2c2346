/* Keeps one live stream open: reads it, resumes after the last event id when it breaks, and waits with jitter between tries (1, 2, 4, 8 … at most
 * 30 s; at once when the network returns or the window is looked at again). What events mean is none of its business: see live.ts. */
import { type RawEvent, sseReader } from "./sse";

export interface StreamHooks {
  onEvent: (event: RawEvent) => void;
  onOpen: () => void;
  /** The stream broke, or could not be opened; `retryInS` says when it is tried again. */
  onBroken: (retryInS: number) => void;
  onSignedOut: () => void;
}

/** Nothing, not even the ping that comes each 15 s, for this long: the connection is dead although nobody said so. */
const SILENCE_MS = 40_000;
const LONGEST_WAIT_S = 30;

/** Full jitter on the upper half, so that a thousand clients do not come back in the same second. */
export function waitBeforeTry(tries: number, random: () => number): number {
  const step = Math.min(LONGEST_WAIT_S, 2 ** tries);
  return step / 2 + (step / 2) * random();
}

export interface Stream {
  stop: () => void;
  retryNow: () => void;
}

/** Opens the stream, after the event `after` where one is given, and keeps it open until it is stopped. */
export function openStream(url: string, hooks: StreamHooks, after?: string): Stream {
  let lastId = after;
  let tries = 0;
  let isStopped = false;
  let attempt: AbortController | undefined;
  let wake: (() => void) | undefined;

  const read = async (abort: AbortController) => {
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (lastId) headers["last-event-id"] = lastId;
    const answer = await fetch(url, { headers, credentials: "same-origin", cache: "no-store", signal: abort.signal });
    if (answer.status === 401) {
      isStopped = true;
      hooks.onSignedOut();
      return;
    }
    if (!answer.ok || !answer.body) throw new Error(`stream answered ${answer.status}`);
    hooks.onOpen();
    const parse = sseReader();
    const text = new TextDecoder();
    const reader = answer.body.getReader();
    let watch = setTimeout(() => abort.abort(), SILENCE_MS);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(watch);
        watch = setTimeout(() => abort.abort(), SILENCE_MS);
        for (const event of parse(text.decode(value, { stream: true }))) {
          tries = 0;
          if (event.id) lastId = event.id;
          else if (event.event === "reset") lastId = undefined;
          hooks.onEvent(event);
        }
      }
    } finally {
      clearTimeout(watch);
    }
  };

  const run = async () => {
    while (!isStopped) {
      attempt = new AbortController();
      await read(attempt).catch(() => undefined);
      if (isStopped) return;
      const wait = waitBeforeTry(tries++, Math.random);
      hooks.onBroken(wait);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait * 1000);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = undefined;
    }
  };

  const retryNow = () => wake?.();
  const onVisible = () => document.visibilityState === "visible" && retryNow();
  const onOffline = () => attempt?.abort();
  addEventListener("online", retryNow);
  addEventListener("offline", onOffline);
  document.addEventListener("visibilitychange", onVisible);
  void run();
  return {
    retryNow,
    stop: () => {
      isStopped = true;
      removeEventListener("online", retryNow);
      removeEventListener("offline", onOffline);
      document.removeEventListener("visibilitychange", onVisible);
      attempt?.abort();
      wake?.();
    },
  };
}
