/* What several stories ask: the API as a script does, a conversation by its subject, and axe in light and dark. */
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import type { Conversation } from "../src/api/types";
import { api } from "./api";
import { violations } from "./axe";
import { expect, type World } from "./fixtures";

export { api, colleague } from "./api";

export async function conversationWith(
  world: World,
  subject: string,
): Promise<Pick<Conversation, "id" | "contact" | "assignee_id">> {
  for (;;) {
    const { items } = await api(world, "GET", "/api/conversations?view=open&sort=newest&limit=100");
    const found = items.find((one: { subject: string }) => one.subject === subject);
    if (found) return found;
    await new Promise((wait) => setTimeout(wait, 100));
  }
}

/** Waits until this browser keeps these words: a reload, or a crash, comes only then. */
export const kept = (page: Page, words: string) =>
  expect
    .poll(() => page.evaluate(() => JSON.stringify({ ...localStorage })), { message: `“${words}” is kept` })
    .toContain(words);

/** Chooses one of several by the card around it: where that is when it has come to rest, and only where nothing lies over it. */
export async function choose(radio: Locator): Promise<void> {
  await radio.locator("xpath=ancestor::label").click();
  await expect(radio).toBeChecked();
}

/** Whether the button of this name has been pressed on the page that is open now: to answer in vain until then, whatever the page asks for by itself meanwhile. */
export async function pressOf(page: Page, name: string): Promise<() => Promise<boolean>> {
  await page.addInitScript((wanted) => {
    const note = ({ target }: MouseEvent) => {
      if (target instanceof Element && target.closest("button")?.textContent?.trim() === wanted)
        document.documentElement.dataset.pressed = wanted;
    };
    addEventListener("click", note, true);
  }, name);
  // A page that is just being left has pressed nothing.
  return () => page.evaluate((wanted) => document.documentElement.dataset.pressed === wanted, name).catch(() => false);
}

/** What the page of what is stuck shows with its answer, and with nothing else: a list, or that there is nothing. What stands there is the whole server's. */
export const stuck = (page: Page): Locator => {
  const main = page.getByRole("main");
  const list = main.getByRole("list", { name: "What is stuck" });
  return list.or(main.getByRole("heading", { name: "Nothing is stuck" }));
};

/** What another theme can break; names, roles and order are the same in both, and looked at once. */
const OF_COLOUR = ["color-contrast", "link-in-text-block"];

/** `others`: rules that do not hold here, with a reason where they are given. `look` is called in each theme. */
export async function axe(
  page: Page,
  name: string,
  others: string[] = [],
  look?: (theme: "light" | "dark") => Promise<void>,
): Promise<void> {
  await expect(page.locator(".results.old")).toHaveCount(0); // found for the words before, and pale until the answer for these is there
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
    // A menu stands in the body, outside every landmark: that is where it belongs.
    const but = ["region", ...others];
    const only = theme === "light" ? undefined : OF_COLOUR.filter((rule) => !others.includes(rule));
    expect.soft(await violations(page, { only, but }), `${name}, ${theme}`).toEqual([]);
    await look?.(theme);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

/** Pictures in both themes, wide and on a phone; the page is as it was afterwards. */
export async function shots(page: Page, folder: string, name: string): Promise<void> {
  const size = page.viewportSize();
  for (const [place, viewport] of [
    ["", size],
    ["-phone", { width: 360, height: 740 }],
  ] as const)
    for (const colorScheme of ["dark", "light"] as const) {
      if (viewport) await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(folder, `${name}${place}-${colorScheme}.png`) });
    }
  if (size) await page.setViewportSize(size);
}

/** Every page of the settings. */
export const SECTIONS =
  "brand people teams roles availability hours channels routing tickets inboxes properties tags sending snippets files spam quarantine profile appearance keyboard notifications sessions tokens connection".split(
    " ",
  );

/** Words of ours that cannot be read to their end: cut off, shortened on a control, or off the screen where nothing scrolls. */
export const cutTexts = (page: Page) =>
  page.evaluate(() => {
    const scrollsSideways = (element: Element | null): boolean =>
      element !== null &&
      (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrollsSideways(element.parentElement));
    const isCut = (element: Element): boolean => {
      const { width, height, left, right } = element.getBoundingClientRect();
      const { visibility, overflowX, textOverflow, clipPath } = getComputedStyle(element);
      if (!width || !height || visibility === "hidden" || clipPath !== "none") return false;
      if (right > innerWidth + 1 || left < -1) return !scrollsSideways(element.parentElement);
      if (overflowX === "visible" || /auto|scroll/.test(overflowX) || element.scrollWidth <= element.clientWidth + 1)
        return false;
      return (
        textOverflow !== "ellipsis" || element.closest("button, label, h1, h2, h3, th, legend, [role=option]") !== null
      );
    };
    // What people and mails are called may be shortened.
    const theirs = ".sr, [dir=auto], article, .row-link, [aria-hidden=true]";
    return [...document.querySelectorAll("body *")]
      .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()))
      .filter((element) => !element.closest(theirs) && isCut(element))
      .map((element) => `${element.tagName}.${element.className}: ${element.textContent}`);
  });

/** Chosen words of lists to choose from that have no room: a browser cuts them without telling. */
export const cutChoices = (page: Page) =>
  page.locator("select:visible").evaluateAll((all) =>
    (all as HTMLSelectElement[]).flatMap((one) => {
      const { font, paddingInlineStart, paddingInlineEnd } = getComputedStyle(one);
      const pen = document.createElement("canvas").getContext("2d");
      const words = one.selectedOptions[0]?.text ?? "";
      if (pen) pen.font = font;
      const room = one.clientWidth - Number.parseFloat(paddingInlineStart) - Number.parseFloat(paddingInlineEnd);
      return pen && pen.measureText(words).width > room + 1 ? [words] : [];
    }),
  );

/** Words that stand on two lines because their column is too narrow. */
export const brokenWords = (page: Page, within: string) =>
  page.locator(within).evaluate((root) => {
    const broken: string[] = [];
    const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node; node = nodes.nextNode())
      for (const { 0: word, index } of (node.textContent ?? "").matchAll(/[^\s@.-]{4,}/g)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const lines = new Set(
          [...range.getClientRects()].filter((one) => one.width > 1).map((one) => Math.round(one.top)),
        );
        if (lines.size > 1) broken.push(word);
      }
    return broken;
  });

/** Controls in sight that a finger misses: not answered 21 px above, below or beside their middle. Of fields the width is their own. */
export const smallTargets = (page: Page) =>
  page.evaluate(() => {
    const isHit = (control: Element, x: number, y: number): boolean => {
      if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return true;
      const hit = document.elementFromPoint(x, y);
      const whole = control.closest("label, .input") ?? control;
      return hit !== null && whole.contains(hit);
    };
    const isSmall = (control: Element): boolean => {
      // Of a box or a choice with its words around it, these are pressed.
      const around = control.matches("[type=checkbox], [type=radio]") ? control.closest("label") : null;
      const { left, width, top, height } = (around ?? control).getBoundingClientRect();
      const [x, y] = [left + width / 2, top + height / 2];
      // What is hidden, scrolled away or lies below something else.
      if (!width || !height || document.elementFromPoint(x, y) === null || !isHit(control, x, y)) return false;
      const beside = control.matches("input, select") ? [] : [x - 21, x + 21];
      return [y - 21, y + 21].some((at) => !isHit(control, x, at)) || beside.some((at) => !isHit(control, at, y));
    };
    return [...document.querySelectorAll("a[href], button, input, select, summary")]
      .filter((control) => {
        control.scrollIntoView({ block: "nearest", inline: "nearest" });
        if (!isSmall(control)) return false;
        control.scrollIntoView({ block: "center", inline: "nearest" }); // it may only have lain at the edge of what scrolls
        return isSmall(control);
      })
      .map((control) => control.outerHTML.slice(0, 160));
  });

/** Notes what a screen reader is told from now on. */
export async function listen(page: Page): Promise<() => Promise<string[]>> {
  // What speaks is fetched after the first list: what came before is not told.
  await page.waitForFunction(() =>
    performance.getEntriesByType("resource").some(({ name }) => name.includes("/assets/spoken-")),
  );
  await page.getByTestId("said").evaluate((region) => {
    const told: string[] = [];
    Object.assign(window, { told });
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes) if (node.textContent) told.push(node.textContent);
    }).observe(region, { childList: true, subtree: true });
  });
  return () => page.evaluate(() => (window as unknown as { told: string[] }).told);
}
