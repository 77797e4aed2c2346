/* The composer on a phone of 360 pixels, and of 320: everything in it can be reached, seen whole and pressed, by finger and by key. */
import type { Locator } from "@playwright/test";
import { api, conversationWith } from "./checks";
import { look, open, reply } from "./composing";
import { expect, test } from "./fixtures";

/** Brought into sight it stands whole on the screen, and is itself what a finger finds there. */
async function canBePressed(control: Locator, name: string): Promise<void> {
  await control.scrollIntoViewIfNeeded();
  const found = await control.evaluate((element) => {
    const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
    const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const isWhole = left >= 0 && right <= innerWidth + 0.5 && top >= 0 && bottom <= innerHeight + 0.5;
    return { isWhole, isOnTop: element.contains(there), width, height };
  });
  expect([name, found.isWhole, found.isOnTop], JSON.stringify(found)).toEqual([name, true, true]);
  expect(Math.min(found.width, found.height), name).toBeGreaterThanOrEqual(24);
}

for (const width of [360, 320])
  test(`at ${width} pixels every tool of the composer is reached`, async ({ inbox, world }) => {
    await open(inbox, world, `Small ${width}`);
    await inbox.setViewportSize({ width, height: 640 });
    await reply(inbox).click();
    await inbox.keyboard.type("By thumb");
    const form = inbox.getByRole("form", { name: "Reply" });
    const tools = form.getByRole("toolbar").getByRole("button");
    const names = await tools.evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? ""));
    expect(names.length).toBeGreaterThanOrEqual(9);
    for (const [nth, name] of names.entries()) await canBePressed(tools.nth(nth), name);
    for (const name of ["Send", "More ways to send"])
      await canBePressed(form.getByRole("button", { name, exact: true }), name);
    // The line of addresses is as high as what stands in it: the field has its room beside the chip, and no line of its own.
    const to = form.getByRole("combobox", { name: "To" });
    await to.focus();
    const [chip, field] = await Promise.all([form.locator(".addressline .chip").boundingBox(), to.boundingBox()]);
    expect(field?.y ?? 0).toBeLessThan((chip?.y ?? 0) + (chip?.height ?? 0));
    expect(field?.width).toBeGreaterThanOrEqual(90);
    for (const name of ["Cc", "Bcc", "Subject"])
      await canBePressed(form.getByRole("button", { name, exact: true }), name);
    for (const tab of await form.getByRole("tab").all()) await canBePressed(tab, (await tab.textContent()) ?? "");
    // By key: what has the focus is in sight.
    await tools.first().focus();
    for (const name of names) {
      const at = inbox.locator(":focus");
      await expect(at).toHaveAttribute("aria-label", name);
      const box = await at.boundingBox();
      expect([name, (box?.x ?? -1) >= 0, (box?.x ?? 0) + (box?.width ?? 0) <= width]).toEqual([name, true, true]);
      await inbox.keyboard.press("ArrowRight");
    }
    // What they open stands whole, too.
    await inbox.getByRole("button", { name: "Emoji", exact: true }).click();
    const box = await inbox.locator(".emojibox").boundingBox();
    expect([(box?.x ?? -1) >= 0, (box?.y ?? -1) >= 0, (box?.x ?? 0) + (box?.width ?? 0) <= width]).toEqual([
      true,
      true,
      true,
    ]);
    await inbox.keyboard.press("Escape");
    expect(await inbox.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    // A reminder has a line of its own, and takes no room from the tools.
    const room = async () => (await form.getByRole("toolbar").boundingBox())?.width;
    const before = await room();
    const { id } = await conversationWith(world, `Small ${width}`);
    await api(world, "POST", `/api/conversations/${id}/reminder`, {
      at: new Date(Date.now() + 6 * 86_400_000).toISOString(),
    });
    const cancel = form.getByRole("button", { name: "Cancel the reminder" });
    await canBePressed(cancel, "Cancel the reminder");
    expect(await room()).toBe(before);
    await canBePressed(form.getByRole("button", { name: "Send", exact: true }), "Send");
    await look(inbox, `small-${width}`);
  });
