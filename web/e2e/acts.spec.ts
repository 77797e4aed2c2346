/* What is done to a conversation shows at once, is called done when the server has it and not before, and reaches it although the page is closed. */
import type { Page, Route } from "@playwright/test";
import { api, conversationWith } from "./checks";
import { open } from "./composing";
import { expect, test, type World } from "./fixtures";

const CONVERSATION = /\/api\/conversations\/\d+$/;
const row = (page: Page, subject: string) => page.getByTestId("rows").getByRole("link", { name: new RegExp(subject) });
const isSaid = (page: Page, words: RegExp) => page.locator(".toast").filter({ hasText: words });
const statusOf = async (world: World, id: string) => (await api(world, "GET", `/api/conversations/${id}`)).status;

/** Holds changes of conversations on their way to the server until they are let go. */
async function holdChanges(page: Page): Promise<{ asked: () => number; letGo: () => void }> {
  let letGo = () => {};
  let asked = 0;
  const gate = new Promise<void>((opened) => {
    letGo = opened;
  });
  await page.route(CONVERSATION, async (route: Route) => {
    if (route.request().method() !== "PATCH") return route.fallback();
    asked++;
    await gate;
    await route.continue();
  });
  return { asked: () => asked, letGo };
}

test("closed is said when the server has it; the row has gone before, and Z brings it back in the meantime too", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Slowly closed");
  const { id } = await conversationWith(world, "Slowly closed");
  const { asked, letGo } = await holdChanges(inbox);
  await inbox.locator(".log").focus();
  await inbox.keyboard.press("e");
  await expect(row(inbox, "Slowly closed")).toHaveCount(0);
  await expect.poll(asked).toBe(1);
  await expect(inbox.locator(".toast")).toHaveCount(0);
  await inbox.keyboard.press("z");
  await expect(row(inbox, "Slowly closed")).toBeVisible();
  letGo();
  await expect.poll(asked).toBe(2);
  await expect.poll(() => statusOf(world, id)).toBe("open");
  await expect(row(inbox, "Slowly closed")).toBeVisible();
  await expect(inbox.locator(".toast")).toHaveCount(0);

  await inbox.unrouteAll({ behavior: "wait" });
  const again = await holdChanges(inbox);
  await row(inbox, "Slowly closed").click();
  await inbox.locator(".log").focus();
  await inbox.keyboard.press("e");
  await expect.poll(again.asked).toBe(1);
  await expect(inbox.locator(".toast")).toHaveCount(0);
  again.letGo();
  await expect(isSaid(inbox, /^Conversation closed/)).toBeVisible();
  expect(await statusOf(world, id)).toBe("closed");
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(row(inbox, "Slowly closed")).toBeVisible();
  await expect.poll(() => statusOf(world, id)).toBe("open");
});

test("news of a conversation that was on its way before one's own change does not take that back on the screen", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Changed by two");
  const { id } = await conversationWith(world, "Changed by two");
  const { asked, letGo } = await holdChanges(inbox);
  await inbox.locator(".log").focus();
  await inbox.keyboard.press("e");
  await expect(row(inbox, "Changed by two")).toHaveCount(0);
  await expect.poll(asked).toBe(1);
  // The server knows nothing of it yet, so it tells that it is open. What comes after that is told later.
  await api(world, "PATCH", `/api/conversations/${id}`, { priority: "urgent" });
  await world.write({ from: "Later <later@acts.example>", subject: "Told later", text: "Hello" });
  await expect(row(inbox, "Told later")).toBeVisible();
  await expect(row(inbox, "Changed by two")).toHaveCount(0);
  letGo();
  await expect(isSaid(inbox, /^Conversation closed/)).toBeVisible();
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(row(inbox, "Changed by two")).toBeVisible();
  await expect(row(inbox, "Changed by two"), "what a colleague did meanwhile is not lost").toContainText("Urgent");
  expect(await api(world, "GET", `/api/conversations/${id}`)).toMatchObject({ priority: "urgent" });
});

test("what was read before one's own change does not take that back on the screen", async ({
  browser,
  inbox,
  world,
}) => {
  // Without the service worker, whose requests no story can hold.
  const context = await browser.newContext({ serviceWorkers: "block", locale: "en-GB" });
  await context.addCookies(world.cookies);
  const page = await context.newPage();
  await page.goto(inbox.url());
  await open(page, world, "Read before");
  const { id } = await conversationWith(world, "Read before");
  let isRead = false;
  let giveOld = () => {};
  const gate = new Promise<void>((opened) => {
    giveOld = opened;
  });
  await page.route(CONVERSATION, async (route: Route) => {
    if (route.request().method() !== "GET") return route.fallback();
    const answer = await route.fetch();
    isRead = true;
    await gate;
    await route.fulfill({ response: answer });
  });
  await api(world, "POST", "/api/tags", { name: "asked-anew" }); // so is what is open
  await expect.poll(() => isRead).toBe(true);
  const { asked, letGo } = await holdChanges(page);
  await page.locator(".log").focus();
  await page.keyboard.press("Shift+I");
  const mine = page.locator(".threadhead").getByRole("button", { name: "Assigned to Amina Yusuf" });
  await expect(mine).toBeVisible();
  await expect.poll(asked).toBe(1);
  const old = page.waitForResponse((answer) => CONVERSATION.test(answer.url()) && answer.request().method() === "GET");
  giveOld();
  await (await old).finished();
  const isSteady = () =>
    mine.evaluate(async (button) => {
      for (let frame = 0; frame < 30; frame++) await new Promise(requestAnimationFrame);
      return button.isConnected && button.getAttribute("aria-label");
    });
  expect(await isSteady()).toBe("Assigned to Amina Yusuf");
  letGo();
  await expect
    .poll(async () => (await api(world, "GET", `/api/conversations/${id}`)).assignee_id)
    .toBe(world.beginning.myId);
  expect(await isSteady()).toBe("Assigned to Amina Yusuf");
  await context.close();
});

test("what is kept is said to be, with its way back, also where it was read meanwhile as it was before", async ({
  inbox,
  world,
}) => {
  const steps = inbox.getByRole("heading", { name: "Ready in four steps" });
  await expect(steps).toBeVisible();
  let isAsked = false;
  let letGo = () => {};
  const gate = new Promise<void>((opened) => {
    letGo = opened;
  });
  await inbox.route("**/api/users/me", async (route: Route) => {
    if (route.request().method() !== "PATCH") return route.fallback();
    isAsked = true;
    await gate;
    await route.continue();
  });
  await inbox.getByRole("button", { name: "Hide this list" }).click();
  await expect.poll(() => isAsked).toBe(true);
  const read = inbox.waitForResponse((answer) => answer.url().endsWith("/api/session"));
  const { id } = await api(world, "POST", "/api/teams", { name: "Made meanwhile" });
  await (await read).finished();
  letGo();
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(steps).toBeVisible();
  await api(world, "DELETE", `/api/teams/${id}`);
});

test("without a line an act says that it may not have been done, and nothing about what was written", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "In a tunnel");
  await inbox.context().setOffline(true);
  await inbox.locator(".log").focus();
  await inbox.keyboard.press("e");
  const said = inbox
    .getByRole("alert")
    .filter({ hasText: "The server cannot be reached, so this may not have been done." });
  await expect(said).toBeVisible();
  await expect(said).not.toContainText("wrote");
  await expect(row(inbox, "In a tunnel")).toBeVisible();
  await expect(isSaid(inbox, /^Conversation closed/)).toHaveCount(0);
  await inbox.context().setOffline(false);
});

test("what is done in the moment in which the page goes is done", async ({ inbox, world }) => {
  await open(inbox, world, "On the way out");
  const { id } = await conversationWith(world, "On the way out");
  const closes = inbox.getByRole("button", { name: "Close", exact: true });
  await closes.evaluate((button: HTMLElement) => {
    button.click();
    location.href = "about:blank";
  });
  await inbox.waitForURL("about:blank");
  await expect.poll(() => statusOf(world, id)).toBe("closed");
});
