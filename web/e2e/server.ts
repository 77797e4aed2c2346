/* Starts a real Innboks for the stories: its own data folder, free ports, the built pages. Everything it makes goes away with it. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "../..");
const BINARY = process.env.INNBOKS_BIN ?? join(ROOT, ".venv/bin/innboks");
const START_MS = 60_000;
/** What hangs says where, before the story's own time is over. */
const [ANSWER_MS, CLI_MS] = [5000, 90_000];

export const ADMIN = {
  account: "Tindra Outdoor",
  name: "Amina Yusuf",
  email: "amina@tindra.example",
  password: "tired-otter-sings-often",
};

export interface Innboks {
  url: string;
  smtpPort: number;
  /** Runs `innboks …` beside the server and gives what it printed. */
  cli: (...args: string[]) => Promise<string>;
  setup: () => Promise<void>;
  token: () => Promise<string>;
  /** Stops the server; `start` brings it back on the same ports and data. */
  stop: (signal?: NodeJS.Signals) => Promise<void>;
  start: () => Promise<void>;
  /** Gives a conversation this many comments more, at once: see fill.py. */
  fill: (conversationId: string, count: number) => Promise<void>;
  /** Gives a channel account this many conversations more, "Letter 1" to the newest, at once. Only for a server of one's own: no story takes them away. */
  fillList: (channelAccountId: string, count: number, priority?: string) => Promise<void>;
  /** Lets time pass: the customer of the conversation last wrote this many seconds ago. Whoever looks at it is told with its next change. */
  heard: (conversationId: string, secondsAgo: number) => Promise<void>;
  /** Lets time pass: messages came over the channel account all the time, and none for this many seconds. */
  fallSilent: (channelAccountId: string, seconds: number) => Promise<void>;
  /** Lets time pass: what waits to leave in this conversation should have left so many seconds ago. */
  late: (conversationId: string, seconds: number) => Promise<void>;
  /** The end of what it has said: its log. */
  log: () => string;
  /** Stops it and throws its data away. */
  remove: () => Promise<void>;
}

export async function freePort(): Promise<number> {
  // Below those that Linux gives to outgoing connections: one of these could take the port before it is listened at.
  const port = randomInt(20_000, 32_768);
  return new Promise((done) => {
    const probe = createServer();
    probe.on("error", () => done(freePort()));
    probe.listen(port, "127.0.0.1", () => probe.close(() => done(port)));
  });
}

/** With `sandbox`, the sandbox runs beside it at that port, and is Google and Microsoft for it. `more`: settings beside the usual ones. */
export async function startInnboks(sandbox?: number, more: NodeJS.ProcessEnv = {}): Promise<Innboks> {
  const data = await mkdtemp(join(tmpdir(), "innboks-e2e-"));
  const [httpPort, smtpPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${httpPort}`;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    INNBOKS_DATA: data,
    INNBOKS_HTTP: `127.0.0.1:${httpPort}`,
    INNBOKS_SMTP: `127.0.0.1:${smtpPort}`,
    INNBOKS_URL: url,
    ...more,
  };
  delete env.DATABASE_URL;
  if (sandbox) {
    env.INNBOKS_SANDBOX = "true";
    env.INNBOKS_SANDBOX_HTTP = `127.0.0.1:${sandbox}`;
    env.INNBOKS_SANDBOX_SMTP = `127.0.0.1:${await freePort()}`;
    for (const provider of ["google", "microsoft"]) {
      env[`INNBOKS_${provider.toUpperCase()}_URL`] = `http://127.0.0.1:${sandbox}/email/${provider}`;
      env[`INNBOKS_${provider.toUpperCase()}_CLIENT_ID`] = "innboks";
    }
  }
  let server: ChildProcess | undefined;
  let said = "";

  const start = async () => {
    const child = spawn(BINARY, ["run"], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    server = child;
    const listen = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    const until = Date.now() + START_MS;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`innboks run ended with ${child.exitCode}:\n${said}`);
      if (
        await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
          (answer) => answer.ok,
          () => false,
        )
      )
        return;
      if (Date.now() > until) throw new Error(`innboks run is not ready:\n${said}`);
      await new Promise((wait) => setTimeout(wait, 200));
    }
  };
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    const child = server;
    server = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await ended;
  };
  const cli = async (...args: string[]) => (await run(BINARY, args, { cwd: ROOT, env, timeout: CLI_MS })).stdout;

  const fill = async (...what: string[]) => {
    const script = join(import.meta.dirname, "fill.py");
    await run(join(ROOT, ".venv/bin/python"), [script, data, ...what], { cwd: ROOT, env });
  };

  await start();
  return {
    url,
    smtpPort,
    cli,
    setup: async () => {
      const { account, name, email, password } = ADMIN;
      await cli("setup", "--account", account, "--name", name, "--email", email, "--password", password);
    },
    token: async () => (await cli("token", "--email", ADMIN.email)).trim(),
    start,
    stop,
    log: () => said,
    fill: (conversationId, count) => fill("comments", conversationId, String(count)),
    fillList: (channelAccountId, count, priority = "normal") =>
      fill("conversations", channelAccountId, String(count), priority),
    heard: (conversationId, secondsAgo) => fill("heard", conversationId, String(secondsAgo)),
    fallSilent: (channelAccountId, seconds) => fill("silent", channelAccountId, String(seconds)),
    late: (conversationId, seconds) => fill("late", conversationId, String(seconds)),
    remove: async () => {
      await stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
