/* The first picture comes first: what the list can do without is not fetched before the list stands. */
import { api, conversationWith } from "./checks";
import { expect, test } from "./fixtures";
import { ADMIN } from "./server";

const LATER =
  /\/assets\/(Thread|FirstSteps|notifications|spoken|takeover|later)-|\/api\/(radar|notifications|presence|events|tags|users\/)/;

test("threads, later words, what is stuck, unread and live are asked for after the first list", async ({
  browser,
  inbox,
  world,
}) => {
  // Without the service worker, whose requests no story can hold.
  const context = await browser.newContext({ serviceWorkers: "block" });
  await context.addCookies(await inbox.context().cookies());
  const page = await context.newPage();
  const asked: string[] = [];
  page.on("request", (request) => void asked.push(request.url()));
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/api\/conversations\?/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${world.innboks.url}/inbox/open`, { waitUntil: "commit" });
  await expect.poll(() => asked.some((url) => url.includes("/api/conversations?"))).toBe(true);
  await expect(page.getByRole("navigation", { name: "Views" })).toBeVisible();
  expect(asked.filter((url) => LATER.test(url))).toEqual([]);
  release();
  for (const part of ["/assets/Thread-", "/assets/notifications-", "/assets/spoken-", "/api/radar", "/api/events"])
    await expect.poll(() => asked.some((url) => url.includes(part)), { message: part }).toBe(true);
  await context.close();
});

test("a thread stands on the screen before others are told that it is read", async ({ inbox, world }) => {
  for (const name of ["Varde", "Skare"])
    await world.write({
      from: `${name} <${name.toLowerCase()}@haddad.example>`,
      subject: `${name} jacket`,
      text: `Is the ${name} back?`,
    });
  const { id } = await conversationWith(world, "Skare jacket");
  // Fetched ahead, so that it is drawn in the moment in which it is opened: as the next one of what is open, or under the pointer.
  const ahead = inbox.waitForResponse((answer) => answer.url().includes(`/api/conversations/${id}/messages`));
  await inbox.locator("[data-row]", { hasText: "Varde jacket" }).click();
  await expect(inbox.getByRole("article").getByText("Is the Varde back?")).toBeVisible();
  await inbox.locator("[data-row]", { hasText: "Skare jacket" }).hover();
  await (await ahead).finished();
  const toldBefore = await inbox.evaluate(
    () =>
      new Promise<string[]>((done) => {
        const told: string[] = [];
        const { fetch } = window;
        window.fetch = (...asked) => {
          if (String(asked[0]).endsWith("/presence")) told.push(String(asked[0]));
          return fetch(...asked);
        };
        const look = () => {
          const isThere = document
            .querySelector("[data-pane=thread] article")
            ?.textContent?.includes("Is the Skare back?");
          if (!isThere) return void requestAnimationFrame(look);
          window.fetch = fetch;
          done(told);
        };
        requestAnimationFrame(look);
        [...document.querySelectorAll<HTMLElement>("[data-row]")]
          .find((row) => row.textContent?.includes("Skare jacket"))
          ?.click();
      }),
  );
  expect(toldBefore).toEqual([]);
});

test("the first page is asked for while the scripts are still on their way, and each answer once", async ({
  browser,
  inbox,
  world,
}) => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  await context.addCookies(await inbox.context().cookies());
  const page = await context.newPage();
  const asked: string[] = [];
  page.on("request", (request) => void asked.push(new URL(request.url()).pathname));
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/assets\/(app|vendor)-.*\.js/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${world.innboks.url}/inbox/open`, { waitUntil: "commit" });
  const first = [
    "session",
    "conversations",
    "views",
    "channels",
    "users",
    "channel-accounts",
    "inboxes",
    "saved-views",
  ];
  for (const name of first)
    await expect.poll(() => asked.filter((path) => path === `/api/${name}`), { message: name }).toHaveLength(1);
  await expect.poll(() => asked.some((path) => /\/assets\/en-/.test(path))).toBe(true);
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("light");
  let isLive = false;
  const repeated: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    isLive ||= pathname === "/api/events"; // its greeting has everything read once more
    if (!isLive && first.some((name) => pathname === `/api/${name}`)) repeated.push(pathname);
  });
  release();
  await expect(page.getByRole("navigation", { name: "Views" })).toBeVisible();
  await expect.poll(() => isLive).toBe(true);
  expect(repeated).toEqual([]);
  await context.close();
});

test("a list that was asked for with a session that had ended is there after the sign-in", async ({
  browser,
  world,
}) => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  await context.addCookies([{ name: "innboks_here", value: "1", url: world.innboks.url }]);
  const page = await context.newPage();
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "All open" })).toBeVisible();
  await page.getByRole("link", { name: "Settings" }).first().click();
  await page.getByRole("navigation", { name: "Settings" }).first().getByRole("link", { name: "Channels" }).click();
  await expect(page.getByRole("list", { name: "Add more" }).getByRole("button", { name: /^Email/ })).toBeVisible();
  await context.close();
});

test("what is typed while palette and picker are being fetched stands in their field", async ({
  browser,
  inbox,
  world,
}) => {
  await world.write({ from: "Kari Lie <kari@early.example>", subject: "Early keys", text: "Hello" });
  const context = await browser.newContext({ serviceWorkers: "block" });
  await context.addCookies(await inbox.context().cookies());
  const page = await context.newPage();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/assets\/(Palette|Pickers|PopoverContent)-.*\.js/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: /Early keys/ }).click();
  await expect(page.getByRole("heading", { name: "Early keys" })).toBeVisible();

  await page.keyboard.press("i");
  await page.keyboard.type("eminx");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Escape");
  await page.keyboard.press("i");
  await page.keyboard.type("amin");
  release();
  const field = page.getByRole("combobox", { name: "Assign" });
  await expect(field).toHaveValue("amin");
  await page.keyboard.type("a");
  await expect(field).toHaveValue("amina");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Assigned to Amina Yusuf" })).toBeVisible();
  // None of the letters closed, snoozed or muted the conversation behind the picker.
  await expect(page.getByRole("button", { name: "Close", exact: true })).toBeVisible();
  await context.close();
});

test("what is typed while the line to find words in is being fetched stands in it", async ({
  browser,
  inbox,
  world,
}) => {
  await world.write({ from: "Kari Lie <kari@early.example>", subject: "Early find", text: "Where is my order?" });
  const context = await browser.newContext({ serviceWorkers: "block" });
  await context.addCookies(await inbox.context().cookies());
  const page = await context.newPage();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/assets\/FindBar-.*\.js/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: /Early find/ }).click();
  await expect(page.getByRole("article")).toHaveCount(1);
  await page.keyboard.press("Control+f");
  await page.keyboard.type("orde");
  release();
  const field = page.getByRole("textbox", { name: "Find in this conversation" });
  await expect(field).toHaveValue("orde");
  await page.keyboard.type("r");
  await expect(field).toHaveValue("order");
  // None of the letters answered, closed or snoozed it.
  await expect(page.getByRole("button", { name: "Close", exact: true }).first()).toBeVisible();
  await expect(page.getByRole("textbox", { name: /^Reply through/ })).toHaveText("");
  await context.close();
});

test("a picker has its width while its list is being fetched", async ({ browser, inbox, world }) => {
  await world.write({ from: "Kari Lie <kari@early.example>", subject: "Early picker", text: "Hello" });
  const context = await browser.newContext({ serviceWorkers: "block" });
  await context.addCookies(await inbox.context().cookies());
  const page = await context.newPage();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/assets\/Pickers-.*\.js/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: /Early picker/ }).click();
  await expect(page.getByRole("heading", { name: "Early picker" })).toBeVisible();
  await page.keyboard.press("i");
  const panel = page.getByRole("dialog", { name: "Assign" });
  await expect(panel.locator(".skeleton").first()).toBeVisible();
  const { width } = (await panel.boundingBox()) ?? { width: 0 };
  release();
  await expect(panel.getByRole("combobox")).toBeVisible();
  expect(await panel.boundingBox()).toMatchObject({ width });
  await context.close();
});

test("what is typed behind / while the search is being fetched stands in its line, and does nothing to the conversation", async ({
  browser,
  inbox,
  world,
}) => {
  await world.write({ from: "Kari Lie <kari@early.example>", subject: "Early search", text: "Where is my tent?" });
  const context = await browser.newContext({ serviceWorkers: "block" });
  await context.addCookies(await inbox.context().cookies());
  const page = await context.newPage();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/assets\/SearchPage-.*\.js/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: /Early search/ }).click();
  await expect(page.getByRole("article")).toHaveCount(1);
  await page.locator("[data-pane=thread]").focus();
  await page.keyboard.press("/");
  await page.keyboard.type("he");
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/inbox\/open\/\d+$/);
  await expect(page.getByRole("button", { name: "Close", exact: true })).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("tenx");
  await page.keyboard.press("Backspace");
  // One sees that a page is coming.
  await expect(page.locator("main .skeleton").first()).toBeVisible();
  release();
  const field = page.getByRole("textbox", { name: "Search messages, people and files" });
  await expect(field).toHaveValue("ten");
  await expect(field).toBeFocused();
  await page.keyboard.type("t");
  await expect(field).toHaveValue("tent");
  await expect(page.getByRole("link", { name: /Early search/ })).toBeVisible();
  await expect(page).toHaveURL(/\/search\?q=tent$/);
  const { items } = await api(world, "GET", "/api/conversations?view=open");
  expect(items.map((one: { subject: string }) => one.subject)).toEqual(["Early search"]);
  await context.close();
});
