/* A slow line: one sees what is still coming, the hands never wait, nothing goes twice, and nothing is said to be done before the server has it. */
import type { Page, Route } from "@playwright/test";
import { api, conversationWith } from "./checks";
import { open, reply } from "./composing";
import { expect, setUndoSend, test, type World } from "./fixtures";

/** Holds what matches on its way to the server until it is let go. */
async function hold(page: Page, method: string, path: RegExp): Promise<{ isAsked: () => boolean; letGo: () => void }> {
  let letGo = () => {};
  let isAsked = false;
  const gate = new Promise<void>((opened) => {
    letGo = opened;
  });
  await page.route(path, async (route: Route) => {
    if (route.request().method() !== method) return route.fallback();
    isAsked = true;
    await gate;
    await route.continue();
  });
  return { isAsked: () => isAsked, letGo };
}

const MESSAGES = /\/api\/conversations\/\d+\/messages$/;
const mails = (world: World, words: string) => world.mailbox.received.filter((mail) => mail.raw.includes(words)).length;
const answers = (page: Page, words: string) => page.getByRole("article").filter({ hasText: words });
const opened = (page: Page) => page.locator("[data-row][aria-current]");

test("at 400 kbit/s one sees what is coming, steps through the list, types and sends once", async ({
  inbox,
  world,
  browser,
}) => {
  test.setTimeout(240_000);
  for (const number of [1, 2, 3, 4])
    await world.write({
      from: `Tia ${number} <tia${number}@slow.example>`,
      subject: `Slow ${number}`,
      text: "How slow?",
    });
  await conversationWith(world, "Slow 4");
  await inbox.close();
  const context = await browser.newContext({ serviceWorkers: "block", locale: "en-GB", timezoneId: "Europe/Oslo" });
  await context.addCookies(world.cookies);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  const [latency, speed] = [400, 400_000 / 8];
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency,
    downloadThroughput: speed,
    uploadThroughput: speed,
  });
  // The list is asked for while the scripts come, and may be here before them: so it waits until one has seen where it will stand.
  const { letGo } = await hold(page, "GET", /\/api\/conversations\?/);
  await page.goto(`${world.innboks.url}/inbox/open`, { waitUntil: "commit" });
  await expect(page.locator(".skeleton").first()).toBeVisible({ timeout: 60_000 });
  letGo();
  await expect(page.locator("[data-row]")).toHaveCount(4, { timeout: 30_000 });
  await expect(page.locator(".skeleton")).toHaveCount(0);
  for (const number of [1, 2, 3]) {
    await page.keyboard.press("j");
    await expect(opened(page)).toHaveAttribute("aria-label", new RegExp(`Slow ${number}`));
  }
  await page.keyboard.press("k");
  await expect(opened(page)).toHaveAttribute("aria-label", /Slow 2/);
  await page.keyboard.press("r");
  await expect(page.locator(".composer [contenteditable], .composetext")).toBeFocused({ timeout: 20_000 });
  await page.keyboard.type("jkehu, slowly.");
  const send = page.getByRole("button", { name: "Send", exact: true });
  await send.dblclick();
  await expect(answers(page, "jkehu, slowly.").getByText("Sending", { exact: true })).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("jkehu, slowly.");
  await expect(answers(page, "jkehu, slowly.").getByText("Sent", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(answers(page, "jkehu, slowly.")).toHaveCount(1);
  expect(mails(world, "jkehu, slowly.")).toBe(1);
  await context.close();
});

test("while the server takes its time over an answer one goes on working, and it is sent when it is", async ({
  inbox,
  world,
}) => {
  await world.write({ from: "Next One <next@one.example>", subject: "Next in line", text: "Hello?" });
  await open(inbox, world, "Takes its time");
  const { isAsked, letGo } = await hold(inbox, "POST", MESSAGES);
  await reply(inbox).click();
  await inbox.keyboard.type("Have patience.");
  await inbox.keyboard.press("Control+Enter");
  await inbox.keyboard.press("Control+Enter");
  await expect.poll(isAsked).toBe(true);
  const answer = answers(inbox, "Have patience.");
  await expect(answer.getByText("Sending", { exact: true })).toBeVisible();
  await inbox.keyboard.type("And more of it.");
  await inbox.keyboard.press("Control+Enter");
  await inbox.keyboard.type("Not yet");
  await expect(reply(inbox)).toHaveText("Not yet");
  await inbox.keyboard.press("Escape");
  await inbox.keyboard.press("Escape");
  await inbox.keyboard.press("j");
  await expect(opened(inbox)).toBeVisible();
  await inbox.getByRole("link", { name: /Next in line/ }).click();
  await expect(inbox.getByRole("heading", { name: "Next in line" })).toBeVisible();
  await inbox.keyboard.press("e");
  await expect(inbox.getByTestId("rows").getByRole("link", { name: /Next in line/ })).toHaveCount(0);
  await inbox.getByRole("link", { name: /Takes its time/ }).click();
  await expect(answer.getByText("Sending", { exact: true })).toBeVisible();
  await expect(reply(inbox)).toHaveText("Not yet");
  await expect(inbox.getByRole("article").getByText("Sent", { exact: true })).toHaveCount(0);
  expect(mails(world, "Have patience.")).toBe(0);
  letGo();
  await world.mailbox.waitFor("And more of it.");
  await expect(answers(inbox, "And more of it.").getByText("Sent", { exact: true })).toBeVisible();
  const gone = world.mailbox.received.map(({ raw }) => /Have patience|And more of it|Not yet/.exec(raw)?.[0]);
  expect(gone).toEqual(["Have patience", "And more of it"]);
  await expect(reply(inbox)).toHaveText("Not yet");
});

test("a draft that is still on its way when its answer has left does not come back", async ({ inbox, world }) => {
  await open(inbox, world, "Late draft");
  const { id } = await conversationWith(world, "Late draft");
  const { isAsked, letGo } = await hold(inbox, "PUT", /\/draft\?mode=reply$/);
  await reply(inbox).click();
  await inbox.keyboard.type("Already sent.");
  await expect.poll(isAsked).toBe(true);
  await inbox.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("Already sent.");
  await expect(answers(inbox, "Already sent.").getByText("Sent", { exact: true })).toBeVisible();
  const dropped = inbox.waitForResponse(
    (answer) => answer.url().includes("/draft?") && answer.request().method() === "DELETE",
  );
  letGo();
  await dropped;
  expect(await api(world, "GET", `/api/conversations/${id}/draft?mode=reply`)).toBeFalsy();
  await inbox.reload();
  await expect(answers(inbox, "Already sent.")).toHaveCount(1);
  await expect(inbox.locator(".composetext.rich")).toBeVisible();
  await expect(reply(inbox)).toHaveText("");
});

test("nothing is called saved before it is, and what did not come through is as it was", async ({ inbox, world }) => {
  await open(inbox, world, "Stays open");
  await inbox.route(/\/api\/conversations\/\d+$/, (route) =>
    route.request().method() === "PATCH" ? route.abort() : route.fallback(),
  );
  const row = inbox.getByTestId("rows").getByRole("link", { name: /Stays open/ });
  await inbox.getByRole("button", { name: "Close", exact: true }).click();
  await expect(inbox.getByRole("alert").filter({ hasText: "The server cannot be reached" })).toBeVisible();
  await expect(row).toBeVisible();
  await expect(inbox.getByRole("status").filter({ hasText: /^Closed/ })).toHaveCount(0);
  await inbox.unroute(/\/api\/conversations\/\d+$/);

  await setUndoSend(world, 5);
  await inbox.goto(`${world.innboks.url}/settings/sending`);
  const { isAsked, letGo } = await hold(inbox, "PATCH", /\/api\/account$/);
  await inbox.getByLabel("Undo send").selectOption("30");
  await expect.poll(isAsked).toBe(true);
  await expect(inbox.getByText("Saved")).toHaveCount(0);
  letGo();
  await expect(inbox.getByText("Saved")).toBeVisible();
});
