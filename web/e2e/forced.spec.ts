/* With colours of the system's own (forced colours) backgrounds and shadows are gone: what is chosen, unread, pressed, switched on or under the keys is still seen. */
import type { Locator, Page } from "@playwright/test";
import { open, reply } from "./composing";
import { expect, test } from "./fixtures";

interface Part {
  /** How far around it. */
  around?: number;
  /** Only so much of it, in pixels from its start. */
  start?: [from: number, to: number];
}

/** What stands on the screen there. */
async function picture(page: Page, of: Locator, { around = 0, start = [0, Number.POSITIVE_INFINITY] }: Part = {}) {
  const box = (await of.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const [from, to] = [start[0], Math.min(start[1], box.width)];
  const clip = { x: box.x + from, y: box.y, width: to - from, height: box.height };
  const whole = {
    x: clip.x - around,
    y: clip.y - around,
    width: clip.width + 2 * around,
    height: clip.height + 2 * around,
  };
  return (await page.screenshot({ clip: whole, animations: "disabled" })).toString("base64");
}

/** Each looks otherwise than all others. */
function expectToDiffer(pictures: Record<string, string>): void {
  const names = Object.keys(pictures);
  for (const [at, one] of names.entries())
    for (const other of names.slice(at + 1))
      expect.soft(pictures[one] === pictures[other], `“${one}” looks like “${other}”`).toBe(false);
}

const colour = (element: Locator) => element.evaluate((one) => getComputedStyle(one).backgroundColor);
const row = (page: Page, subject: string) => page.locator("[data-row]").filter({ hasText: subject });

for (const colorScheme of ["light", "dark"] as const)
  test(`the list, the composer and a toast in forced colours, ${colorScheme}`, async ({ inbox, world }) => {
    await inbox.emulateMedia({ forcedColors: "active", colorScheme, reducedMotion: "reduce" });
    await world.write({ from: "Una <una@forced.example>", subject: "Unread one", text: "Hello" });
    await open(inbox, world, "Seen one", "Rea <rea@forced.example>");
    await expect(row(inbox, "Seen one")).not.toHaveAccessibleName(/^Unread/);
    await open(inbox, world, "Open one", "Ola <ola@forced.example>");
    await expect(row(inbox, "Unread one")).toHaveAccessibleName(/^Unread/);
    const mark = { start: [0, 14] as [number, number] };
    await reply(inbox).focus();
    expectToDiffer({
      read: await picture(inbox, row(inbox, "Seen one"), mark),
      unread: await picture(inbox, row(inbox, "Unread one"), mark),
      open: await picture(inbox, row(inbox, "Open one"), mark),
    });

    const ofRow = () => picture(inbox, row(inbox, "Open one"));
    const isOpen = await ofRow();
    await inbox.keyboard.press("Escape");
    await inbox.keyboard.press("Escape");
    await expect(row(inbox, "Open one")).toBeFocused();
    const hasFocus = await ofRow();
    await inbox.keyboard.press("x");
    await expect(inbox.getByRole("checkbox", { checked: true })).toHaveCount(1);
    expectToDiffer({ isOpen, hasFocus, isSelected: await ofRow() });
    await inbox.keyboard.press("x");

    await reply(inbox).focus();
    const bold = inbox.getByRole("button", { name: "Bold" });
    const off = await picture(inbox, bold);
    await inbox.keyboard.press("Control+b");
    await expect(bold).toHaveAttribute("aria-pressed", "true");
    const on = await picture(inbox, bold);
    await inbox.keyboard.press("Control+b");
    await expect(bold).toHaveAttribute("aria-pressed", "false");
    await bold.focus();
    expectToDiffer({ off, on, focused: await picture(inbox, bold) });
    const tabs = inbox.locator(".composer").getByRole("tab");
    await inbox.locator(".log").focus();
    const chosen = await picture(inbox, tabs.first());
    await tabs.first().focus();
    await inbox.keyboard.press("ArrowRight");
    await expect(tabs.nth(1)).toHaveAttribute("aria-selected", "true");
    expectToDiffer({ chosen, notChosen: await picture(inbox, tabs.first()) });

    const glyph = row(inbox, "Seen one").locator(".badge i");
    const [front, back] = await Promise.all([glyph, row(inbox, "Seen one")].map(colour));
    expect(front).not.toBe(back);

    await row(inbox, "Seen one").focus();
    await inbox.keyboard.press("j");
    await inbox.keyboard.press("e");
    await expect(inbox.locator(".toast")).toHaveCSS("border-top-style", "solid");
    await inbox.keyboard.press("z");
    await expect(inbox.locator(".toast")).toHaveCount(0);
  });

for (const media of [{ colorScheme: "light" }, { colorScheme: "dark" }, { forcedColors: "active" }] as const)
  test(`the line of an envelope that is written in has a ring around it, ${"forcedColors" in media ? "forced" : media.colorScheme}`, async ({
    inbox,
    world,
  }) => {
    await inbox.emulateMedia({ ...media, reducedMotion: "reduce" });
    await open(inbox, world, "Envelope");
    const form = inbox.getByRole("form", { name: "Reply" });
    for (const name of ["Cc", "Bcc", "Subject"]) await form.getByRole("button", { name, exact: true }).click();
    for (const role of ["To", "Cc", "Bcc", "Subject"]) {
      const field = form.getByLabel(role, { exact: true });
      const ringed = role === "Subject" ? field : field.locator("xpath=..");
      await reply(inbox).focus();
      const plain = await picture(inbox, ringed, { around: 2 });
      await expect(ringed).toHaveCSS("outline-style", "none");
      await field.focus();
      await expect(ringed).toHaveCSS("outline", /solid 2px|2px solid|solid 3px/);
      expectToDiffer({ plain, focused: await picture(inbox, ringed, { around: 2 }) });
    }
  });

test("settings, dialogs and menus in forced colours", async ({ inbox, world }) => {
  // Without motion: a switch that is still on its way looks as it did.
  await inbox.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  const { url } = world.innboks;
  await inbox.keyboard.press("Control+k");
  const palette = inbox.getByRole("dialog");
  await expect(palette).toHaveCSS("border-top-style", "solid");
  await inbox.keyboard.type("go to");
  const options = palette.getByRole("option");
  const chosen = await picture(inbox, options.first());
  await inbox.keyboard.press("ArrowDown");
  await expect(options.nth(1)).toHaveAttribute("aria-selected", "true");
  expectToDiffer({ chosen, other: await picture(inbox, options.first()) });

  await inbox.goto(`${url}/settings/keyboard`);
  const letters = inbox.getByRole("switch", { name: "Single-letter keys" });
  const on = await picture(inbox, letters, { around: 6 });
  await letters.focus();
  const focused = await picture(inbox, letters, { around: 6 });
  await letters.uncheck();
  await inbox.locator("#main").focus();
  expectToDiffer({ on, focused, off: await picture(inbox, letters, { around: 6 }) });
  await letters.check();

  const nav = inbox.getByRole("navigation", { name: "Settings" }).first();
  const [here, there] = [nav.getByRole("link", { name: "Keyboard" }), nav.getByRole("link", { name: "Tags" })];
  const start = { start: [0, 8] as [number, number] };
  const [isHere, isThere] = [await picture(inbox, here, start), await picture(inbox, there, start)];
  await there.focus();
  await inbox.keyboard.press("Shift+Tab");
  await inbox.keyboard.press("Tab");
  expectToDiffer({ isHere, isThere, hasFocus: await picture(inbox, there, start) });

  await inbox.goto(`${url}/settings/tags`);
  const colours = inbox.getByRole("radiogroup").first().locator("label");
  await expect(colours.first()).toBeVisible();
  const line = (element: Locator) => element.evaluate((one) => getComputedStyle(one).outlineStyle);
  expect(await line(colours.filter({ has: inbox.locator(":checked") }))).toBe("solid");
  expect(await line(colours.filter({ hasNot: inbox.locator(":checked") }).first())).toBe("none");

  // A list to choose from is no field to write in: it has its arrow.
  await inbox.goto(`${url}/settings/appearance`);
  await expect(inbox.getByLabel("Theme")).toHaveCSS("appearance", "auto");
});
