/* Several tabs of one person, and a page that is older than its server. */
import { expect } from "@playwright/test";
import { test } from "./fixtures";
import { openProxy } from "./proxy";

test("a tab that hangs with the stream in its hands is deposed by one that is looked at, and listens when it wakes", async ({
  inbox: leader,
  world,
}) => {
  const second = await leader.context().newPage();
  await second.clock.install();
  await second.goto(`${world.innboks.url}/inbox/open`);
  await expect(second.getByText("Live", { exact: true })).toBeVisible();
  await world.write({ from: "Tuva Berg <tuva@berg.example>", subject: "While it leads", text: "One" });
  await expect(second.getByRole("link", { name: /While it leads/ })).toBeVisible({ timeout: 15_000 });

  const devtools = await leader.context().newCDPSession(leader);
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  const taken = second.waitForRequest("**/api/events");
  await second.clock.fastForward(70_000); // a minute of silence, and the next look
  expect((await taken).headers()["last-event-id"]).toBeTruthy();
  await world.write({ from: "Tuva Berg <tuva@berg.example>", subject: "While it hangs", text: "Two" });
  await expect(second.getByRole("link", { name: /While it hangs/ })).toBeVisible({ timeout: 15_000 });

  let streams = 0;
  leader.on("request", (request) => {
    if (request.url().endsWith("/api/events")) streams++;
  });
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await world.write({ from: "Tuva Berg <tuva@berg.example>", subject: "Awake again", text: "Three" });
  await expect(leader.getByRole("link", { name: /Awake again/ })).toHaveCount(1, { timeout: 15_000 });
  await expect(leader.getByRole("link", { name: /While it hangs/ })).toHaveCount(1);
  expect(streams).toBe(0);
  await second.close();
});

test("a page that is older than the server says so, and keeps what was written over the reload", async ({
  inbox,
  world,
  browser,
}) => {
  await world.write({ from: "Siv Lie <siv@lie.example>", subject: "Older page", text: "Hello" });
  await expect(inbox.getByRole("link", { name: /Older page/ })).toBeVisible({ timeout: 15_000 });
  const context = await browser.newContext({ serviceWorkers: "block" });
  await context.addCookies(world.cookies);
  const page = await context.newPage();
  const proxy = await openProxy(world.innboks.url);
  await page.goto(`${proxy.url}/inbox/open`);
  await page.getByRole("link", { name: /Older page/ }).click();
  await page.locator(".composer [contenteditable=true]").waitFor();
  const saved = page.waitForResponse(
    (answer) => answer.url().includes("/draft") && answer.request().method() === "PUT",
  );
  await page.getByRole("textbox", { name: /^Reply through/ }).fill("Half a thought");
  await saved;
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const banner = page.getByText("A new version is ready");
  // The same page: nothing to say.
  const looked = page.waitForResponse(`${proxy.url}/`);
  proxy.breakAll();
  await looked;
  await expect(banner).toHaveCount(0);
  // Another one.
  await page.route(`${proxy.url}/`, (route) =>
    route.fulfill({ contentType: "text/html", body: '<script type="module" src="/assets/index-newer.js"></script>' }),
  );
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  proxy.breakAll();
  await expect(banner).toBeVisible({ timeout: 30_000 });
  await page.getByRole("button", { name: "Reload", exact: true }).click();
  await expect(page.getByRole("textbox", { name: /^Reply through/ })).toHaveText("Half a thought");
  await expect(banner).toHaveCount(0);
  await context.close();
  await proxy.close();
});
