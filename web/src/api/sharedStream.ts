/* Several tabs, one stream: a browser opens at most six connections to a server over HTTP/1.1, so the seventh tab would wait for ever. The tab that holds
 * the lock reads the stream and tells the others what it hears; when it goes, the next one takes over where it ended. Where the browser has no locks
 * (a page that is not a secure context) each tab reads for itself. Read next: stream.ts. */
import type { RawEvent } from "./sse";
import { openStream, type Stream, type StreamHooks } from "./stream";

type News =
  | { kind: "event"; event: RawEvent }
  | { kind: "open" }
  | { kind: "broken"; retryInS: number }
  | { kind: "signed_out" }
  | { kind: "ask" }
  | { kind: "retry" };

/** `name` keeps the streams of different people apart. */
export function openSharedStream(url: string, name: string, hooks: StreamHooks): Stream {
  if (!navigator.locks || typeof BroadcastChannel === "undefined") return openStream(url, hooks);
  const channel = new BroadcastChannel(name);
  const stopped = new AbortController();
  let own: Stream | undefined;
  let lastId: string | undefined;
  let state: News = { kind: "open" };

  const hear = (news: News) => {
    if (news.kind === "event") {
      if (news.event.id) lastId = news.event.id;
      hooks.onEvent(news.event);
    } else if (news.kind === "open") hooks.onOpen();
    else if (news.kind === "broken") hooks.onBroken(news.retryInS);
    else if (news.kind === "signed_out") hooks.onSignedOut();
  };
  const tell = (news: News) => {
    if (news.kind === "open" || news.kind === "broken") state = news;
    hear(news);
    channel.postMessage(news);
  };
  channel.onmessage = ({ data }: MessageEvent<News>) => {
    if (!own) hear(data);
    else if (data.kind === "ask") channel.postMessage(state);
    else if (data.kind === "retry") own.retryNow();
  };
  channel.postMessage({ kind: "ask" } satisfies News);

  navigator.locks
    .request(name, { signal: stopped.signal }, () => {
      own = openStream(
        url,
        {
          onEvent: (event) => tell({ kind: "event", event }),
          onOpen: () => tell({ kind: "open" }),
          onBroken: (retryInS) => tell({ kind: "broken", retryInS }),
          onSignedOut: () => tell({ kind: "signed_out" }),
        },
        lastId,
      );
      return new Promise<void>((done) => stopped.signal.addEventListener("abort", () => done()));
    })
    .catch(() => undefined);

  return {
    retryNow: () => (own ? own.retryNow() : channel.postMessage({ kind: "retry" } satisfies News)),
    stop: () => {
      stopped.abort();
      own?.stop();
      channel.close();
    },
  };
}
