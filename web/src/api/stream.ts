/* Keeps the news coming: resumes after the last event id when the stream breaks, and waits with jitter between tries (1, 2, 4, 8 … at most 30 s; at once
 * when the network returns or the window is looked at again). Where the stream does not get through it asks for news instead, and goes back to the stream
 * when that works again. What events mean is none of its business: see live.ts. Read next: follow.ts. */
import { askOn, type Following, readStream, type Way } from "./follow";
import type { RawEvent } from "./sse";

export interface StreamHooks {
  onEvent: (event: RawEvent) => void;
  onOpen: (way: Way) => void;
  /** The stream broke, or could not be opened; `retryInS` says when it is tried again. */
  onBroken: (retryInS: number) => void;
  onSignedOut: () => void;
  /** Something came, were it only the ping of a quiet stream. */
  onBeat?: () => void;
}

/** Nothing, not even the ping that comes each 15 s, for this long: the connection is dead although nobody said so (a laptop slept). */
const SILENCE_MS = 40_000;
/** The same when somebody comes back to look: then one missing ping is reason enough. */
const SILENCE_LOOKED_AT_MS = { stream: 20_000, poll: 35_000 } as const;
const TICK_MS = 5000;
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
  let way: Way = "stream";
  let isStopped = false;
  let heardAt = Date.now();
  let attempt: AbortController | undefined;
  let wake: (() => void) | undefined;

  const following: Following = {
    url,
    lastId: () => lastId,
    onOpen: hooks.onOpen,
    onEvent: (event) => {
      tries = 0;
      if (event.id) lastId = event.id;
      else if (event.event === "reset") lastId = undefined;
      hooks.onEvent(event);
    },
    onBeat: () => {
      heardAt = Date.now();
      hooks.onBeat?.();
    },
  };

  const follow = () => {
    attempt = new AbortController();
    heardAt = Date.now();
    return way === "stream" ? readStream(following, attempt.signal) : askOn(following, attempt.signal);
  };

  const run = async () => {
    while (!isStopped) {
      const ending = await follow();
      if (isStopped) return;
      if (ending === "signed_out") {
        stop();
        hooks.onSignedOut();
        return;
      }
      if (way === "stream" && (ending === "mute" || (ending === "unopened" && tries > 0))) {
        way = "poll";
        continue;
      }
      if (way === "poll" && ending !== "broken") way = "stream";
      if (ending === "stream_works") continue;
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
  /** The clock goes on while a laptop sleeps, so a silence that was slept through is seen at the first tick after it. */
  const endSilence = (limit: number) => {
    if (!wake && Date.now() - heardAt > limit) attempt?.abort();
  };
  const onLook = () => {
    if (document.visibilityState !== "visible") return;
    endSilence(SILENCE_LOOKED_AT_MS[way]);
    retryNow();
  };
  const onOffline = () => attempt?.abort();
  const ticker = setInterval(() => endSilence(SILENCE_MS), TICK_MS);
  addEventListener("online", retryNow);
  addEventListener("offline", onOffline);
  addEventListener("focus", onLook);
  document.addEventListener("visibilitychange", onLook);
  document.addEventListener("resume", onLook);

  function stop(): void {
    isStopped = true;
    clearInterval(ticker);
    removeEventListener("online", retryNow);
    removeEventListener("offline", onOffline);
    removeEventListener("focus", onLook);
    document.removeEventListener("visibilitychange", onLook);
    document.removeEventListener("resume", onLook);
    attempt?.abort();
    wake?.();
  }
  void run();
  return { retryNow, stop };
}
