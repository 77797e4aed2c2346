/* The first picture comes first: what the list can do without is not fetched before the list stands. */
import { expect, test } from "./fixtures";

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
