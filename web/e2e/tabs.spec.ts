/* Several tabs of one person, and a page that is older than its server. */
import { expect, type Page } from "@playwright/test";
import { api } from "./checks";
import { open, reply } from "./composing";
import { signIn, test } from "./fixtures";
import { enter, person } from "./people";
import { openProxy } from "./proxy";
import { ADMIN } from "./server";

test("a tab that hangs with the stream in its hands is deposed by one that is looked at, and listens when it wakes", async ({
  inbox: leader,
  world,
}) => {
  // The stream begins after the first picture: the one that is to lead must have it before the other is there.
  const leads = async () =>
    (await navigator.locks.query()).held?.some(({ name = "" }) => name.startsWith("innboks.stream."));
  await expect.poll(() => leader.evaluate(leads)).toBe(true);
  const second = await leader.context().newPage();
  await second.clock.install();
  await second.goto(`${world.innboks.url}/inbox/open`);
  await expect(second.getByText("Live", { exact: true })).toBeVisible();
  await world.write({ from: "Tuva Berg <tuva@berg.example>", subject: "While it leads", text: "One" });
  await expect(second.getByRole("link", { name: /While it leads/ })).toBeVisible();

  const devtools = await leader.context().newCDPSession(leader);
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  const taken = second.waitForRequest("**/api/events");
  await second.clock.fastForward(70_000); // a minute of silence, and the next look
  expect((await taken).headers()["last-event-id"]).toBeTruthy();
  await world.write({ from: "Tuva Berg <tuva@berg.example>", subject: "While it hangs", text: "Two" });
  await expect(second.getByRole("link", { name: /While it hangs/ })).toBeVisible();

  let streams = 0;
  leader.on("request", (request) => {
    if (request.url().endsWith("/api/events")) streams++;
  });
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await world.write({ from: "Tuva Berg <tuva@berg.example>", subject: "Awake again", text: "Three" });
  await expect(leader.getByRole("link", { name: /Awake again/ })).toHaveCount(1);
  await expect(leader.getByRole("link", { name: /While it hangs/ })).toHaveCount(1);
  expect(streams).toBe(0);
  await second.close();
});

test("what happens while another tab opens is in it, although the stream tells it to the first one alone", async ({
  inbox: first,
  world,
}) => {
  const second = await first.context().newPage();
  // It has read its list, and is slow to begin to listen.
  await second.addInitScript(() => {
    const real = window.setTimeout;
    Object.assign(window, {
      requestAnimationFrame: () => 0,
      setTimeout: (run: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) =>
        real(run, ms === 1000 ? 8000 : ms, ...given),
    });
  });
  const read = [/\/api\/conversations\?/, /\/api\/inboxes$/].map((path) => second.waitForResponse(path));
  await second.goto(`${world.innboks.url}/inbox/open`);
  for (const answer of read) await (await answer).finished();
  const inbox = await api(world, "POST", "/api/inboxes", { name: "Between the tabs" });
  await world.write({ from: "Tuva Berg <tuva@berg.example>", subject: "In between", text: "One" });
  await expect(first.getByRole("link", { name: /In between/ })).toBeVisible();
  await expect(second.getByRole("link", { name: /In between/ })).toBeVisible({ timeout: 20_000 });
  await expect(second.getByRole("link", { name: "Between the tabs" })).toBeVisible();
  await api(world, "PATCH", `/api/inboxes/${inbox.id}`, { is_archived: true });
  await second.close();
});

test("a page that is older than the server says so, and keeps what was written over the reload", async ({
  inbox,
  world,
  browser,
}) => {
  await world.write({ from: "Siv Lie <siv@lie.example>", subject: "Older page", text: "Hello" });
  await expect(inbox.getByRole("link", { name: /Older page/ })).toBeVisible();
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

/** Another tab of the same browser, with the same conversation before it. */
async function secondTab(first: Page): Promise<Page> {
  const second = await first.context().newPage();
  await second.goto(first.url());
  await expect(second.getByText("Live", { exact: true })).toBeVisible();
  return second;
}

test("what is read in one tab is read in the others, and marked as unread too", async ({ inbox, world }) => {
  await world.write({ from: "Odd Nes <odd@nes.example>", subject: "Read once", text: "Hello" });
  const unread = { name: /^Unread.*Read once/ };
  const second = await secondTab(inbox);
  for (const tab of [inbox, second]) await expect(tab.getByRole("link", unread)).toBeVisible();
  await second.getByRole("link", unread).click();
  for (const tab of [inbox, second]) await expect(tab.getByRole("link", unread)).toHaveCount(0);
  await second.keyboard.press("u");
  for (const tab of [inbox, second]) await expect(tab.getByRole("link", unread)).toBeVisible();
  await second.close();
});

test("a draft goes along from tab to tab, and is gone from all when one has sent it", async ({ inbox, world }) => {
  await open(inbox, world, "Two composers");
  const second = await secondTab(inbox);
  await expect(second.locator(".composetext.rich")).toBeVisible();
  await reply(inbox).click();
  await inbox.keyboard.type("Begun in the first");
  await expect(reply(second)).toHaveText("Begun in the first");
  await reply(second).click();
  await second.keyboard.press("Control+End");
  await second.keyboard.type(" and ended in the second.");
  await second.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("Begun in the first and ended in the second.");
  await expect(second.getByRole("article")).toHaveCount(2);
  await expect(reply(second)).toHaveText("");
  // Nobody can send the same words from here once more.
  await expect(reply(inbox)).toHaveText("");
  await expect(inbox.getByText("A newer draft from another device:")).toHaveCount(0);
  for (const tab of [inbox, second]) {
    await tab.reload();
    await expect(tab.getByRole("article")).toHaveCount(2);
    await expect(tab.locator(".composetext.rich")).toBeVisible();
    await expect(reply(tab)).toHaveText("");
  }
  await second.close();
});

test("who signs out of one tab is signed out of all, and the next person meets nothing of theirs", async ({
  page: first,
  world,
}) => {
  await person(world, "Sigrid Moe");
  await signIn(first, world.innboks.url);
  await open(first, world, "Shared computer");
  const second = await secondTab(first);
  await reply(second).click();
  await second.keyboard.type("Not to be lost");
  const signOut = async () => {
    await first.getByRole("button", { name: /preferences$/ }).click();
    await first.getByRole("menuitem", { name: "Sign out" }).click();
    for (const tab of [first, second]) await tab.waitForURL("**/sign-in");
  };
  await signOut();
  await expect(second.getByText("Shared computer")).toHaveCount(0);

  // Whoever signs in next is signed in in all of them.
  await enter(first, world, "sigrid@tindra.example");
  await second.waitForURL("**/inbox/open");
  await expect(second.getByRole("button", { name: /^Sigrid Moe/ })).toBeVisible();
  await second.getByRole("link", { name: /Shared computer/ }).click();
  await expect(second.locator(".composetext.rich")).toBeVisible();
  await expect(reply(second)).toHaveText("");

  // And so for whoever comes after them: no tab goes on in another one's name.
  await signOut();
  await signIn(first, world.innboks.url);
  await expect(second.getByRole("button", { name: /^Amina Yusuf/ })).toBeVisible();
  await first.getByRole("link", { name: /Shared computer/ }).click();
  await expect(reply(first)).toHaveText("Not to be lost");
  await second.close();
});

test("a session that ended is ended in every tab, and begins again in every tab with one password", async ({
  page: first,
  world,
}) => {
  await signIn(first, world.innboks.url);
  await open(first, world, "Ended session");
  const second = await secondTab(first);
  await expect(second.getByRole("article")).toHaveCount(1);
  await first.context().clearCookies();
  const dialog = { name: "Sign in again" };
  // Without looking at what covers it: the tab may have been told by something that it asks for by itself.
  await first.locator(".threadhead .closeit").dispatchEvent("click");
  for (const tab of [first, second]) await expect(tab.getByRole("dialog", dialog)).toBeVisible();
  await second.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await second.getByRole("dialog", dialog).getByRole("button", { name: "Sign in" }).click();
  for (const tab of [second, first]) await expect(tab.getByRole("dialog", dialog)).toHaveCount(0);
  await world.write({ from: "Odd Nes <odd@nes.example>", subject: "Heard again", text: "Hello" });
  for (const tab of [second, first]) await expect(tab.getByRole("link", { name: /Heard again/ })).toBeVisible();
  await second.close();
});

test("what waits in a tab that is closed is asked about at the sign-out, and sent by a tab that is left", async ({
  inbox: first,
  world,
}) => {
  await open(first, world, "Closed too soon");
  const second = await secondTab(first);
  await expect(second.locator(".composetext.rich")).toBeVisible();
  await second.route("**/api/conversations/*/messages", (route) =>
    route.request().method() === "POST" ? route.abort() : route.fallback(),
  );
  await reply(second).click();
  await second.keyboard.type("Sent before I went.");
  await second.keyboard.press("Control+Enter");
  await expect(second.getByText("Waiting for connection")).toBeVisible();
  await first.getByRole("button", { name: /preferences$/ }).click();
  await first.getByRole("menuitem", { name: "Sign out" }).click();
  const dialog = first.getByRole("dialog", { name: "Something has not been sent yet" });
  await expect(dialog).toContainText("1 message waits on this computer");
  await dialog.getByRole("button", { name: "Stay signed in" }).click();
  expect(world.mailbox.received).toHaveLength(0);
  await second.close();
  await world.mailbox.waitFor("Sent before I went.");
  await expect(first.getByRole("article").filter({ hasText: "Sent before I went." })).toHaveCount(1);
  await expect(first.getByRole("article").getByText("Sent", { exact: true })).toBeVisible();
  expect(world.mailbox.received.filter((mail) => mail.raw.includes("Sent before I went."))).toHaveLength(1);
});
