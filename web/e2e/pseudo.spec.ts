/* The main screens in a language whose words are two fifths longer: nothing is cut, nothing lies over another, and nobody scrolls sideways. */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { conversationWith, cutTexts, SECTIONS } from "./checks";
import { expect, test } from "./fixtures";
import { overlaps, speakPseudo } from "./pseudo";

const SIZES = [
  [1440, 900],
  [768, 1024],
  [360, 740],
] as const;

async function check(page: Page, name: string): Promise<void> {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    const where = `${name} at ${width}`;
    expect.soft(await cutTexts(page), `${where}: cut`).toEqual([]);
    expect.soft(await overlaps(page), `${where}: over each other`).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect.soft(overflow, `${where}: sideways`).toBeLessThanOrEqual(0);
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `pseudo-${name}-${width}.png`) });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test("words that are two fifths longer break no screen", async ({ browser, inbox, world }) => {
  test.setTimeout(240_000);
  await world.write({ from: "Una Moe <una@moe.example>", subject: "Longer words", text: "Hello" });
  const { id } = await conversationWith(world, "Longer words");
  await inbox.close();
  const context = await browser.newContext({ serviceWorkers: "block", reducedMotion: "reduce", locale: "en-GB" });
  await context.addCookies(world.cookies);
  const page = await context.newPage();
  await page.setViewportSize({ width: 1440, height: 900 });
  await speakPseudo(page);
  const at = async (path: string, name = path.replaceAll(/[/?=]/g, "-")) => {
    await page.goto(`${world.innboks.url}/${path}`);
    await page.locator("h1, h2").first().waitFor();
    await check(page, name);
  };
  await page.goto(`${world.innboks.url}/inbox/open`);
  await expect(page.getByRole("heading", { level: 1, name: /^Åll øpën/ })).toBeVisible();
  await at("inbox/open");
  await page.goto(`${world.innboks.url}/inbox/open/${id}`);
  await page.locator("article.mail").waitFor();
  await page.locator(".composer [contenteditable=true]").waitFor();
  await check(page, "thread");
  for (const path of ["contacts", "contacts/import", "search?q=hello", "notifications", "radar", "waiting"])
    await at(path);
  for (const section of SECTIONS) await at(`settings/${section}`);
  await page.goto(`${world.innboks.url}/settings/channels`);
  // What a channel is called comes from the server.
  await page
    .getByRole("button", { name: /^Email/ })
    .first()
    .click();
  await page.locator("h1").first().waitFor();
  await check(page, "wizard");
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.locator("[data-row]").first().waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await check(page, "keys");
  await context.close();

  const guest = await browser.newContext({ serviceWorkers: "block", locale: "en-GB" });
  const door = await guest.newPage();
  await speakPseudo(door);
  await door.goto(`${world.innboks.url}/sign-in`);
  await door.getByRole("button", { name: /^Sïgn ïn/ }).waitFor();
  await check(door, "sign-in");
  await guest.close();
});
