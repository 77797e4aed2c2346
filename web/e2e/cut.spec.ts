/* An answer that leaves in the moment in which the line breaks or the server dies: it is told what is known of it, it goes out once, and nothing that was
 * written is lost. */
import type { Browser, Page } from "@playwright/test";
import { api, conversationWith, kept } from "./checks";
import { reply } from "./composing";
import { expect, setUndoSend, test, type World } from "./fixtures";
import { type Proxy as Between, openProxy } from "./proxy";

interface Line {
  page: Page;
  proxy: Between;
  id: string;
}

/** A conversation that is open behind a line which can be cut. */
async function openBehind(world: World, browser: Browser, subject: string): Promise<Line> {
  await world.write({ from: "Runa Vik <runa@vik.example>", subject, text: `About ${subject}` });
  const { id } = await conversationWith(world, subject);
  const proxy = await openProxy(world.innboks.url);
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Oslo" });
  await context.addCookies(world.cookies);
  const page = await context.newPage();
  await page.goto(`${proxy.url}/inbox/open/${id}`);
  await expect(page.locator(".composetext.rich")).toBeVisible();
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  return { page, proxy, id };
}

async function say(page: Page, words: string): Promise<void> {
  await reply(page).click();
  await page.keyboard.type(words);
  await page.keyboard.press("Control+Enter");
}

const answers = (page: Page, words: string) => page.getByRole("article").filter({ hasText: words });
const mails = (world: World, words: string) => world.mailbox.received.filter((mail) => mail.raw.includes(words)).length;

/** One answer here, one for whoever comes new, one mail. */
async function isThereOnce({ page, proxy, id }: Line, world: World, words: string): Promise<void> {
  await world.mailbox.waitFor(words);
  await expect(answers(page, words).getByText(/^(Sent|Delivered)$/)).toBeVisible({ timeout: 20_000 });
  await expect(answers(page, words)).toHaveCount(1);
  const fresh = await page.context().newPage();
  await fresh.goto(`${proxy.url}/inbox/open/${id}`);
  await expect(answers(fresh, words).getByText(/^(Sent|Delivered)$/)).toBeVisible();
  await expect(answers(fresh, words)).toHaveCount(1);
  expect(mails(world, words)).toBe(1);
}

const leave = async ({ page, proxy }: Line) => {
  await page.context().close();
  await proxy.close();
};

// The fixture signs the administrator in, whose session the page behind the line takes.
for (const [at, subject] of [
  ["cut before", "Never reached"],
  ["cut after", "Never heard of"],
] as const)
  test(`an answer whose line is ${at} the server has it waits through a reload, and goes out once`, async ({
    inbox,
    world,
    browser,
  }) => {
    await inbox.close();
    const line = await openBehind(world, browser, subject);
    const { page, proxy } = line;
    // What opens without a network is kept by then.
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await page.reload();
    await expect(page.locator(".composetext.rich")).toBeVisible();
    proxy.message = at;
    const words = `It is ${subject.toLowerCase()}.`;
    await say(page, words);
    await expect(answers(page, words).getByText("Waiting for connection")).toBeVisible();
    await expect(answers(page, words).getByText(/^(Sending|Sent)$/)).toHaveCount(0);
    await expect(reply(page)).toHaveText("");
    await reply(page).click();
    await page.keyboard.type("Another thought");
    await kept(page, "Another thought");
    await page.reload();
    await expect(answers(page, words).getByText("Waiting for connection")).toBeVisible();
    await expect(reply(page)).toHaveText("Another thought");
    proxy.isCut = false;
    await isThereOnce(line, world, words);
    await expect(reply(page)).toHaveText("Another thought");
    expect(mails(world, "Another thought")).toBe(0);
    await leave(line);
  });

test("what was read without a network is read for everybody when it is back, and what was written stays", async ({
  inbox,
  world,
  browser,
}) => {
  await inbox.close();
  await world.write({ from: "Ask Lund <ask@lund.example>", subject: "Read in a tunnel", text: "Hello from outside" });
  const other = await conversationWith(world, "Read in a tunnel");
  const line = await openBehind(world, browser, "Before the tunnel");
  const { page, proxy } = line;
  const unread = page.getByRole("link", { name: /^Unread.*Read in a tunnel/ });
  const ahead = page.waitForResponse(new RegExp(`/api/conversations/${other.id}/messages`));
  await unread.hover();
  await ahead;
  proxy.isCut = true;
  proxy.breakAll();
  await unread.click();
  await expect(page.getByRole("article").getByText("Hello from outside")).toBeVisible();
  await expect(unread).toHaveCount(0);
  const isUnread = async () => (await api(world, "GET", `/api/conversations/${other.id}`)).is_unread;
  expect(await isUnread()).toBe(true);
  proxy.isCut = false;
  await expect.poll(isUnread, { timeout: 20_000 }).toBe(false);
  await expect(unread).toHaveCount(0);
  await leave(line);
});

test("a server that is killed when it has just taken an answer sends it once when it is back", async ({
  inbox,
  world,
  browser,
}) => {
  test.setTimeout(240_000); // the server begins anew
  await inbox.close();
  await setUndoSend(world, 5);
  const line = await openBehind(world, browser, "Killed at once");
  const { page, proxy } = line;
  proxy.message = "cut after";
  await say(page, "Sent into the dark.");
  await expect.poll(() => proxy.isCut).toBe(true);
  await world.innboks.stop("SIGKILL");
  await expect(answers(page, "Sent into the dark.").getByText("Waiting for connection")).toBeVisible();
  expect(mails(world, "Sent into the dark.")).toBe(0);
  await world.innboks.start();
  proxy.isCut = false;
  await isThereOnce(line, world, "Sent into the dark.");
  await leave(line);
});

test("a server that is killed while the other side has the mail in its hands says that it does not know, and sends nothing by itself", async ({
  inbox,
  world,
  browser,
}) => {
  test.setTimeout(240_000); // the server begins anew
  await inbox.close();
  const line = await openBehind(world, browser, "In their hands");
  const { page } = line;
  const taken = world.mailbox.holdNext();
  await say(page, "Perhaps it came.");
  await taken;
  const answer = answers(page, "Perhaps it came.");
  await expect(answer.getByText("Sending", { exact: true })).toBeVisible();
  await world.innboks.stop("SIGKILL");
  await world.innboks.start();
  await expect(answer.getByText("Not certain").first()).toBeVisible({ timeout: 30_000 });
  await answer.getByRole("button", { name: "It did leave" }).click();
  await expect(answer.getByText("Sent", { exact: true })).toBeVisible();
  await page.reload();
  await expect(answer.getByText("Sent", { exact: true })).toBeVisible();
  expect(mails(world, "Perhaps it came.")).toBe(1);
  await leave(line);
});

test("an answer that the line swallows without a word is tried again, and goes out once", async ({
  inbox,
  world,
  browser,
}) => {
  await inbox.close();
  const line = await openBehind(world, browser, "Swallowed");
  const { page, proxy } = line;
  await page.clock.install();
  proxy.message = "swallow";
  const asked = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/messages"));
  await say(page, "Is anybody there?");
  await asked;
  await expect(answers(page, "Is anybody there?").getByText("Sending", { exact: true })).toBeVisible();
  proxy.message = "pass";
  await page.clock.fastForward(65_000);
  await isThereOnce(line, world, "Is anybody there?");
  await leave(line);
});
