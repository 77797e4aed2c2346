/* Files on their way up: how far they are, taken back, too large, failed and tried again; and an answer that waits for them. */
import type { Page } from "@playwright/test";
import { api } from "./checks";
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

test("a file of the library goes along by the keyboard alone, and one of a message is kept there with Undo", async ({
  inbox,
  world,
}) => {
  await inbox.goto(`${world.innboks.url}/settings/files`);
  await expect(inbox.getByText("Nothing is kept here yet.")).toBeVisible();
  const adding = inbox.getByLabel("Add files").and(inbox.locator("input"));
  await adding.setInputFiles([
    text("prices.txt"),
    {
      name: "A very long name of a map of all our shops in the north and the south.pdf",
      mimeType: "application/pdf",
      buffer: Buffer.from("%PDF-1.7 map"),
    },
  ]);
  const rows = inbox.getByRole("main").getByRole("listitem");
  await expect(rows).toHaveCount(2);
  const prices = rows.filter({ hasText: "prices" });
  const act = async (name: string) => {
    await prices.getByRole("button", { name: /^What to do with/ }).click();
    await inbox.getByRole("menuitem", { name }).click();
  };
  await act("Rename");
  await inbox.getByLabel("Name of the file").fill("prices 2027.txt");
  await inbox.keyboard.press("Enter");
  await expect(prices).toContainText("prices 2027.txt");
  await act("Keep for me only");
  await expect(prices).toContainText("Only yours");
  await act("Take out of the library");
  await expect(rows).toHaveCount(1);
  await inbox.getByRole("button", { name: "Undo" }).click();
  await expect(prices).toContainText("Only yours");
  await inbox.getByLabel("Search files").fill("shops");
  await expect(rows).toHaveCount(1);
  await inbox.getByLabel("Search files").fill("");
  await look(inbox, "library-page");
  await inbox.getByRole("link", { name: /shops in the north/ }).click();
  await expect(inbox.getByRole("dialog").locator("iframe.page")).toBeVisible();
  await inbox.keyboard.press("Escape");

  await inbox.goto(world.innboks.url);
  await open(inbox, world, "What does it cost");
  await reply(inbox).click();
  await inbox.keyboard.type("The prices go along.");
  await inbox.keyboard.press("Control+Shift+l");
  const field = inbox.getByRole("combobox", { name: "Search files" });
  await expect(field).toBeFocused();
  await expect(inbox.getByRole("option")).toHaveCount(2);
  const own = inbox.getByRole("option", { name: "prices 2027.txt" });
  await expect(own.getByText("Only yours")).toHaveCSS("display", "block");
  await expect(own.locator(".thumb")).toHaveCSS("width", "26px");
  await look(inbox, "library", ["target-size"]); // what it lies over is not pressed meanwhile
  await inbox.keyboard.press("Escape");
  await expect(field).toHaveCount(0);
  await expect(reply(inbox)).toBeFocused();
  await inbox.keyboard.press("Control+Shift+l");
  await expect(field).toBeFocused();
  await inbox.keyboard.type("2027");
  await expect(inbox.getByRole("option")).toHaveCount(1);
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByRole("button", { name: "Remove prices 2027.txt" })).toBeVisible();
  await expect(reply(inbox)).toBeFocused();
  await inbox.keyboard.press("Control+Enter");
  expect((await world.mailbox.waitFor("The prices go along.")).raw).toContain("prices 2027.txt");

  // What went out can be kept again, under its name; what is there already is not taken out by the Undo.
  const sent = inbox.getByRole("article").last();
  await expect(sent).toContainText("prices 2027.txt");
  const { items } = await api(world, "GET", "/api/library-files");
  for (const { id } of items) await api(world, "DELETE", `/api/library-files/${id}`);
  await sent.getByRole("button", { name: "More about this message" }).click();
  await inbox.getByRole("menuitem", { name: "Keep the file for re-use" }).click();
  const toast = inbox.getByRole("status").filter({ hasText: "Kept in your file library" });
  const names = async () =>
    (await api(world, "GET", "/api/library-files")).items.map((one: { name: string }) => one.name);
  await expect.poll(names).toEqual(["prices 2027.txt"]);
  await toast.getByRole("button", { name: "Undo" }).click();
  await expect.poll(names).toEqual([]);
});

test("a file of the library that the channel does not take, or that does not come, says so and holds the answer", async ({
  inbox,
  world,
}) => {
  const big = await fetch(`${world.innboks.url}/api/attachments?name=film.txt`, {
    method: "POST",
    headers: { authorization: `Bearer ${world.token}`, "content-type": "text/plain" },
    body: Buffer.alloc(26 * MEGABYTE, "a"),
  });
  await api(world, "POST", "/api/library-files", { attachment_id: (await big.json()).id });
  const small = await fetch(`${world.innboks.url}/api/attachments?name=small.txt`, {
    method: "POST",
    headers: { authorization: `Bearer ${world.token}`, "content-type": "text/plain" },
    body: "small",
  });
  await api(world, "POST", "/api/library-files", { attachment_id: (await small.json()).id });
  await open(inbox, world, "Films");
  await reply(inbox).click();
  await inbox.keyboard.type("Here it is.");
  const choose = async (name: string) => {
    await inbox.getByRole("button", { name: "Attach from the file library" }).click();
    await inbox.getByRole("option", { name }).click();
  };
  await choose("film.txt");
  await expect(inbox.getByRole("alert").filter({ hasText: "film.txt is too large" })).toBeVisible();
  await expect(files(inbox)).toHaveCount(0);
  let isBroken = true;
  await inbox.route("**/api/library-files/*/attachments", (route) =>
    isBroken ? route.abort("connectionreset") : route.continue(),
  );
  await choose("small.txt");
  const failed = files(inbox).getByRole("listitem");
  await expect(failed).toContainText("small.txt was not attached");
  await reply(inbox).click();
  await inbox.keyboard.press("Control+Enter");
  await expect(inbox.getByTestId("said")).toContainText("A file was not uploaded. Try again or remove it.");
  isBroken = false;
  await failed.getByRole("button", { name: "Retry: small.txt" }).click();
  await expect(inbox.getByRole("button", { name: "Remove small.txt" })).toBeVisible();
  await reply(inbox).click();
  await inbox.keyboard.press("Control+Enter");
  expect((await world.mailbox.waitFor("Here it is.")).raw).toContain("small.txt");
});

test("a picture of the library is put into the text, where the cursor is, and leaves in it", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Where is the shop");
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  const up = await inbox.request.post(`${world.innboks.url}/api/attachments?name=map.png`, {
    data: Buffer.from(pixel, "base64"),
    headers: { "content-type": "image/png", authorization: `Bearer ${world.token}` },
  });
  await api(world, "POST", "/api/library-files", { attachment_id: (await up.json()).id, is_shared: true });
  await reply(inbox).click();
  await inbox.keyboard.type("Here: ");
  await inbox.keyboard.press("Control+Shift+l");
  await expect(inbox.getByRole("combobox", { name: "Search files" })).toBeFocused();
  await expect(inbox.getByRole("option", { name: /map\.png/ })).toHaveCount(2);
  await look(inbox, "library-picture", ["target-size"]);
  await inbox.keyboard.press("ArrowDown");
  await inbox.keyboard.press("Enter");
  const picture = reply(inbox).locator("img[data-attachment]");
  await expect(picture).toHaveAttribute("alt", "map.png");
  await expect(inbox.getByRole("button", { name: "Remove map.png" })).toHaveCount(0);
  await inbox.keyboard.type(" and no further.");
  await expect(reply(inbox)).toHaveText(/Here:\s+and no further\./);
  await look(inbox, "library-picture-in-text");
  await inbox.keyboard.press("Control+Enter");
  const { raw } = await world.mailbox.waitFor("and no further.");
  expect(raw).toContain("Content-ID:");
  expect(raw).toMatch(/Content-Disposition: inline/i);
});
