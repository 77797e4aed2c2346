/* A mailbox at a provider: see mailbox_at_provider.py. */
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Provider {
  address: string;
  password: string;
  imapPort: number;
  smtpPort: number;
  /** A DNS server that names the two others. */
  dns: string;
  close: () => Promise<void>;
}

export async function openProvider(): Promise<Provider> {
  const script = join(import.meta.dirname, "mailbox_at_provider.py");
  const child = spawn(join(ROOT, ".venv/bin/python"), [script], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  const line = await new Promise<string>((done, failed) => {
    createInterface(child.stdout).once("line", done);
    child.once("exit", (code) => failed(new Error(`the provider ended with ${code}`)));
  });
  return {
    ...(JSON.parse(line) as Omit<Provider, "close">),
    close: () =>
      new Promise((done) => {
        child.once("exit", () => done());
        child.stdin.end();
      }),
  };
}
