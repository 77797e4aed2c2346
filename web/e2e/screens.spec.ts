/* Every screen in light and dark through axe, and at phone width without sideways scroll. With SHOTS=folder it keeps the pictures. */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { axe, cutTexts, SECTIONS } from "./checks";
import { expect, fillComposer, test } from "./fixtures";

const SHOTS = process.env.SHOTS;
const WIDTHS = [1440, 1024, 360, 320];

async function check(page: Page, name: string): Promise<void> {
  await axe(page, name, [], async (theme) => {
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}-${theme}.png`) });
  });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width < 600 ? 740 : 900 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect.soft(overflow, `${name} at ${width}`).toBeLessThanOrEqual(0);
    if (SHOTS && width !== 1440) await page.screenshot({ path: join(SHOTS, `${name}-${width}.png`) });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test("the inbox, a thread, menus and the key sheet", async ({ inbox, world }) => {
  test.setTimeout(360_000);
  const long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
  await world.write({
    from: `${long} <long@names.example>`,
    subject: `${long} ${long}`,
    text: `${long} ${"word ".repeat(80)}`,
    messageId: "<long-1@names.example>",
  });
  await inbox.getByRole("link", { name: new RegExp(long) }).waitFor();
  await check(inbox, "list");
  await inbox.getByRole("link", { name: new RegExp(long) }).click();
  await inbox.getByRole("article").waitFor();
  await inbox.getByRole("tab", { name: "Comment" }).click();
  await fillComposer(inbox, /^Comment/, "A note");
  await inbox.keyboard.press("Control+Enter");
  await inbox.getByRole("article", { name: /^Internal comment/ }).waitFor();
  await check(inbox, "comment");
  await inbox.getByRole("tab", { name: "Reply" }).click();
  await fillComposer(inbox, /^Reply through/, "An answer");
  await check(inbox, "thread");
  await inbox.keyboard.press("Escape");
  await inbox.keyboard.press("i");
  await inbox.getByRole("listbox").waitFor();
  await check(inbox, "picker");
  await inbox.keyboard.press("Escape");
  await inbox.keyboard.press("?");
  await inbox.getByRole("dialog").waitFor();
  await check(inbox, "keys");
});

test("the settings", async ({ inbox, world }) => {
  test.setTimeout(360_000);
  for (const section of ["channels", "availability", "hours", "tags", "quarantine", "profile", "sessions", "tokens"]) {
    await inbox.goto(`${world.innboks.url}/settings/${section}`);
    await inbox.getByRole("heading", { level: 1 }).waitFor();
    await expect(inbox.locator("[aria-busy=true]")).toHaveCount(0);
    await check(inbox, `settings-${section}`);
  }
  await inbox.goto(`${world.innboks.url}/settings/channels`);
  await inbox.getByRole("button", { name: "Edit: Support mail" }).click();
  await inbox.getByLabel("Name in the inbox").waitFor();
  await check(inbox, "settings-channel");
  await inbox.goto(`${world.innboks.url}/settings/channels`);
  await inbox
    .getByRole("list", { name: "Add more" })
    .getByRole("button", { name: /^Email/ })
    .click();
  await inbox.getByLabel("Name in the inbox").waitFor();
  await check(inbox, "settings-connect");
});

test("the sign-in, and everything in Norwegian", async ({ page, inbox, world, browser }) => {
  test.setTimeout(240_000);
  const context = await browser.newContext({ locale: "nb-NO", viewport: { width: 1440, height: 900 } });
  const fresh = await context.newPage();
  await fresh.goto(world.innboks.url);
  await expect(fresh.getByRole("button", { name: "Logg inn" })).toBeVisible();
  await expect(fresh.locator("html")).toHaveAttribute("lang", "nb");
  await check(fresh, "sign-in");
  await context.close();

  await inbox
    .getByRole("button", { name: /Amina Yusuf/ })
    .first()
    .click();
  await inbox.getByRole("menuitemcheckbox", { name: "Norsk bokmål" }).click();
  await expect(inbox.getByRole("heading", { name: "Alle åpne" })).toBeVisible();
  await check(page, "norwegian");
  const paths = ["inbox/open", "contacts", "contacts/import", "search?q=telt", "notifications", "radar", "waiting"];
  for (const path of [...paths, ...SECTIONS.map((one) => `settings/${one}`)]) {
    await inbox.goto(`${world.innboks.url}/${path}`);
    await inbox.locator("h1, h2").first().waitFor();
    await expect(inbox.locator("[aria-busy=true]")).toHaveCount(0);
    for (const width of [360, 1440]) {
      await inbox.setViewportSize({ width, height: 900 });
      expect.soft(await cutTexts(inbox), `${path} at ${width}`).toEqual([]);
      const overflow = await inbox.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect.soft(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
  await inbox.goto(`${world.innboks.url}/inbox/open`);
  await inbox
    .getByRole("button", { name: /Amina Yusuf/ })
    .first()
    .click();
  await inbox.getByRole("menuitemcheckbox", { name: "English" }).click();
  await expect(inbox.getByRole("heading", { name: "All open" })).toBeVisible();
});

test("on a wide screen what belongs together stands together", async ({ inbox, world }) => {
  await world.write({ from: "Vida Moe <vida@wide.example>", subject: "A wide screen", text: "Hello" });
  await inbox.setViewportSize({ width: 2560, height: 1300 });
  await inbox.getByRole("link", { name: /A wide screen/ }).click();
  const box = async (selector: string) => {
    const { x, width } = await inbox
      .locator(selector)
      .first()
      .evaluate((element) => element.getBoundingClientRect());
    return { width, middle: Math.round(x + width / 2) };
  };
  await inbox.locator(".composetext.rich").waitFor();
  const [thread, mail, composer] = await Promise.all([box("[data-pane=thread]"), box(".mail"), box(".composer")]);
  expect(mail.width).toBeLessThanOrEqual(1060);
  expect(composer.width).toBeLessThanOrEqual(1060);
  // The scroll bar takes its part of the log.
  expect(Math.abs(mail.middle - thread.middle)).toBeLessThanOrEqual(8);
  expect(Math.abs(composer.middle - thread.middle)).toBeLessThanOrEqual(1);
  await inbox.goto(`${world.innboks.url}/settings/profile`);
  const heading = inbox.getByRole("heading", { level: 1 });
  const nav = inbox.getByRole("navigation", { name: "Settings" }).first();
  await expect(heading).toBeVisible();
  const [from, to] = await Promise.all([nav.boundingBox(), heading.boundingBox()]);
  expect((to?.x ?? 0) - ((from?.x ?? 0) + (from?.width ?? 0))).toBeLessThanOrEqual(48);
});
