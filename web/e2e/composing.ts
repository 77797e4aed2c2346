/* What stories about writing share: a conversation with its composer, its text field, and what is pasted or dropped into it. With SHOTS=folder the
 * screens that are looked at are kept. */
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { axe } from "./checks";
import { expect, type World } from "./fixtures";

const SHOTS = process.env.SHOTS;
const field = { name: /^Reply through/ };
export const reply = (page: Page) => page.getByRole("textbox", field);

export async function open(page: Page, world: World, subject: string, from = "Ella Korhonen <ella@korhonen.example>") {
  await world.write({ from, subject, text: `About ${subject}` });
  await page.getByRole("link", { name: new RegExp(subject) }).click();
  await expect(page.getByRole("article")).toHaveCount(1);
  await expect(page.locator(".composetext.rich")).toBeVisible();
}

/** `others`: rules of axe that do not hold here. */
export async function look(page: Page, name: string, others: string[] = []): Promise<void> {
  await axe(page, name, others);
  if (!SHOTS) return;
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
      await page.screenshot({ path: join(SHOTS, `composer-${name}-${width}-${theme}.png`) });
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

/** Pastes markup as a browser hands it over, with the plain text beside it. */
export const paste = (box: Locator, html: string, text: string) =>
  box.evaluate(
    (element, given) => {
      const data = new DataTransfer();
      data.setData("text/html", given.html);
      data.setData("text/plain", given.text);
      element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    },
    { html, text },
  );

/** A picture of one colour comes to the text, as a screenshot from the clipboard or a file from a folder. */
export const bring = (box: Locator, by: "paste" | "drop", name: string, color: string) =>
  box.evaluate(
    async (element, given) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 90 });
      const pen = canvas.getContext("2d");
      if (pen) pen.fillStyle = given.color;
      pen?.fillRect(0, 0, 160, 90);
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done));
      const data = new DataTransfer();
      data.items.add(new File([blob ?? ""], given.name, { type: "image/png" }));
      const { left, top } = element.getBoundingClientRect();
      const [clientX, clientY] = [left + 20, top + 12];
      const how = { bubbles: true, cancelable: true };
      element.dispatchEvent(
        given.by === "paste"
          ? new ClipboardEvent("paste", { clipboardData: data, ...how })
          : new DragEvent("drop", { dataTransfer: data, clientX, clientY, ...how }),
      );
    },
    { by, name, color },
  );
