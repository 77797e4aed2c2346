/* The customer's side: a mailbox that takes what Innboks sends, and a mail program that writes to it. Both speak real SMTP on loopback. */
import type { Socket } from "node:net";
import nodemailer, { type SendMailOptions } from "nodemailer";
import { SMTPServer } from "smtp-server";

export interface Received {
  from: string;
  to: string[];
  raw: string;
}

export interface Mailbox {
  port: number;
  received: Received[];
  /** Waits until a mail holds this text. */
  waitFor: (text: string) => Promise<Received>;
  /** Refuses every recipient from now on, with this answer; null: takes them again. */
  refuse: (answer: string | null) => void;
  /** From now on takes each mail whole and hangs up without saying so. */
  hangUp: (isHangingUp: boolean) => void;
  /** Takes the next mail whole and says neither yes nor no, for as long as the line holds; resolves when it has it. */
  holdNext: () => Promise<void>;
  /** Empty, and taking everything. */
  beginAnew: () => void;
  /** Forwards the mail that holds this to another address, as a provider does; waits until it is there. */
  passOn: (smtpPort: number, address: string, words: RegExp) => Promise<void>;
  close: () => Promise<void>;
}

const WAIT_MS = 30_000;

/** The words and the markup of a mail as its reader's program sees them: quoted-printable (RFC 2045, 6.7) taken out. */
export const readable = (raw: string): string =>
  Buffer.from(
    raw
      .replace(/=\r?\n/g, "")
      .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    "latin1",
  ).toString("utf8");

export async function openMailbox(): Promise<Mailbox> {
  const received: Received[] = [];
  let refusal: string | null = null;
  let isHangingUp = false;
  let hold: (() => void) | null = null;
  const sockets = new Set<Socket>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo: (_address, _session, done) =>
      done(refusal ? Object.assign(new Error(refusal), { responseCode: 550 }) : null),
    onData: (stream, session, done) => {
      let raw = "";
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => {
        raw += chunk;
      });
      stream.on("end", () => {
        if (isHangingUp) {
          for (const socket of sockets) socket.destroy();
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        received.push({ from: mailFrom ? mailFrom.address : "", to: rcptTo.map((one) => one.address), raw });
        if (!hold) return done();
        hold();
        hold = null;
      });
    },
  });
  server.server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.server.address();
  return {
    port: address && typeof address === "object" ? address.port : 0,
    received,
    refuse: (answer) => {
      refusal = answer;
    },
    hangUp: (is) => {
      isHangingUp = is;
    },
    holdNext: () =>
      new Promise((taken) => {
        hold = taken;
      }),
    beginAnew: () => {
      hold = null;
      received.length = 0;
      refusal = null;
      isHangingUp = false;
    },
    passOn: async (smtpPort, address, words) => {
      const until = Date.now() + WAIT_MS;
      let mail = received.find(({ raw }) => words.test(raw));
      while (!mail && Date.now() < until) {
        await new Promise((wait) => setTimeout(wait, 100));
        mail = received.find(({ raw }) => words.test(raw));
      }
      if (!mail) throw new Error(`no mail with ${words} among ${received.length}`);
      const transport = nodemailer.createTransport({
        host: "127.0.0.1",
        port: smtpPort,
        secure: false,
        ignoreTLS: true,
      });
      await transport.sendMail({ envelope: { from: mail.from, to: address }, raw: mail.raw });
    },
    waitFor: async (text) => {
      const until = Date.now() + WAIT_MS;
      for (;;) {
        const found = received.find((mail) => mail.raw.includes(text));
        if (found) return found;
        if (Date.now() > until) throw new Error(`no mail with "${text}" among ${received.length}`);
        await new Promise((wait) => setTimeout(wait, 100));
      }
    },
    close: () => new Promise((done) => server.close(() => done())),
  };
}

/** A mail program that hands its mail to the server's receiver, as a forwarding provider does. */
export function mailProgram(smtpPort: number, hostedAddress: string) {
  const transport = nodemailer.createTransport({ host: "127.0.0.1", port: smtpPort, secure: false, ignoreTLS: true });
  return (mail: SendMailOptions & { from: string }) =>
    transport.sendMail({
      to: "support@tindra.example",
      ...mail,
      envelope: { from: /<(.+)>/.exec(mail.from)?.[1] ?? mail.from, to: hostedAddress },
    });
}
