/* The self-test of the connection: one check after the other, each with what was found. What is wrong is told in words by Connection.tsx; nothing here
 * changes anything. */
import { type Following, greets, readStream } from "../../api/follow";
import { type RawEvent, sseReader } from "../../api/sse";
import { isOldVersion } from "./version";

export const CHECKS = ["server", "session", "version", "clock", "stream", "news", "asking", "storage"] as const;
export type CheckName = (typeof CHECKS)[number];

/** "warn": works, but not as it should. "skipped": makes no sense after what was found before. */
export type CheckState = "running" | "ok" | "warn" | "bad" | "skipped";

export interface Check {
  name: CheckName;
  state: CheckState;
  /** Which sentence; the message id is `check.<name>.<found>`. */
  found: string;
  /** Milliseconds, seconds: what the sentence counts. */
  count: number;
}

const ANSWER_MS = 10_000;
const NEWS_MS = 6000;
const SKEW_MAX_MS = 60_000;

/** Runs all checks; `onChange` gets each as it begins and when it is done. */
export async function runChecks(onChange: (check: Check) => void): Promise<Check[]> {
  const done: Check[] = [];
  const run = async (name: CheckName, task: () => Promise<Omit<Check, "name">>, isWorthIt = true) => {
    onChange({ name, state: "running", found: "", count: 0 });
    const result = isWorthIt ? await task() : { state: "skipped" as const, found: "skipped", count: 0 };
    const check = { name, ...result };
    done.push(check);
    onChange(check);
    return check;
  };

  let status = 0;
  const server = await run("server", async () => {
    const began = performance.now();
    status = await fetch("/api/session", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) }).then(
      (answer) => answer.status,
      () => 0,
    );
    const took = Math.round(performance.now() - began);
    if (!status) return result("bad", navigator.onLine ? "unreachable" : "offline");
    if (status >= 500) return result("bad", "down", status);
    return result("ok", "ok", took);
  });
  const isUp = server.state === "ok";
  const session = await run(
    "session",
    async () => (status === 401 ? result("bad", "ended") : result("ok", "ok")),
    isUp,
  );
  await run("version", async () => ((await isOldVersion()) ? result("warn", "old") : result("ok", "ok")), isUp);
  const isIn = isUp && session.state === "ok";
  const asked = isIn ? await askForTime() : null;
  await run("clock", async () => clockCheck(asked?.skewMs ?? null), isIn);
  const stream = await run("stream", streamCheck, isIn);
  await run("news", newsCheck, isIn && stream.state === "ok");
  await run("asking", async () => (asked ? result("ok", "ok") : result("bad", "failed")), isIn);
  await run("storage", storageCheck);
  return done;
}

const result = (state: CheckState, found: string, count = 0) => ({ state, found, count });

async function askForTime(): Promise<{ skewMs: number } | null> {
  try {
    const began = Date.now();
    const answer = await fetch("/api/events/poll?wait=0", {
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const hello = sseReader()(await answer.text()).find((event) => event.event === "hello");
    const told = hello ? (JSON.parse(hello.data) as { server_time: string }).server_time : "";
    return answer.ok && told ? { skewMs: Date.parse(told) - (began + Date.now()) / 2 } : null;
  } catch {
    return null;
  }
}

function clockCheck(skewMs: number | null): Omit<Check, "name"> {
  if (skewMs === null) return result("skipped", "skipped");
  if (Math.abs(skewMs) <= SKEW_MAX_MS) return result("ok", "ok");
  return result("warn", skewMs > 0 ? "behind" : "ahead", Math.round(Math.abs(skewMs) / 60_000));
}

async function streamCheck(): Promise<Omit<Check, "name">> {
  const began = performance.now();
  let isAnswered = false;
  const look: Following = { ...silent, onBeat: () => (isAnswered = true) };
  if (await greets("/api/events")) return result("ok", "ok", Math.round(performance.now() - began));
  const ending = await readStream(look, AbortSignal.timeout(ANSWER_MS));
  return result("warn", ending === "mute" || isAnswered ? "held_back" : "blocked");
}

const silent: Following = {
  url: "/api/events",
  lastId: () => undefined,
  onOpen: () => undefined,
  onEvent: () => undefined,
  onBeat: () => undefined,
};

/** Lets the server tell us something by the stream, and looks how long it takes. */
async function newsCheck(): Promise<Omit<Check, "name">> {
  const token = Math.random().toString(36).slice(2);
  const end = new AbortController();
  const late = setTimeout(() => end.abort(), NEWS_MS);
  let began = 0;
  let took: number | null = null;
  const onEvent = (event: RawEvent) => {
    if (event.event !== "echo" || !event.data.includes(token)) return;
    took = Math.round(performance.now() - began);
    end.abort();
  };
  const onOpen = () => {
    began = performance.now();
    void fetch("/api/events/echo", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    }).catch(() => undefined);
  };
  await readStream({ ...silent, onOpen, onEvent }, end.signal);
  clearTimeout(late);
  return took === null ? result("warn", "held_back") : result("ok", "ok", took);
}

async function storageCheck(): Promise<Omit<Check, "name">> {
  try {
    const probe = "innboks.probe";
    localStorage.setItem(probe, "x".repeat(20_000));
    localStorage.removeItem(probe);
    return result("ok", "ok");
  } catch {
    return result("bad", "full");
  }
}
