/* What a toast says lies over nothing that can be pressed: above the composer, inside the pane that is in front, and below a menu that was opened. */
import type { Page } from "@playwright/test";
import { axe } from "./checks";
import { look, open, reply } from "./composing";
import { expect, setUndoSend, test } from "./fixtures";

const SIZES = [
  [1440, 900],
  [1024, 768],
  [360, 740],
] as const;

/** What can be pressed or written in and lies under a toast, wholly or in part. */
const hidden = (page: Page) =>
  page.evaluate(() => {
    const region = document.querySelector<HTMLElement>(".toasts");
    const found = new Set<string>();
    for (const { left, top, right, bottom } of [...document.querySelectorAll(".toast")].map((one) =>
      one.getBoundingClientRect(),
    ))
      for (let x = left; x <= right; x += 4)
        for (let y = top; y <= bottom; y += 4)
          for (const one of document.elementsFromPoint(x, y)) {
            const control = region?.contains(one) ? null : one.closest("button, a, input, [contenteditable], [role]");
            if (control && !control.matches("[role=list], dialog, [role=dialog]"))
              found.add(control.outerHTML.slice(0, 120));
          }
    return [...found];
  });

for (const [width, height] of SIZES)
  test(`an answer that can be taken back hides no control at ${width} px`, async ({ inbox, world }) => {
    await setUndoSend(world, 30);
    await open(inbox, world, `Seen at ${width}`);
    await inbox.setViewportSize({ width, height });
    await reply(inbox).click();
    await inbox.keyboard.type("Sent, and nothing is covered");
    await inbox.keyboard.press("Control+Enter");
    const undo = inbox.getByRole("button", { name: /^Undo/ });
    await expect(undo).toBeVisible();
    // A thread that fills a phone has no heading of the first level.
    await axe(inbox, `a toast at ${width}`, width < 600 ? ["page-has-heading-one"] : [], async () => {
      await expect.poll(() => hidden(inbox)).toEqual([]);
      const [said, below] = await Promise.all([undo.boundingBox(), inbox.locator("form.composer").boundingBox()]);
      expect((said?.y ?? 0) + (said?.height ?? 0)).toBeLessThanOrEqual(below?.y ?? 0);
    });
    // The composer grows under it: it goes along.
    await reply(inbox).click();
    for (let line = 0; line < 6; line++) await inbox.keyboard.press("Shift+Enter");
    await expect.poll(() => hidden(inbox)).toEqual([]);
    // What is opened now lies over it.
    await inbox.keyboard.type("/");
    const list = inbox.locator(".suggest");
    await expect(list).toBeVisible();
    const on = await list.evaluate((one) => {
      const { left, top, width: wide, height: high } = one.getBoundingClientRect();
      return one.contains(document.elementFromPoint(left + wide / 2, top + high / 2));
    });
    expect(on).toBe(true);
    await inbox.keyboard.press("Escape");
    await undo.click();
    await expect(inbox.locator(".toast")).toHaveCount(0);
  });

test("what is scheduled keeps its buttons in sight, and in the pane of a new conversation too nothing is covered", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Scheduled in sight");
  await reply(inbox).click();
  await inbox.keyboard.type("Tomorrow then");
  await inbox.getByRole("button", { name: "More ways to send" }).click();
  await inbox.getByRole("menuitem", { name: "Send later…", exact: true }).click();
  await inbox
    .getByRole("dialog")
    .getByRole("button", { name: /Tomorrow morning/ })
    .click();
  await expect(inbox.locator(".waitcard")).toBeVisible();
  await expect(inbox.locator(".toast")).toContainText("Scheduled for tomorrow");
  await expect.poll(() => hidden(inbox)).toEqual([]);
  await inbox.locator(".toast").hover(); // it waits under the pointer
  await inbox.locator(".log").focus();
  await inbox.keyboard.press("n");
  await expect(inbox.getByRole("dialog", { name: "New conversation" }).locator("[contenteditable=true]")).toBeVisible();
  await expect(inbox.locator(".toast")).toBeVisible();
  await expect.poll(() => hidden(inbox)).toEqual([]);
  await look(inbox, "toast-pane");
});
