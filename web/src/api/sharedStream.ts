/* Several tabs, one stream: a browser opens at most six connections to a server over HTTP/1.1, so the seventh tab would wait for ever. The tab that holds
 * the lock reads the stream and tells the others what it hears; when it goes, the next one takes over where it ended. A leader that has gone silent (a
 * frozen tab) is deposed by one that is looked at. Where the browser has no locks (a page that is not a secure context) each tab reads for itself.
 * Read next: stream.ts. */
import type { Way } from "./follow";
import type { RawEvent } from "./sse";
import { openStream, type Stream, type StreamHooks } from "./stream";

type News =
  | { kind: "event"; event: RawEvent }
  | { kind: "open"; way: Way; lastId?: string }
  | { kind: "broken"; retryInS: number }
  | { kind: "signed_out" }
  | { kind: "beat" }
  | { kind: "ask" }
  | { kind: "retry" };

/** Nothing from the leader for so long, although a ping comes each 15 s and a try at least each 40 s. */
const DEPOSE_MS = 60_000;
const TICK_MS = 5000;
const BEAT_MS = 5000;

/** Does this tab hold the stream, and with it the sound? True also where tabs cannot speak to each other. */
export const leadership = { isLeader: true };

/** `name` keeps the streams of different people apart. */
export function openSharedStream(url: string, name: string, hooks: StreamHooks): Stream {
  leadership.isLeader = true;
  if (!navigator.locks || typeof BroadcastChannel === "undefined") return openStream(url, hooks);
  leadership.isLeader = false;
  const channel = new BroadcastChannel(name);
  const stopped = new AbortController();
  let own: Stream | undefined;
  let lastId: string | undefined;
  let state: News = { kind: "open", way: "stream" };
  let heardAt = Date.now();
  let beatAt = 0;

  const hear = (news: News) => {
    heardAt = Date.now();
    if (news.kind === "event") {
      if (news.event.id) lastId = news.event.id;
      else if (news.event.event === "reset") lastId = undefined;
      hooks.onEvent(news.event);
    } else if (news.kind === "open") {
      lastId ??= news.lastId; // of the answer to who asks: from there on this tab hears everything
      hooks.onOpen(news.way);
    } else if (news.kind === "broken") hooks.onBroken(news.retryInS);
    else if (news.kind === "signed_out") hooks.onSignedOut();
  };
  const tell = (news: News) => {
    if (news.kind === "open" || news.kind === "broken") state = news;
    hear(news);
    channel.postMessage(news);
  };
  channel.onmessage = ({ data }: MessageEvent<News>) => {
    if (!own) hear(data);
    else if (data.kind === "ask") channel.postMessage(state.kind === "open" ? { ...state, lastId } : state);
    else if (data.kind === "retry") own.retryNow();
  };
  channel.postMessage({ kind: "ask" } satisfies News);

  const lead = () => {
    leadership.isLeader = true;
    own = openStream(
      url,
      {
        onEvent: (event) => tell({ kind: "event", event }),
        onOpen: (way) => tell({ kind: "open", way }),
        onBroken: (retryInS) => tell({ kind: "broken", retryInS }),
        onSignedOut: () => tell({ kind: "signed_out" }),
        onBeat: () => {
          if (Date.now() - beatAt < BEAT_MS) return;
          beatAt = Date.now();
          channel.postMessage({ kind: "beat" } satisfies News);
        },
      },
      lastId,
    );
    return new Promise<void>((done) => stopped.signal.addEventListener("abort", () => done()));
  };
  const stepBack = () => {
    leadership.isLeader = false;
    own?.stop();
    own = undefined;
  };
  const stand = (options: LockOptions) => {
    navigator.locks.request(name, options, lead).catch(() => {
      // Deposed by another tab, or stopped: wait for the next turn, or end.
      if (stopped.signal.aborted) return;
      stepBack();
      stand({ signal: stopped.signal });
    });
  };
  stand({ signal: stopped.signal });

  const ticker = setInterval(() => {
    if (own || document.visibilityState !== "visible" || Date.now() - heardAt < DEPOSE_MS) return;
    heardAt = Date.now();
    stand({ steal: true });
  }, TICK_MS);

  return {
    retryNow: () => (own ? own.retryNow() : channel.postMessage({ kind: "retry" } satisfies News)),
    stop: () => {
      clearInterval(ticker);
      stopped.abort();
      stepBack();
      channel.close();
    },
  };
}
