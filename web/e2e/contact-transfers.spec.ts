/* Contacts from a table and into one: a file is looked at, mapped, brought in by the worker, reported and taken back; a list is written out. */
import { readFile } from "node:fs/promises";
import type { Download, Page } from "@playwright/test";
import { api, axe, cutTexts } from "./checks";
import { expect, test } from "./fixtures";
import { enter, person } from "./people";

const SHOTS = process.env.SHOTS;
const shot = async (page: Page, name: string) => {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
};
const text = async (download: Download) => readFile(await download.path(), "utf8");
const overflow = (page: Page) =>
  page.evaluate(() => {
    const main = document.querySelector("#main");
    return [document.documentElement.scrollWidth - innerWidth, (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0)];
  });

/** Whether a progress bar was on the page at any time from now on: of three rows it is gone before one looks. */
async function watch(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => {
    new MutationObserver(() => {
      if (document.querySelector("progress")) document.body.dataset.seen = "progress";
    }).observe(document.body, { childList: true, subtree: true });
  });
  return () => page.evaluate(() => document.body.dataset.seen === "progress");
}

let nth = 0;
/** Contacts stay where conversations are emptied: each story has people of its own, with this word in their names. */
const newWord = () => `Quarl${Date.now().toString(36)}${nth++}`;

function table(word: string): Buffer {
  const host = `${word.toLowerCase()}.example`;
  const rows = [
    "Navn;E-post;Sko",
    `Åse ${word};aase@${host};38`,
    `Bad ${word};nobody;40`,
    `Carl ${word};carl@${host};44`,
  ];
  return Buffer.from(rows.join("\r\n"), "latin1");
}

test("of many rows that were not taken, the first stand there, with how many there are", async ({ inbox, world }) => {
  const word = newWord();
  const rows = Array.from({ length: 37 }, (_, nth) => `Bad ${word} ${nth};nobody${nth}`);
  await inbox.goto(`${world.innboks.url}/contacts`);
  await inbox.locator(".bookhead").getByRole("link", { name: "Import" }).click();
  const chooser = inbox.waitForEvent("filechooser");
  await inbox.getByRole("button", { name: "Choose a file" }).click();
  const buffer = Buffer.from(["Navn;E-post", ...rows].join("\r\n"));
  await (await chooser).setFiles({ name: `${word}.csv`, mimeType: "text/csv", buffer });
  await inbox.getByRole("button", { name: "Import 37 rows" }).click();
  const bad = inbox.getByRole("table", { name: "What was not taken" });
  await expect(bad.getByRole("row")).toHaveCount(11, { timeout: 30_000 });
  await expect(inbox.getByText("The first 10 of 37")).toBeVisible();
});

test("a table with a bad row is imported by keyboard, its report read, its list exported, and all of it undone", async ({
  inbox,
  world,
}) => {
  const word = newWord();
  const name = `kunder-${word}.csv`;
  await inbox.goto(`${world.innboks.url}/contacts`);
  await inbox.locator(".bookhead").getByRole("link", { name: "Import" }).click();
  await expect(inbox.getByRole("heading", { level: 1, name: "Import contacts" })).toBeVisible();
  const chooser = inbox.waitForEvent("filechooser");
  await inbox.getByRole("button", { name: "Choose a file" }).focus();
  await inbox.keyboard.press("Enter");
  await (await chooser).setFiles({ name, mimeType: "text/csv", buffer: table(word) });

  // The table as it was read, and read differently.
  await expect(inbox.getByText(`${name} · 3 rows`)).toBeVisible();
  const encoding = inbox.getByLabel("Encoding");
  await expect(encoding).toHaveValue("windows-1252");
  const delimiter = inbox.getByLabel("Cells are parted by");
  await delimiter.selectOption({ label: "Comma" });
  await expect(inbox.getByLabel("What the column Navn;E-post;Sko holds")).toBeVisible();
  await expect(delimiter).toBeEnabled();
  await delimiter.selectOption({ label: "Semicolon" });
  const sample = inbox.getByRole("table", { name: /The table as it was read/ });
  await expect(sample.getByRole("cell", { name: `Åse ${word}` })).toBeVisible();

  // What the columns hold is suggested.
  await expect(inbox.getByLabel("What the column Navn holds")).toHaveValue("name");
  await expect(inbox.getByLabel("What the column E-post holds")).toHaveValue("email");
  await expect(inbox.getByLabel("What the column Sko holds")).toHaveValue("");
  await expect(inbox.getByLabel("Find known contacts by")).toHaveValue("email");
  await inbox.getByLabel("What the column Navn holds").selectOption({ label: "Email" });
  await inbox.getByLabel("What the column E-post holds").selectOption({ label: "Leave it out" });
  await inbox.getByLabel("What the column Navn holds").selectOption({ label: "Leave it out" });
  await expect(inbox.getByLabel("Find known contacts by")).toHaveValue("none");
  await inbox.getByRole("button", { name: "Import 3 rows" }).click();
  await expect(inbox.getByRole("alert")).toBeVisible();
  await shot(inbox, "import-refused");
  await inbox.getByLabel("What the column Navn holds").selectOption({ label: "Name" });
  await inbox.getByLabel("What the column E-post holds").selectOption({ label: "Email" });
  await expect(inbox.getByLabel("Find known contacts by")).toHaveValue("email");
  await axe(inbox, "the columns of an import", [], (theme) => shot(inbox, `import-mapping-${theme}`));
  await inbox.setViewportSize({ width: 360, height: 740 });
  expect(await overflow(inbox)).toEqual([0, 0]);
  await shot(inbox, "import-mapping-phone");
  await inbox.setViewportSize({ width: 1440, height: 900 });
  const progress = await watch(inbox);
  await inbox.getByRole("button", { name: "Import 3 rows" }).focus();
  await inbox.keyboard.press("Enter");

  // The worker brings it in.
  await expect(inbox.getByText(`${name} is imported.`)).toBeVisible({ timeout: 30_000 });
  expect(await progress()).toBe(true);
  await expect(inbox.getByRole("progressbar")).toHaveCount(0);
  await expect(inbox.locator("#main")).toBeFocused();
  const counts = inbox.locator("dl.numbers dd");
  await expect(counts).toHaveText(["2", "0", "0", "1"]);
  const bad = inbox.getByRole("table", { name: "What was not taken" });
  await expect(bad.getByRole("row").nth(1)).toHaveText(
    "3nobodyE-post“nobody” is not a mail address. Write it like name@example.org.",
  );
  const downloaded = inbox.waitForEvent("download");
  await inbox.getByRole("link", { name: "Download the rows that were not taken" }).click();
  const report = await text(await downloaded);
  expect(report).toContain("Navn,E-post,Sko,Row,Problem");
  expect(report).toContain(`Bad ${word},nobody,40,`);
  expect(report).not.toContain("Carl");
  await axe(inbox, "an import that is done", [], (theme) => shot(inbox, `import-done-${theme}`));
  await inbox.setViewportSize({ width: 360, height: 740 });
  expect(await overflow(inbox)).toEqual([0, 0]);
  expect(await cutTexts(inbox)).toEqual([]);
  await shot(inbox, "import-done-phone");
  await inbox.setViewportSize({ width: 1440, height: 900 });

  // The list that is shown is written out.
  await inbox.goto(`${world.innboks.url}/contacts?q=${word}`);
  await expect(inbox.getByRole("link", { name: new RegExp(word) })).toHaveCount(2);
  await shot(inbox, "contacts-with-transfers");
  await inbox.getByRole("button", { name: "Export" }).click();
  const dialog = inbox.getByRole("dialog", { name: "Export contacts" });
  await expect(dialog.getByText(/2 contacts written/)).toBeVisible({ timeout: 30_000 });
  await axe(inbox, "an export that is done", [], (theme) => shot(inbox, `export-done-${theme}`));
  const file = inbox.waitForEvent("download");
  await dialog.getByRole("link", { name: "Download the table" }).click();
  const written = await text(await file);
  expect(written).toContain(`Åse ${word}`);
  expect(written).toContain(`Carl ${word}`);
  expect(written.trim().split("\n")).toHaveLength(3);
  await inbox.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);

  // Or what is chosen of it.
  await inbox.getByRole("checkbox", { name: new RegExp(`Carl ${word}`) }).check();
  await inbox.getByRole("toolbar").getByRole("button", { name: "Export" }).click();
  await expect(dialog.getByText(/1 contact written/)).toBeVisible({ timeout: 30_000 });
  const one = inbox.waitForEvent("download");
  await dialog.getByRole("link", { name: "Download the table" }).click();
  expect(await text(await one)).not.toContain("Åse");

  // The import is found again and undone.
  await inbox.goto(`${world.innboks.url}/contacts/import`);
  await inbox.getByRole("link", { name }).click();
  await inbox.getByRole("button", { name: "Undo the import" }).click();
  await expect(inbox.getByText("The import is undone.")).toBeVisible({ timeout: 30_000 });
  await inbox.goto(`${world.innboks.url}/contacts?q=${word}`);
  await expect(inbox.getByRole("heading", { name: "Nobody found" })).toBeVisible();
  const { items } = await api(world, "GET", `/api/contacts?q=${word}`);
  expect(items).toHaveLength(0);
});

test("a file is dropped, what is no table is refused in words, and a phone has room for all of it", async ({
  inbox,
  world,
}) => {
  const word = newWord();
  const name = `a-very-long-name-of-a-file-that-nobody-would-give-to-one-${word}.csv`;
  const drop = (content: string) =>
    inbox.getByRole("region", { name: "Choose a file" }).evaluate(
      (target, [fileName, words]) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([words as string], fileName as string, { type: "text/csv" }));
        for (const type of ["dragover", "drop"])
          target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      },
      [name, content],
    );
  await inbox.setViewportSize({ width: 360, height: 740 });
  await inbox.goto(`${world.innboks.url}/contacts/import`);
  await drop("");
  await expect(inbox.getByRole("alert")).toContainText("The file has no rows");
  await shot(inbox, "import-empty-file");
  await axe(inbox, "import on a phone", [], (theme) => shot(inbox, `import-phone-${theme}`));
  const wide = Array.from({ length: 30 }, (_, at) => `Column number ${at}`);
  await drop(`Name,${wide.join(",")}\nDina ${word},${wide.join(",")}\n`);
  await expect(inbox.getByText(`${name} · 1 row`)).toBeVisible();
  for (const width of [360, 320]) {
    await inbox.setViewportSize({ width, height: 740 });
    expect(await overflow(inbox)).toEqual([0, 0]);
  }
  await shot(inbox, "import-wide-phone");
  await axe(inbox, "a wide table on a phone");
  await inbox.goto(`${world.innboks.url}/contacts/import`);
  await expect(inbox.getByRole("link", { name })).toBeVisible();
  await expect(inbox.getByText("Not begun").first()).toBeVisible();
  expect(await overflow(inbox)).toEqual([0, 0]);
  await shot(inbox, "imports-phone");
  await inbox.goto(`${world.innboks.url}/contacts`);
  await expect(inbox.getByRole("button", { name: "Export" })).toBeVisible();
  expect(await overflow(inbox)).toEqual([0, 0]);
  await shot(inbox, "contacts-phone-transfers");
  await inbox.goto(`${world.innboks.url}/contacts/import?id=999999`);
  await expect(inbox.getByRole("alert")).toBeVisible();
  await shot(inbox, "import-unknown");
});

test("who may not set up channels is offered neither, and told so where a link leads there", async ({
  page,
  world,
}) => {
  await person(world, "Solveig Ness");
  await enter(page, world, "solveig@tindra.example");
  await page.goto(`${world.innboks.url}/contacts`);
  await expect(page.getByRole("button", { name: "New contact" }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: /^Import/ })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Export" })).toHaveCount(0);
  await page.goto(`${world.innboks.url}/contacts/import`);
  await expect(page.getByText("Importing needs the permission “Channels and inboxes”.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Choose a file" })).toHaveCount(0);
  await shot(page, "import-may-not");
});
