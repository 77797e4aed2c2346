/* Files that are dropped by hand, wherever it is, and uploads that a session does not outlive. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { api } from "./checks";
import { open, reply } from "./composing";
import { expect, test } from "./fixtures";
import { ADMIN } from "./server";

const form = (page: Page) => page.locator("form.composer");
let folder = "";

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "innboks-dropped-"));
  await writeFile(join(folder, "offer.txt"), "Yours for 100");
  await mkdir(join(folder, "photos"));
  await writeFile(join(folder, "photos", "tent.txt"), "A tent");
});
test.afterEach(() => rm(folder, { recursive: true }));

/** As a file manager does it: the browser itself takes what is held over the page. */
async function drop(page: Page, on: Locator, name: string): Promise<void> {
  const box = await on.boundingBox();
  const at = { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + 20 };
  const data = { items: [], files: [join(folder, name)], dragOperationsMask: 1 };
  const session = await page.context().newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", { type, ...at, data });
  await session.detach();
}

test("a file that is dropped on the conversation goes along, and on the list it opens nothing", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Dropped above");
  const pages = () => inbox.context().pages().length;
  await drop(inbox, inbox.getByRole("article"), "offer.txt");
  await expect(form(inbox).getByRole("button", { name: "Remove offer.txt" })).toBeVisible();
  await drop(inbox, inbox.locator("[data-row]"), "offer.txt");
  // What the browser would have opened, it opens before it draws again.
  await inbox.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  expect(pages()).toBe(1);
  await reply(inbox).click();
  await inbox.keyboard.type("Here it is.");
  await inbox.keyboard.press("Control+Enter");
  const { raw } = await world.mailbox.waitFor("Here it is.");
  expect(raw.match(/filename="?offer\.txt/g)).toHaveLength(1);
});

test("a folder is named and left out, in the text and beside it", async ({ inbox, world }) => {
  await open(inbox, world, "A whole folder");
  const said = inbox.getByText(
    "photos is a folder. Drop the files that are in it, or pack it into one file (zip) first.",
  );
  await drop(inbox, reply(inbox), "photos");
  await expect(said).toHaveCount(1);
  await drop(inbox, inbox.getByRole("article"), "photos");
  await expect(said).toHaveCount(2);
  await expect(form(inbox).locator(".files")).toHaveCount(0);
});

test("a file on its way up when the session ends goes up by itself after the sign-in", async ({ inbox, world }) => {
  await open(inbox, world, "Half way up");
  let goOn = (): void => undefined;
  const held = new Promise<void>((done) => {
    goOn = done;
  });
  await inbox.route("**/api/attachments", (route) => held.then(() => route.continue()));
  await reply(inbox).click();
  await inbox.keyboard.type("With the offer.");
  await form(inbox)
    .locator("input[aria-label='Attach a file']")
    .setInputFiles({ name: "offer.txt", mimeType: "text/plain", buffer: Buffer.from("Yours") });
  await expect(form(inbox).getByText("offer.txt")).toBeVisible();
  const { items } = await api(world, "GET", "/api/sessions");
  for (const { id } of items) await api(world, "DELETE", `/api/sessions/${id}`);
  goOn();
  const dialog = inbox.getByRole("dialog", { name: "Sign in again" });
  await expect(dialog).toBeVisible();
  await expect(form(inbox)).not.toContainText("was not uploaded");
  await dialog.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await inbox.keyboard.press("Enter");
  await expect(form(inbox).getByRole("button", { name: "Remove offer.txt" })).toBeVisible();
  await reply(inbox).click();
  await inbox.keyboard.press("Control+Enter");
  expect((await world.mailbox.waitFor("With the offer.")).raw).toContain("offer.txt");
  world.cookies = await inbox.context().cookies(`${world.innboks.url}/api/session`);
});
