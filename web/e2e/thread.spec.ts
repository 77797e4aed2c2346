/* The thread: very long conversations, finding words, files, originals, mails in the dark, and mails out of place. */
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { api, axe, conversationWith } from "./checks";
import { expect, fillComposer, test } from "./fixtures";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC",
  "base64",
);
// A real page: over a broken one Chromium's viewer puts a dialog, which takes the keys.
const PDF = Buffer.from(
  [
    "%PDF-1.4",
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj",
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj",
    "trailer<</Root 1 0 R/Size 4>>",
    "%%EOF",
    "",
  ].join("\n"),
);
const MANY = 5000;

/** The first whole entry in sight, and where it stands. */
const placeOfFirst = (page: Page) =>
  page.evaluate(() => {
    const log = document.querySelector(".log");
    const top = log?.getBoundingClientRect().top ?? 0;
    for (const entry of log?.querySelectorAll<HTMLElement>(".entry") ?? []) {
      const at = entry.getBoundingClientRect().top - top;
      if (at >= 0) return { entry: entry.dataset.entry ?? "", at };
    }
    return { entry: "", at: 0 };
  });

/** In how many of so many frames the entries of the thread stood elsewhere than in the one before. */
const movesIn = (page: Page, frames: number) =>
  page.evaluate(async (left) => {
    const places = () =>
      JSON.stringify(
        [...document.querySelectorAll<HTMLElement>(".log .entry")].map((one) => [
          one.dataset.entry,
          one.getBoundingClientRect().top,
        ]),
      );
    let moves = 0;
    for (let last = places(), nth = 0; nth < left; nth++) {
      await new Promise((drawn) => requestAnimationFrame(drawn));
      const now = places();
      if (now !== last) moves++;
      last = now;
    }
    return moves;
  }, frames);

const topOf = (page: Page, entry: string) =>
  page.evaluate((key) => {
    const log = document.querySelector(".log");
    const element = log?.querySelector(`[data-entry="${key}"]`);
    return element && log ? element.getBoundingClientRect().top - log.getBoundingClientRect().top : null;
  }, entry);

test("a conversation of 5 000 messages opens at its end, grows upwards without jumps, and is found in and linked into", async ({
  inbox,
  world,
}) => {
  test.setTimeout(240_000);
  await world.write({ from: "Long Talker <long@talk.example>", subject: "A long story", text: "It began like this." });
  const { id } = await conversationWith(world, "A long story");
  await world.innboks.fill(id, MANY - 1);
  const { items } = await api(world, "GET", `/api/conversations/${id}/messages?limit=1`);
  const newest = inbox.locator(".log").getByText(items[0].text);
  await inbox.goto(`${world.innboks.url}/inbox/open/${id}`);
  await expect(newest).toBeInViewport();
  expect(await inbox.locator(".entry").count()).toBeLessThan(60);

  const onTheirWay = new Set<string>();
  inbox.on("request", (request) => request.url().includes("/messages?") && onTheirWay.add(request.url()));
  for (const end of ["requestfinished", "requestfailed"] as const)
    inbox.on(end as "requestfinished", (request) => void onTheirWay.delete(request.url()));

  // Up through several pages: what stood in sight moves by what was scrolled, never by what came in above.
  await inbox.locator(".log").hover();
  let worst = 0;
  for (let turn = 0; turn < 80; turn++) {
    const before = await placeOfFirst(inbox);
    await inbox.mouse.wheel(0, -500);
    // The wheel is answered when it is drawn; one more turn before that would be counted as a jump.
    await expect.poll(() => topOf(inbox, before.entry), { intervals: [20] }).not.toBe(before.at);
    const now = await topOf(inbox, before.entry);
    if (now !== null) worst = Math.max(worst, Math.abs(now - before.at - 500));
  }
  expect(worst).toBeLessThan(80);
  // Once no page is on its way and the last turn is drawn, nothing moves by itself.
  await expect.poll(() => [...onTheirWay]).toEqual([]);
  await expect.poll(() => movesIn(inbox, 12)).toBe(0);
  expect(await movesIn(inbox, 24)).toBe(0);
  expect(await inbox.locator(".entry").count()).toBeLessThan(60);
  await inbox.getByRole("button", { name: "Go to the newest message" }).click();
  await expect(newest).toBeInViewport();

  // A link to a message in the middle opens there, and one can go on in both directions.
  const { ids } = await api(world, "GET", `/api/conversations/${id}/find?q=needle`);
  expect(ids).toHaveLength(10);
  const middle = ids[5];
  await inbox.goto(`${world.innboks.url}/inbox/open/${id}#m${middle}`);
  await expect(inbox.locator(`#m${middle}`)).toBeInViewport();
  await expect(inbox.locator(`#m${middle}`)).toContainText("needle");
  await inbox.locator(".log").hover();
  for (let turn = 0; turn < 6; turn++) await inbox.mouse.wheel(0, 900);
  await expect(inbox.locator(`#m${middle}`)).not.toBeInViewport();
  await inbox.getByRole("button", { name: "Go to the newest message" }).click();
  await expect(newest).toBeInViewport();

  // Words are found in all of it, by keyboard.
  await inbox.keyboard.press("Control+f");
  const field = inbox.getByRole("textbox", { name: "Find in this conversation" });
  await expect(field).toBeFocused();
  await field.fill("needle");
  await expect(inbox.getByText("1 of 10")).toBeVisible();
  await expect(inbox.locator(`#m${ids[0]}`)).toBeInViewport();
  for (const nth of [1, 2, 3]) {
    await inbox.keyboard.press("Enter");
    await expect(inbox.getByText(`${nth + 1} of 10`)).toBeVisible();
    await expect(inbox.locator(`#m${ids[nth]}`)).toBeInViewport();
  }
  expect(await inbox.evaluate(() => (CSS.highlights.get("found")?.size ?? 0) > 0)).toBe(true);
  await inbox.keyboard.press("Shift+Enter");
  await expect(inbox.getByText("3 of 10")).toBeVisible();
  await field.fill("no such words");
  await expect(inbox.getByText("Not found")).toBeVisible();
  await inbox.keyboard.press("Escape");
  await expect(field).toHaveCount(0);

  // What one writes is seen at once, wherever one was.
  await inbox.getByRole("tab", { name: "Comment" }).click();
  await fillComposer(inbox, /^Comment/, "The last word");
  await inbox.keyboard.press("Control+Enter");
  await expect(inbox.locator(".log").getByText("The last word")).toBeInViewport();
});

test("pictures and papers open over the window, by keyboard too, and come as one zip", async ({ inbox, world }) => {
  await world.write({
    from: "Priya Nair <priya@pictures.example>",
    subject: "Pictures of the seam",
    text: "Here they are.",
    attachments: [
      { filename: "seam-door.png", content: PNG },
      { filename: "seam-floor.png", content: PNG },
      { filename: "receipt.pdf", content: PDF },
      { filename: "notes.txt", content: "Just notes." },
    ],
  });
  await inbox.getByRole("link", { name: /Pictures of the seam/ }).click();
  const chip = inbox.getByRole("button", { name: /^Show seam-door\.png/ });
  await expect(chip.locator("img")).toBeVisible();
  await chip.focus();
  await inbox.keyboard.press("Enter");
  const box = inbox.locator("dialog.lightbox");
  await expect(box.getByRole("img", { name: "seam-door.png" })).toBeVisible();
  await axe(inbox, "lightbox");
  await inbox.keyboard.press("+");
  await expect(box.getByText("150%")).toBeVisible();
  await inbox.keyboard.press("0");
  await inbox.keyboard.press("ArrowRight");
  await expect(box.getByRole("img", { name: "seam-floor.png" })).toBeVisible();
  await box.getByRole("button", { name: "Zoom in" }).focus();
  await inbox.keyboard.press("ArrowRight");
  await expect(box.locator("iframe[title='receipt.pdf']")).toBeVisible();
  // The button that had the focus is gone, and the keys are still heard.
  await inbox.keyboard.press("ArrowRight");
  await expect(box.getByRole("img", { name: "seam-door.png" })).toBeVisible();
  await inbox.keyboard.press("ArrowLeft");
  await expect(box.locator("iframe[title='receipt.pdf']")).toBeVisible();
  const saved = inbox.waitForEvent("download");
  await box.getByRole("link", { name: "Download" }).click();
  expect(await readFile(await (await saved).path())).toEqual(PDF);
  await inbox.keyboard.press("Escape");
  await expect(box).toHaveCount(0);
  await expect(chip).toBeFocused();
  await expect(inbox.getByRole("link", { name: /notes\.txt/ })).toHaveAttribute("download", "notes.txt");
  const zip = inbox.waitForEvent("download");
  await inbox.getByRole("link", { name: "Download all as zip" }).click();
  const content = await readFile(await (await zip).path());
  expect(content.subarray(0, 2).toString()).toBe("PK");
  expect(content.includes(PNG)).toBe(true);
});

test("the original is what arrived, byte for byte, with its header lines to look at", async ({ inbox, world }) => {
  const raw = [
    "From: Ola Raw <ola@raw.example>",
    "To: support@tindra.example",
    "Subject: =?utf-8?q?R=C3=A5_kilde?=",
    "Message-ID: <raw-1@raw.example>",
    "Date: Mon, 2 Nov 2026 09:00:00 +0100",
    "X-Odd: kept\r\n as it is",
    "",
    "Exactly  this.\r\n\r\n",
  ].join("\r\n");
  await world.write({ from: "Ola Raw <ola@raw.example>", raw } as never);
  await inbox.getByRole("link", { name: /Rå kilde/ }).click();
  const menu = inbox.getByRole("button", { name: "More about this message" });
  await menu.click();
  const saved = inbox.waitForEvent("download");
  await inbox.getByRole("menuitem", { name: "Download the original" }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toBe("Rå kilde.eml");
  const content = (await readFile(await file.path())).toString();
  expect(content.trimEnd()).toBe(raw.trimEnd());
  await menu.click();
  await inbox.getByRole("menuitem", { name: "Show the original" }).click();
  const dialog = inbox.getByRole("dialog", { name: "The original" });
  await expect(dialog.getByText("kept as it is")).toBeVisible();
  await expect(dialog.getByText("Rå kilde", { exact: true })).toBeVisible();
  await axe(inbox, "original");
  await dialog.getByRole("tab", { name: "Source" }).click();
  await expect(dialog.getByText(/Exactly {2}this\./)).toBeVisible();
});

test("mails are readable in the dark, with or without colours of their own, and as they were sent", async ({
  inbox,
  world,
}) => {
  const from = "Dag Natt <dag@natt.example>";
  await world.write({ from, subject: "Plain in the dark", html: "<p>No colours <b>here</b>.</p>" });
  await world.write({
    from,
    subject: "Coloured in the dark",
    html: `<div style="background:#ffffff;color:#222222"><p>Dark ink on paper.</p></div>`,
  });
  await inbox.emulateMedia({ colorScheme: "dark" });
  await inbox.getByRole("link", { name: /Plain in the dark/ }).click();
  const body = inbox.frameLocator("iframe").locator("body");
  await expect(body).toContainText("No colours");
  await expect(body).toHaveCSS("color", "rgb(231, 236, 234)");
  await expect(body).toHaveCSS("background-color", "rgba(0, 0, 0, 0)");
  await inbox.locator("[data-row]", { hasText: "Coloured in the dark" }).click();
  const mail = inbox.frameLocator("iframe").locator("#mail");
  await expect(mail).toHaveCSS("filter", /invert\(0\.92\)/);
  await inbox.getByRole("button", { name: "More about this message" }).click();
  await inbox.getByRole("menuitem", { name: "Original colours" }).click();
  await expect(mail).toHaveCSS("filter", "none");
  await inbox.emulateMedia({ colorScheme: "light" });
  await expect(mail).toHaveCSS("filter", "none");
});

test("whose images were always wanted is remembered", async ({ inbox, world }) => {
  const mail = {
    from: "Lina Bilde <lina@bilde.example>",
    html: `<p>Look</p><img src="https://pictures.example/a.png">`,
  };
  await world.write({ ...mail, subject: "First picture" });
  await world.write({ ...mail, subject: "Second picture" });
  await inbox.getByRole("link", { name: /First picture/ }).click();
  await inbox.getByRole("button", { name: "Always from lina@bilde.example" }).click();
  await expect(inbox.getByText("Images from elsewhere are not loaded.")).toHaveCount(0);
  await inbox.locator("[data-row]", { hasText: "Second picture" }).click();
  await expect(inbox.frameLocator("iframe").getByText("Look")).toBeVisible();
  await expect(inbox.getByText("Images from elsewhere are not loaded.")).toHaveCount(0);
});

test("a mail that looks out of place says so, and leaves from the menu too", async ({ inbox, world }) => {
  const from = "Tor Rot <tor@rot.example>";
  const first = await world.write({
    from,
    subject: "Tent pegs",
    text: "They bend.",
    messageId: "<pegs-1@rot.example>",
  });
  await conversationWith(world, "Tent pegs");
  await world.write({ from, subject: "Your invoice 77", text: "It is wrong.", inReplyTo: first.messageId });
  await inbox.getByRole("link", { name: /Tent pegs/ }).click();
  await expect(inbox.getByRole("article")).toHaveCount(2);
  await expect(inbox.getByRole("note", { name: "Another subject" })).toBeVisible();
  await inbox.getByRole("button", { name: "More about this message" }).last().click();
  await inbox.getByRole("menuitem", { name: "Why is this here?" }).click();
  const dialog = inbox.getByRole("dialog", { name: "Why is this here?" });
  await expect(dialog.getByText(/“Tent pegs” before, “Your invoice 77” now/)).toBeVisible();
  await axe(inbox, "why");
  await dialog.getByRole("button", { name: "Move to a new conversation" }).click();
  await expect(inbox.getByText("Message moved to a new conversation")).toBeVisible();
  await expect(inbox.getByRole("main").getByRole("article")).toHaveCount(1);
});
