/* With the spacing of text that readers may set (WCAG 1.4.12) every word is still there: none is cut off, none lies over another, and nobody scrolls sideways. */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { conversationWith, cutTexts } from "./checks";
import { expect, fillComposer, test } from "./fixtures";
import { overlaps } from "./pseudo";

const SPACED = `* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
  p { margin-block-end: 2em !important; }`;

/** Words that lie over other words, or of which a box that does not scroll hides a part above or below. */
const spilled = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = [];
    const texts: { words: string; box: DOMRect; element: Element }[] = [];
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      const element = node.parentElement;
      const words = node.textContent?.trim();
      if (!element || !words || element.closest(".sr, .skip, [aria-hidden=true]")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      let box = range.getBoundingClientRect();
      const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      if (box.width < 2 || !hit || !(hit.contains(element) || element.contains(hit))) continue;
      for (let pane: Element | null = element; pane && pane !== document.body; pane = pane.parentElement) {
        const { overflowY } = getComputedStyle(pane);
        if (/auto|scroll/.test(overflowY)) break;
        const { top, bottom, right } = pane.getBoundingClientRect();
        // What is shortened at the end of its line stands there no longer.
        if (overflowY !== "visible")
          box = new DOMRect(box.left, box.top, Math.min(box.right, right) - box.left, box.height);
        if (overflowY !== "visible" && (box.top < top - 2 || box.bottom > bottom + 2)) found.push(`cut: ${words}`);
      }
      texts.push({ words, box, element });
    }
    for (const [at, one] of texts.entries())
      for (const other of texts.slice(at + 1)) {
        const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        const isLine = one.element.contains(other.element) || other.element.contains(one.element);
        if (wide > 2 && high > 3 && !isLine) found.push(`“${one.words}” over “${other.words}”`);
      }
    return found;
  });

/** `isPage`: nothing lies over it. */
async function check(page: Page, name: string, isPage = true): Promise<void> {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await expect(page.locator("body")).toHaveCSS("word-spacing", "2.08px"); // it holds here
  for (const [width, height] of [
    [1440, 900],
    [360, 740],
  ] as const) {
    await page.setViewportSize({ width, height });
    const where = `${name} at ${width}`;
    expect.soft(await cutTexts(page), `${where}: cut`).toEqual([]);
    expect.soft(await spilled(page), `${where}: spilled`).toEqual([]);
    if (isPage) expect.soft(await overlaps(page), `${where}: over each other`).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect.soft(overflow, `${where}: sideways`).toBeLessThanOrEqual(0);
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `spacing-${name}-${width}.png`) });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test("with wider spacing of text nothing is cut off, and nothing lies over another", async ({ inbox, world }) => {
  test.setTimeout(360_000);
  for (const name of ["Una Moe", "Ola Moe"])
    await world.write({
      from: `${name} <${name.replace(" ", ".")}@moe.example>`,
      subject: `Spacing for ${name}`,
      text: "Hello\n\nThe zip of my tent is broken.\n\nWhat now?",
    });
  const { id } = await conversationWith(world, "Spacing for Una Moe");
  await conversationWith(world, "Spacing for Ola Moe");
  await inbox.addInitScript((css) => {
    if (self !== top) return; // mails are not ours
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets.push(sheet);
  }, SPACED);
  const { url } = world.innboks;
  const at = async (path: string) => {
    await inbox.goto(`${url}/${path}`);
    await inbox.locator("h1, h2").first().waitFor();
    await check(inbox, path.replaceAll(/[/?=]/g, "-"));
  };

  await inbox.goto(`${url}/inbox/open`);
  await expect(inbox.locator("[data-row]")).toHaveCount(2);
  await check(inbox, "list");
  await inbox.goto(`${url}/inbox/open/${id}`);
  await inbox.getByRole("article").waitFor();
  await fillComposer(inbox, /^Reply through/, "Send it in, and you get a new one.");
  await check(inbox, "thread");
  await inbox.getByRole("tab", { name: "Comment" }).click();
  await fillComposer(inbox, /^Comment/, "It is under warranty.");
  await inbox.keyboard.press("Control+Enter");
  await inbox.getByRole("article", { name: /^Internal comment/ }).waitFor();
  await check(inbox, "comment");
  await inbox.keyboard.press("Escape");
  for (const [key, name] of [
    ["i", "assign"],
    ["h", "snooze"],
    ["?", "keys"],
    ["Control+k", "palette"],
    ["Shift+M", "merge"],
  ] as const) {
    await inbox.keyboard.press(key);
    const over = inbox.getByRole("dialog").or(inbox.getByRole("listbox")).first();
    await over.waitFor();
    await check(inbox, name, false);
    await inbox.keyboard.press("Escape");
    await expect(over).toHaveCount(0);
  }
  await inbox.keyboard.press("n");
  await inbox.getByRole("textbox", { name: /^Message/ }).waitFor();
  await check(inbox, "new", false);
  for (const path of ["contacts", "search?q=tent", "notifications", "waiting"]) await at(path);
  for (const section of ["profile", "hours", "people", "channels", "tags", "keyboard", "notifications", "connection"])
    await at(`settings/${section}`);
  await inbox.goto(`${url}/settings/appearance`);
  await inbox.getByLabel("Rows of the list").selectOption("compact");
  await inbox.goto(`${url}/inbox/open`);
  await expect(inbox.locator(".scroller.compact [data-row]").first()).toBeVisible();
  await check(inbox, "compact");
});
