/* Files on their way up: how far they are, taken back, too large, failed and tried again; and an answer that waits for them. */
import type { Page } from "@playwright/test";
import { look, open, reply } from "./composing";
import { expect, test } from "./fixtures";

const MEGABYTE = 1024 * 1024;
const files = (page: Page) => page.locator("form.composer .files");
const named = (page: Page, name: string) => files(page).getByRole("listitem").filter({ hasText: name });
const pick = (page: Page, ...given: { name: string; mimeType: string; buffer: Buffer }[]) =>
  page.getByLabel("Attach a file", { exact: true }).and(page.locator("input")).setInputFiles(given);
const text = (name: string, size = 20) => ({ name, mimeType: "text/plain", buffer: Buffer.alloc(size, "a") });

/** Slows what goes up, as a poor line does. */
async function slow(page: Page): Promise<() => Promise<unknown>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const line = (bytes: number) =>
    session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: bytes,
    });
  await line(200_000);
  return () => line(-1);
}

test("an upload shows how far it is, can be cancelled, and an answer waits until all of it is there", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Slow line");
  await reply(inbox).click();
  await inbox.keyboard.type("The manual goes along.");
  const letGo = await slow(inbox);
  await pick(inbox, text("manual.txt", 2 * MEGABYTE), text("wrong.txt", 2 * MEGABYTE));
  await expect(named(inbox, "manual.txt")).toContainText(/[1-9]%/);
  await look(inbox, "uploading");
  await inbox.getByRole("button", { name: "Cancel the upload of wrong.txt" }).click();
  await expect(named(inbox, "wrong.txt")).toHaveCount(0);

  await reply(inbox).click();
  await inbox.keyboard.press("Control+Enter");
  await expect(inbox.getByTestId("said")).toHaveText("Files are still being uploaded");
  await expect(inbox.getByRole("article")).toHaveCount(1);
  await expect(reply(inbox)).toHaveText("The manual goes along.");
  await letGo();
  await expect(inbox.getByRole("button", { name: "Remove manual.txt" })).toBeVisible({ timeout: 20_000 });
  await reply(inbox).click();
  await inbox.keyboard.press("Control+Enter");
  const { raw } = await world.mailbox.waitFor("The manual goes along.");
  expect(raw).toContain("manual.txt");
  expect(raw).not.toContain("wrong.txt");
});

test("a file that is too large says so before anything is sent up", async ({ inbox, world }) => {
  await open(inbox, world, "Too large");
  let asked = 0;
  inbox.on("request", (request) => {
    if (request.url().includes("/api/attachments")) asked++;
  });
  await pick(inbox, text("film.txt", 26 * MEGABYTE));
  await expect(inbox.getByRole("alert").filter({ hasText: "film.txt is too large" })).toContainText(/25 MB/);
  await look(inbox, "too-large");
  await expect(files(inbox)).toHaveCount(0);
  expect(asked).toBe(0);
  // Nor what does not fit beside the others.
  await pick(inbox, text("first.txt", 20 * MEGABYTE), text("second.txt", 6 * MEGABYTE));
  await expect(inbox.getByRole("alert").filter({ hasText: "second.txt does not fit" })).toContainText(/25 MB/);
  await expect(inbox.getByRole("button", { name: "Remove first.txt" })).toBeVisible();
  await expect(files(inbox).getByRole("listitem")).toHaveCount(1);
});

test("an upload that failed says why, holds the answer back, and goes up when it is tried again", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Broken line");
  await reply(inbox).click();
  await inbox.keyboard.type("See the picture.");
  let isBroken = true;
  await inbox.route("**/api/attachments**", (route) =>
    isBroken && route.request().method() === "POST" ? route.abort("connectionreset") : route.continue(),
  );
  await pick(inbox, text("offer.txt"));
  const failed = files(inbox).getByRole("listitem");
  await expect(failed).toContainText("offer.txt was not uploaded");
  await look(inbox, "upload-failed");
  await reply(inbox).click();
  await inbox.keyboard.press("Control+Enter");
  await expect(inbox.getByTestId("said")).toContainText("A file was not uploaded. Try again or remove it.");
  await expect(inbox.getByRole("article")).toHaveCount(1);
  isBroken = false;
  await failed.getByRole("button", { name: "Retry: offer.txt" }).click();
  await expect(inbox.getByRole("button", { name: "Remove offer.txt" })).toBeVisible();
  await expect(failed).not.toContainText("was not uploaded");
  await reply(inbox).click();
  await inbox.keyboard.press("Control+Enter");
  expect((await world.mailbox.waitFor("See the picture.")).raw).toContain("offer.txt");
});

test("a file is dropped beside the text and goes along, and eighty of them leave room to write", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Eighty files");
  await inbox.locator("form.composer").evaluate((form) => {
    const data = new DataTransfer();
    data.items.add(new File(["dropped"], "dropped.txt", { type: "text/plain" }));
    form.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  await expect(inbox.getByRole("button", { name: "Remove dropped.txt" })).toBeVisible();
  await pick(inbox, ...Array.from({ length: 79 }, (_, at) => text(`photo-${at + 1}.txt`)));
  await expect(files(inbox).getByRole("button", { name: /^Remove / })).toHaveCount(80, { timeout: 25_000 });
  await inbox.getByRole("button", { name: "Remove photo-79.txt" }).scrollIntoViewIfNeeded();
  for (const [width, height] of [
    [1440, 900],
    [360, 740],
  ] as const) {
    await inbox.setViewportSize({ width, height });
    await expect(inbox.getByRole("button", { name: "Send", exact: true })).toBeInViewport();
    await expect(reply(inbox)).toBeInViewport();
    expect(await inbox.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  await inbox.setViewportSize({ width: 1440, height: 900 });
  await look(inbox, "eighty");
  await reply(inbox).click();
  await inbox.keyboard.type("All eighty.");
  await inbox.keyboard.press("Control+Enter");
  const { raw } = await world.mailbox.waitFor("All eighty.");
  expect(raw.match(/filename="?[\w.-]+\.txt/g)).toHaveLength(80);
  await expect(inbox.getByRole("article").last().getByRole("listitem")).toHaveCount(81); // and all as one zip
});
