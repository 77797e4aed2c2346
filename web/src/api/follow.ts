/* The two ways in which news comes: the live stream, and asking again and again where something on the way blocks the stream or holds it back. Both say
 * the same, in the same form. Read next: stream.ts, which chooses. */
import { type RawEvent, sseReader } from "./sse";

/** How the news comes. */
export type Way = "stream" | "poll";

/** How following ended. "mute": nothing came in time, although nothing broke. "stream_works": asking is not needed any more. */
export type Ending = "broken" | "unopened" | "mute" | "signed_out" | "stream_works";

export interface Following {
  url: string;
  /** After which event to go on. */
  lastId: () => string | undefined;
  onOpen: (way: Way) => void;
  onEvent: (event: RawEvent) => void;
  /** Something came, were it only the ping of a quiet stream. */
  onBeat: () => void;
}

/** The greeting comes at once. Without it the stream is blocked, or a proxy holds it back. */
export const GREETING_MS = 8000;
/** How long the server lets a question for news wait. */
const WAIT_S = 25;
/** So often the stream is tried again while we ask. */
const STREAM_AGAIN_MS = 300_000;

class SignedOut extends Error {}

async function ask(url: string, lastId: string | undefined, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (lastId) headers["last-event-id"] = lastId;
  const answer = await fetch(url, { headers, credentials: "same-origin", cache: "no-store", signal });
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer;
}

/** Reads one stream to its end. */
export async function readStream(following: Following, stopped: AbortSignal): Promise<Ending> {
  const { url, lastId, onOpen, onEvent, onBeat } = following;
  let isOpen = false;
  const mute = new AbortController();
  const timer = setTimeout(() => mute.abort(), GREETING_MS);
  try {
    const answer = await ask(url, lastId(), AbortSignal.any([stopped, mute.signal]));
    const reader = answer.body?.getReader();
    const parse = sseReader();
    const text = new TextDecoder();
    for (;;) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) return isOpen ? "broken" : "unopened";
      onBeat();
      for (const event of parse(text.decode(chunk.value, { stream: true }))) {
        if (!isOpen) onOpen("stream");
        isOpen = true;
        clearTimeout(timer);
        onEvent(event);
      }
    }
  } catch (problem) {
    if (problem instanceof SignedOut) return "signed_out";
    return mute.signal.aborted ? "mute" : isOpen ? "broken" : "unopened";
  } finally {
    clearTimeout(timer);
  }
}

/** Asks for news until that fails, or until the stream works again. */
export async function askOn(following: Following, stopped: AbortSignal): Promise<Ending> {
  const { url, lastId, onOpen, onEvent, onBeat } = following;
  let isOpen = false;
  let streamAgainAt = Date.now() + STREAM_AGAIN_MS;
  try {
    for (;;) {
      // The first question is answered at once, with a greeting.
      const wait = isOpen ? WAIT_S : 0;
      const late = AbortSignal.timeout(wait * 1000 + GREETING_MS);
      const answer = await ask(`${url}/poll?wait=${wait}`, lastId(), AbortSignal.any([stopped, late]));
      const events = sseReader()(await answer.text());
      onBeat();
      if (!isOpen) onOpen("poll");
      isOpen = true;
      for (const event of events) onEvent(event);
      if (Date.now() < streamAgainAt) continue;
      streamAgainAt = Date.now() + STREAM_AGAIN_MS;
      if (await greets(url, stopped)) return "stream_works";
    }
  } catch (problem) {
    if (problem instanceof SignedOut) return "signed_out";
    return isOpen ? "broken" : "unopened";
  }
}

/** Does a stream greet us in time? It is closed again. */
export async function greets(url: string, stopped?: AbortSignal): Promise<boolean> {
  const done = new AbortController();
  let isGreeted = false;
  const look: Following = {
    url,
    lastId: () => undefined,
    onBeat: () => undefined,
    onEvent: () => undefined,
    onOpen: () => {
      isGreeted = true;
      done.abort();
    },
  };
  await readStream(look, stopped ? AbortSignal.any([stopped, done.signal]) : done.signal);
  return isGreeted;
}
