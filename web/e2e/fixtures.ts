/* One server for all stories of a worker, with an administrator and one connected address; each story gets a page that is signed in. */
import { type Cookie, expect, type Page, test as plain } from "@playwright/test";
import { api, type Beginning, beginAnew, settingsOf } from "./api";
import { type Mailbox, mailProgram, openMailbox } from "./mailbox";
import { ADMIN, type Innboks, startInnboks } from "./server";

export { expect } from "@playwright/test";

export interface World {
  innboks: Innboks;
  mailbox: Mailbox;
  write: ReturnType<typeof mailProgram>;
  token: string;
  /** Of the administrator, once somebody has signed in: one session serves all stories. */
  cookies: Cookie[];
  beginning: Beginning;
}

interface Account {
  hosted_address: string;
}

/** `more`: settings of the server beside the usual ones. */
export async function makeWorld(more: NodeJS.ProcessEnv = {}): Promise<World> {
  const [innboks, mailbox] = await Promise.all([startInnboks(undefined, more), openMailbox()]);
  await innboks.setup();
  const printed = await innboks.cli(
    "connect",
    "email",
    "--name",
    "Support mail",
    "method=forwarding",
    "address=support@tindra.example",
    "smtp_host=127.0.0.1",
    `smtp_port=${mailbox.port}`,
    "smtp_tls=none",
  );
  const account = JSON.parse(printed) as Account;
  const token = await innboks.token();
  const write = mailProgram(innboks.smtpPort, account.hosted_address);
  const world = { innboks, mailbox, write, token, cookies: [] };
  await setUndoSend(world, 0);
  return { ...world, beginning: await settingsOf(world) };
}

/** How long answers can be taken back. Stories that are not about that begin with 0: their answers leave at once. */
export const setUndoSend = (world: Pick<World, "innboks" | "token">, seconds: number): Promise<void> =>
  api(world, "PATCH", "/api/account", { undo_send_s: seconds });

export async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("Email", { exact: true }).fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/inbox/open");
}

/** Writes into the composer once the rich editor stands there: what a program fills in while it takes the plain field's place would go to the field. */
export async function fillComposer(page: Page, name: RegExp, text: string): Promise<void> {
  await page.locator(".composer [contenteditable=true]").waitFor();
  await page.getByRole("textbox", { name }).fill(text);
}

/** A frame's own, stricter policy at work: what it is there for. */
const isForeignImage = (text: string) => text.startsWith("Loading the image 'https://");

/** Problems that no story may cause: script errors and what the security policy refused in the page itself. */
export function watchForErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && /Content Security Policy|Uncaught/.test(text) && !isForeignImage(text))
      errors.push(text);
  });
  return errors;
}

export const test = plain.extend<{ inbox: Page; world: World }, { server: World }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the first parameter's shape
    async ({}, use) => {
      const world = await makeWorld();
      await use(world);
      await world.mailbox.close();
      await world.innboks.remove();
    },
    { scope: "worker", timeout: 240_000 },
  ],
  world: async ({ server }, use) => {
    await beginAnew(server);
    await use(server);
  },
  inbox: async ({ page, world }, use) => {
    const errors = watchForErrors(page);
    await page.context().addCookies(world.cookies);
    // A story may have ended it, by signing out or by signing in over it.
    const isSignedIn = (await page.request.get(`${world.innboks.url}/api/session`)).ok();
    if (!isSignedIn) {
      await signIn(page, world.innboks.url);
      world.cookies = await page.context().cookies(`${world.innboks.url}/api/session`);
    }
    await page.goto(`${world.innboks.url}/inbox/open`);
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    await use(page);
    if (errors.length) throw new Error(errors.join("\n"));
  },
});
