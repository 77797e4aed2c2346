/* The first picture comes first: what the list can do without is not fetched before the list stands. */
import { expect, test } from "./fixtures";
import { ADMIN } from "./server";

const LATER = /\/assets\/(Thread|FirstSteps|notifications|spoken|takeover|later)-/;

test("threads, notifications and later words are fetched after the first list", async ({ browser, inbox, world }) => {
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
  for (const part of ["Thread", "notifications", "spoken"])
    await expect.poll(() => asked.some((url) => url.includes(`/assets/${part}-`)), { message: part }).toBe(true);
  await context.close();
});

test("a thread stands on the screen before others are told that it is read", async ({ inbox, world }) => {
  for (const name of ["Varde", "Skare"])
    await world.write({
      from: `${name} <${name.toLowerCase()}@haddad.example>`,
      subject: `${name} jacket`,
      text: `Is the ${name} back?`,
    });
  await inbox.locator("[data-row]", { hasText: "Varde jacket" }).click();
  await expect(inbox.getByRole("article").getByText("Is the Varde back?")).toBeVisible();
  // Fetched ahead, so that it is drawn in the moment in which it is opened.
  const ahead = inbox.waitForResponse(/\/api\/conversations\/\d+\/messages/);
  await inbox.locator("[data-row]", { hasText: "Skare jacket" }).hover();
  await ahead;
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

test("the list is asked for while the words are still on their way", async ({ browser, inbox, world }) => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  await context.addCookies(await inbox.context().cookies());
  const page = await context.newPage();
  await page.goto(`${world.innboks.url}/inbox/open`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const asked: string[] = [];
  page.on("request", (request) => void asked.push(new URL(request.url()).pathname));
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/assets\/en-/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${world.innboks.url}/inbox/open`, { waitUntil: "commit" });
  for (const path of ["/api/session", "/api/conversations", "/api/views"])
    await expect.poll(() => asked.includes(path), { message: path }).toBe(true);
  release();
  await expect(page.getByRole("navigation", { name: "Views" })).toBeVisible();
  expect(asked.filter((path) => path === "/api/conversations")).toHaveLength(1);
  await context.close();
});

test("a list that was asked for with a session that had ended is there after the sign-in", async ({
  browser,
  world,
}) => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  await context.addInitScript(() => localStorage.setItem("innboks.signed-in", "true"));
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
