/* Something between the browser and the server, as offices have it: it passes everything on, and on request it refuses the live stream, holds it back,
 * breaks connections, or is gone. */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { freePort } from "./server";

export interface Proxy {
  url: string;
  /** What happens to the live stream. "hold": it is collected and never passed on. */
  stream: "pass" | "refuse" | "hold";
  /** After which event the stream goes on, whatever the browser says. */
  resumeAt: string | null;
  /** Nothing gets through at all. */
  isCut: boolean;
  /** Where a message that is being sent meets the end of the line: before it comes to the server, or the server's answer on its way back, when the live stream
   * has told nothing of it either. Nothing gets through from then on. "swallow": it goes nowhere and nothing is said, while all else gets through. */
  message: "pass" | "cut before" | "cut after" | "swallow";
  /** Breaks every connection there is; what comes later gets through. */
  breakAll: () => void;
  /** How many streams and questions for news there were. */
  counts: { streams: number; polls: number };
  close: () => Promise<void>;
}

export async function openProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const streams = new Set<IncomingMessage>();
  const own = await freePort();

  const pass = (incoming: IncomingMessage, answer: ServerResponse) => {
    const path = incoming.url ?? "/";
    const isStream = path === "/api/events" || path.startsWith("/api/events?");
    if (isStream) proxy.counts.streams++;
    if (path.startsWith("/api/events/poll")) proxy.counts.polls++;
    if (proxy.isCut) return void incoming.socket.destroy();
    const isMessage = incoming.method === "POST" && /^\/api\/conversations\/\d+\/messages$/.test(path);
    if (isMessage && proxy.message === "swallow") return void incoming.resume();
    if (isMessage && proxy.message === "cut before") return cut();
    if (isMessage && proxy.message === "cut after") for (const stream of streams) stream.unpipe().resume();
    if (isStream && proxy.stream === "refuse") return void answer.writeHead(403).end("<h1>Blocked</h1>");
    const { headers } = incoming;
    if (headers["last-event-id"] && proxy.resumeAt) headers["last-event-id"] = proxy.resumeAt;
    const onward = request({ hostname, port, path, method: incoming.method, headers, agent: false }, (got) => {
      if (isMessage && proxy.message === "cut after") return cut();
      if (isStream && proxy.stream === "hold") return void got.resume();
      answer.writeHead(got.statusCode ?? 502, got.headers);
      answer.flushHeaders();
      got.pipe(answer);
      if (isStream) streams.add(got);
      got.on("error", () => answer.destroy());
      got.on("close", () => {
        streams.delete(got);
        if (!answer.destroyed) answer.end();
      });
    });
    onward.on("error", () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    answer.on("close", () => onward.destroy());
    incoming.pipe(onward);
  };

  const cut = () => {
    proxy.message = "pass";
    proxy.isCut = true;
    proxy.breakAll();
  };

  const server = createServer(pass);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  const proxy: Proxy = {
    url: `http://127.0.0.1:${own}`,
    stream: "pass",
    message: "pass",
    resumeAt: null,
    isCut: false,
    breakAll: () => {
      for (const socket of sockets) socket.destroy();
    },
    counts: { streams: 0, polls: 0 },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        proxy.breakAll();
      }),
  };
  await new Promise<void>((ready) => server.listen(own, "127.0.0.1", ready));
  return proxy;
}
