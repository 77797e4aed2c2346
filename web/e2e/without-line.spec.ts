/* What is opened while there is no line and was not read before: that it comes later is said at once and once, writing goes on, and it comes by itself. */
import type { Browser, Page } from "@playwright/test";
import { axe, conversationWith, pressOf } from "./checks";
import { reply } from "./composing";
import { expect, test, type World } from "./fixtures";
import { openProxy } from "./proxy";

const LATER = "This is not on this computer yet. It comes by itself when the connection is back.";

/** The list, read to the end of what is fetched ahead, and the line behind it. */
async function listBehind(world: World, browser: Browser) {
  for (const subject of ["Never read", "Read before"])
    await world.write({ from: "Runa Vik <runa@vik.example>", subject, text: `About ${subject}` });
  await conversationWith(world, "Never read");
  await conversationWith(world, "Read before");
  const proxy = await openProxy(world.innboks.url);
  const context = await browser.newContext({ locale: "en-GB", serviceWorkers: "block", reducedMotion: "reduce" });
  await context.addCookies(world.cookies);
  const page = await context.newPage();
  const isPressed = await pressOf(page, "Try now");
  await page.goto(`${proxy.url}/inbox/open`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const isHere = (name: string) =>
    page.evaluate((part) => performance.getEntriesByType("resource").some((one) => one.name.includes(part)), name);
  for (const part of ["ContactPane", "SearchPage", "Writing", "RichEditor"])
    await expect.poll(() => isHere(part), { message: part }).toBe(true);
  const cut = async () => {
    proxy.isCut = true;
    proxy.breakAll();
    await expect(page.getByText("Connecting", { exact: true })).toBeVisible();
  };
  /** The line is there again, and is found by the press, for what the page tries by itself comes to nothing until then. */
  const press = async () => {
    await page.route("**/api/**", async (route) => ((await isPressed()) ? route.continue() : route.abort()));
    proxy.isCut = false;
    await tryNow(page).click();
  };
  const close = async () => {
    await page.unrouteAll({ behavior: "wait" });
    await context.close();
    await proxy.close();
  };
  return { page, cut, press, close };
}

/** In the plain field, or in the rich one that takes its place as soon as it can be fetched. */
const written = (page: Page) =>
  reply(page).evaluate((field) =>
    field instanceof HTMLTextAreaElement ? field.value : (field.textContent ?? "").trim(),
  );

const tryNow = (page: Page) => page.getByRole("button", { name: "Try now" });

test("a conversation that was not read before keeps its composer without a line, and comes by itself", async ({
  browser,
  inbox,
  world,
}) => {
  await expect(inbox.getByText("Live", { exact: true })).toBeVisible();
  const { page, cut, press, close } = await listBehind(world, browser);
  await cut();
  await page
    .getByTestId("rows")
    .getByRole("link", { name: /Never read/ })
    .click();
  const thread = page.locator("[data-pane=thread]");
  // At once: before the second try in vain, and without a banner over the page.
  await expect(thread.getByText(LATER)).toBeVisible({ timeout: 2000 });
  await expect(thread.locator(".skeleton")).toHaveCount(0);
  const about = page.locator("[data-pane=context]");
  await expect(about.getByText(LATER)).toHaveCount(1);
  await expect(about.getByRole("alert")).toHaveCount(0);
  await reply(page).click();
  await page.keyboard.type("Written meanwhile");
  // All tries were in vain by the time that the banner stands: what stood there still does.
  await expect(tryNow(page)).toBeVisible({ timeout: 20_000 });
  const failed = () => page.evaluate(() => document.querySelectorAll("[role=alert] p").length);
  await expect.poll(failed).toBe(0);
  await expect(thread.getByText(LATER)).toBeVisible();
  await expect.poll(() => written(page)).toBe("Written meanwhile");
  await expect(reply(page)).toBeFocused();
  await axe(page, "a conversation that comes later");

  await press();
  await expect(thread.getByText("About Never read")).toBeVisible();
  await expect(page.getByText(LATER)).toHaveCount(0);
  await expect(about.getByText("runa@vik.example")).toBeVisible();
  await expect.poll(() => written(page)).toBe("Written meanwhile");
  await close();
});

test("the search opens without a line, tells once that there is none, and finds when it is back", async ({
  browser,
  inbox,
  world,
}) => {
  await expect(inbox.getByText("Live", { exact: true })).toBeVisible();
  const { page, cut, press, close } = await listBehind(world, browser);
  await cut();
  await page.keyboard.press("/");
  await page.getByRole("textbox", { name: "Search" }).fill("read");
  await expect(page.getByText(LATER)).toBeVisible();
  await expect(tryNow(page)).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("status").filter({ hasText: "No connection" })).toHaveCount(1);
  await expect(page.getByRole("alert").filter({ hasText: "cannot be reached" })).toHaveCount(0);
  await press();
  await expect(page.getByRole("link", { name: /Never read/ }).first()).toBeVisible();
  await expect(page.getByText(LATER)).toHaveCount(0);
  await close();
});
