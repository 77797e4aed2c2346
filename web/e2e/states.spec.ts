/* Every screen when there is nothing, when the server fails, and when something is not there: axe, and no sideways scroll at 320 px, also at 400 % zoom. */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { api, axe, conversationWith, cutTexts, pressOf, SECTIONS, stuck } from "./checks";
import { expect, test } from "./fixtures";

/** What is asked for before anything is drawn stays true. */
const FRAME = /^\/api\/(session|setup|events.*|channels|users\/me|notifications\/unread|presence)$/;

async function answerAll(page: Page, kind: "empty" | "failed"): Promise<void> {
  await page.route("**/api/**", async (route) => {
    const { pathname } = new URL(route.request().url());
    if (route.request().method() !== "GET" || FRAME.test(pathname)) return route.continue();
    if (kind === "failed")
      return route.fulfill({
        status: 500,
        contentType: "application/problem+json",
        body: JSON.stringify({ title: "Error", status: 500, detail: "Something went wrong here. Try again." }),
      });
    const answer = await route.fetch();
    const body = await answer.json().catch(() => null);
    if (!Array.isArray(body?.items) || pathname === "/api/views") return route.fulfill({ response: answer });
    return route.fulfill({ response: answer, json: { ...body, items: [], next: null } });
  });
}

async function check(page: Page, name: string): Promise<void> {
  await expect(page.locator("h1, h2, .empty").first()).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await axe(page, name);
  for (const [width, height] of [
    [1440, 900],
    [320, 640],
    [320, 225],
  ] as const) {
    await page.setViewportSize({ width, height });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect.soft(overflow, `${name} at ${width} × ${height}`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

for (const kind of ["empty", "failed"] as const)
  test(`every screen when ${kind === "empty" ? "there is nothing" : "the server fails"}`, async ({
    browser,
    inbox,
    world,
  }) => {
    test.setTimeout(480_000);
    await world.write({ from: "Una Moe <una@moe.example>", subject: `States ${kind}`, text: "Hello" });
    const { id } = await conversationWith(world, `States ${kind}`);
    await inbox.emulateMedia({ reducedMotion: "reduce" });
    // Nothing from the cache of what was read before.
    const context = await browser.newContext({ serviceWorkers: "block", reducedMotion: "reduce" });
    await context.addCookies(world.cookies);
    const page = await context.newPage();
    await page.setViewportSize({ width: 1440, height: 900 });
    await answerAll(page, kind);
    const paths = ["/inbox/open", "/inbox/closed", `/inbox/open/${id}`, "/search?q=tent", "/notifications", "/radar"];
    for (const path of [...paths, ...SECTIONS.map((one) => `/settings/${one}`)]) {
      await page.goto(world.innboks.url + path);
      await check(page, `${path}, ${kind}`);
    }
    await page.unrouteAll({ behavior: "wait" });
    await context.close();
  });

test("what is not there says so, and there is a way back, also on a phone", async ({ inbox, world }) => {
  await inbox.goto(`${world.innboks.url}/inbox/open/999999999`);
  await check(inbox, "a conversation that is not there");
  await inbox.setViewportSize({ width: 360, height: 740 });
  await inbox.locator("main").getByRole("button", { name: "Back" }).click();
  await expect(inbox).toHaveURL(/\/inbox\/open$/);
  await inbox.goto(`${world.innboks.url}/nowhere`);
  await check(inbox, "an address that is not there");
  await inbox.getByRole("link", { name: "Inbox" }).click();
  await expect(inbox).toHaveURL(/\/inbox\/open$/);
});

test("what cannot be asked for is not said to be missing", async ({ browser, inbox, world }) => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  await context.addCookies(await inbox.context().cookies());
  const page = await context.newPage();
  let isBroken = true;
  // A problem, as the server says it: the app asks again by itself for any other answer, and would be well before the press.
  const broken = {
    status: 500,
    contentType: "application/problem+json",
    body: JSON.stringify({ title: "Error", status: 500 }),
  };
  await page.route(/\/api\/channel-accounts(\?|$)/, (route) => (isBroken ? route.fulfill(broken) : route.continue()));
  // Neither the page of a channel nor its set-up takes what it could not ask for as missing.
  const [{ id }] = (await api(world, "GET", "/api/channel-accounts")).items;
  for (const path of [`channels/${id}`, `channels/${id}/setup`]) {
    await page.goto(`${world.innboks.url}/settings/${path}`);
    await expect(page.getByText("This could not be loaded. Try again.")).toBeVisible();
    await expect(page.getByText("This is not here")).toHaveCount(0);
  }
  await page.goto(`${world.innboks.url}/settings/inboxes`);
  await expect(page.getByRole("heading", { name: "Channels" })).toBeVisible();
  const again = page.getByRole("button", { name: "Retry" });
  await expect(again).toBeVisible();
  await expect(page.getByText("This could not be loaded. Try again.")).toBeVisible();
  await expect(page.getByText("Nothing is connected")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Archive this inbox" })).toBeDisabled();
  await page.getByRole("navigation", { name: "Main" }).first().getByRole("link", { name: "Inbox" }).click();
  await expect(page.getByRole("heading", { name: "All open" })).toBeVisible();
  await expect(page.locator(".views").getByText("Connect a channel")).toHaveCount(0);
  await page.goBack();
  await expect(again).toBeVisible();
  isBroken = false;
  await again.click();
  await expect(page.getByText("Support mail").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Archive this inbox" })).toBeEnabled();

  // Nor does a set-up offer a new inbox as the only one while it does not know those that are there.
  await page.route(/\/api\/inboxes(\?|$)/, (route) => route.fulfill(broken));
  await page.goto(`${world.innboks.url}/settings/channels/connect-email`);
  await expect(page.getByText("This could not be loaded. Try again.")).toBeVisible();
  await page.unroute(/\/api\/inboxes(\?|$)/);
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByLabel("Inbox", { exact: true })).toBeVisible();
  // A set-up begins at its beginning, not at the button below it.
  await expect(page.getByRole("button", { name: "Continue" })).not.toBeFocused();
  await context.close();
});

test("below an error stands what finds it in the log", async ({ inbox, world }) => {
  await inbox.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const path = `/api/conversations/999999999`;
  const answer = inbox.waitForResponse((one) => one.url().endsWith(path));
  await inbox.goto(`${world.innboks.url}/inbox/open/999999999`);
  const number = (await answer).headers()["x-request-id"] ?? "";
  expect(number).toMatch(/^[0-9a-f]{16}$/);
  const main = inbox.getByRole("main");
  await expect(main.getByText(number)).toBeHidden();
  await main.getByText("Details", { exact: true }).click();
  await expect(main.getByText(`Request ${number}`)).toBeVisible();
  await main.getByRole("button", { name: "Copy" }).click();
  await expect.poll(() => inbox.evaluate(() => navigator.clipboard.readText())).toContain(`Request ${number}\n404 `);
  await check(inbox, "the details of an error");
  expect(world.innboks.log()).toContain(number);

  // What is refused while one works is said in a toast, with the same fold: here the server takes no number for a name.
  await inbox.route("**/api/users/me", (route) => route.continue({ postData: '{"name": 5}' }));
  await inbox.goto(`${world.innboks.url}/settings/appearance`);
  await inbox.getByLabel("Rows of the list").selectOption("compact");
  const toast = inbox.getByRole("alert").filter({ hasText: "“name” must be a text" });
  await toast.getByText("Details", { exact: true }).click();
  await expect(toast.getByText(/^Request [0-9a-f]{16}/)).toContainText("400 invalid name");
  for (const width of [1440, 360]) {
    await inbox.setViewportSize({ width, height: 740 });
    expect(await cutTexts(inbox)).toEqual([]);
    if (process.env.SHOTS) await inbox.screenshot({ path: join(process.env.SHOTS, `details-toast-${width}.png`) });
  }
  await toast.getByRole("button", { name: "Close" }).click();
  await expect(toast).toHaveCount(0);
  await inbox.evaluate(() => localStorage.removeItem("innboks.appearance"));
});

test("without a line it is said within three seconds, and what was asked for comes by itself or at a press", async ({
  browser,
  inbox,
  world,
}) => {
  await world.write({ from: "Una Moe <una@moe.example>", subject: "Behind the line", text: "Hello" });
  await conversationWith(world, "Behind the line");
  const context = await browser.newContext({ serviceWorkers: "block" });
  await context.addCookies(await inbox.context().cookies());
  const page = await context.newPage();
  const asked: string[] = [];
  let isCut = true;
  const isPressed = await pressOf(page, "Retry");
  await page.route(/\/api\/(contacts|radar|notifications)(\?|$)/, async (route) => {
    asked.push(route.request().url());
    return isCut && !(await isPressed()) ? route.abort("connectionrefused") : route.continue();
  });
  const main = page.getByRole("main");
  const told = main.locator(".toldlist").or(main.getByText("Nothing to tell"));
  const people = main.getByRole("link", { name: "Una Moe" });
  // What comes is there with its answer only, whatever the server has to tell besides.
  for (const [path, heading, brings] of [
    ["radar", "What is stuck", stuck(page)],
    ["notifications", "Notifications", told],
    ["contacts", "Contacts", people],
  ] as const) {
    isCut = true;
    await page.goto(`${world.innboks.url}/${path}`);
    await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
    const again = page.getByRole("alert").getByRole("button", { name: "Retry" });
    await expect(again).toBeVisible({ timeout: 3_000 });
    const before = asked.length;
    await expect.poll(() => asked.length).toBeGreaterThan(before); // quietly
    await expect(again).toBeVisible();
    await expect(brings).toHaveCount(0);
    if (path === "radar") isCut = false;
    else await again.click();
    await expect(page.getByRole("alert")).toHaveCount(0);
    await expect(brings).toBeVisible();
  }
  await page.unrouteAll({ behavior: "wait" });
  await context.close();
});
