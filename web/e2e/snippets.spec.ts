/* Snippets in the settings: written with the composer's editor beside what the customer would get, taken along in a file, and brought in from one. */
import { readFile } from "node:fs/promises";
import { api } from "./checks";
import { look } from "./composing";
import { expect, test } from "./fixtures";

test("a snippet is written with emphasis and tokens, and what the customer gets stands beside it", async ({
  inbox,
  world,
}) => {
  await inbox.goto(`${world.innboks.url}/settings/snippets`);
  await inbox.getByRole("button", { name: "Add a snippet" }).click();
  await expect(inbox.getByLabel("Shortcut", { exact: true })).toBeFocused();
  await inbox.keyboard.type("ready");
  const text = inbox.getByRole("textbox", { name: "Text" });
  await expect(inbox.locator(".snippettext .composetext.rich")).toBeVisible();
  await text.click();
  await inbox.keyboard.type("Hi ");
  await inbox.getByRole("button", { name: "Insert a token" }).click();
  await inbox.getByRole("menuitem", { name: "first name", exact: true }).first().click();
  await expect(text).toHaveText("Hi {contact.first_name}");
  await text.click();
  await inbox.keyboard.press("Control+End");
  await inbox.keyboard.type(", your {order.kind} is ");
  await inbox.keyboard.press("Control+b");
  await inbox.keyboard.type("ready");
  const preview = inbox.getByRole("region", { name: "What the customer gets" });
  await expect(preview).toContainText("Hi Kari, your order.kind is ready");
  await expect(preview.locator("strong")).toHaveText("ready");
  await expect(inbox.getByText("Nothing is known by the name order.kind")).toBeVisible();
  await look(inbox, "snippet-preview");
  await inbox.getByRole("switch", { name: "A customer of whom nothing is known" }).check();
  await expect(preview.locator(".openfield").first()).toHaveText("first name");
  await text.click();
  await inbox.keyboard.press("Control+Enter");
  await expect(inbox.getByRole("button", { name: "Edit /ready" })).toBeVisible();
  const { items } = await api(world, "GET", "/api/snippets");
  expect(items[0].html).toMatch(/<strong>ready<\/strong>/);
  expect(items[0].text).toBe("Hi {contact.first_name}, your {order.kind} is ready");

  // Another name leaves its emphasis alone.
  await inbox.getByRole("button", { name: "Edit /ready" }).click();
  await inbox.getByLabel("Name", { exact: true }).fill("Ready for pick-up");
  await inbox.getByRole("button", { name: "Save the snippet" }).click();
  await expect(inbox.getByRole("button", { name: "Edit /ready" })).toBeVisible();
  const [after] = (await api(world, "GET", "/api/snippets")).items;
  expect([after.name, after.html]).toEqual(["Ready for pick-up", items[0].html]);
});

test("snippets go out in a file and come in from one, and each row that is not taken says why", async ({
  inbox,
  world,
}) => {
  await api(world, "POST", "/api/snippets", {
    shortcut: "hours",
    name: "Hours",
    html: "<p>We <strong>open</strong> at 9, and; close</p>",
    is_shared: true,
  });
  await api(world, "POST", "/api/snippets", { shortcut: "mine", text: 'Only "mine"\n=1+1' });
  await inbox.goto(`${world.innboks.url}/settings/snippets`);
  const saved = inbox.waitForEvent("download");
  await inbox.getByRole("button", { name: "Export" }).click();
  await inbox.getByRole("menuitem", { name: /CSV/ }).click();
  const csv = await readFile(await (await saved).path(), "utf8");
  const before = (await api(world, "GET", "/api/snippets")).items;
  for (const { id } of before) await api(world, "DELETE", `/api/snippets/${id}`);
  await expect(inbox.getByRole("button", { name: "Edit /hours" })).toHaveCount(0);

  await inbox.getByRole("button", { name: "Import" }).click();
  const dialog = inbox.getByRole("dialog", { name: "Import" });
  const file = dialog.getByLabel("Choose a file").and(inbox.locator("input"));
  await file.setInputFiles({ name: "notes.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") });
  await expect(dialog.getByRole("alert")).toContainText("no columns shortcut and text");
  await file.setInputFiles({ name: "snippets.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await expect(dialog.getByText("2 snippets found")).toBeVisible();
  await dialog.getByRole("button", { name: "Import 2 snippets" }).click();
  await expect(dialog.getByText("2 added, 0 replaced, 0 not taken")).toBeVisible();
  const bare = ({ shortcut, name, text, html, is_shared }: Record<string, unknown>) => [
    shortcut,
    name,
    text,
    html,
    is_shared,
  ];
  expect((await api(world, "GET", "/api/snippets")).items.map(bare)).toEqual(before.map(bare));

  const rows = [
    { shortcut: "hours", text: "We open at 10" },
    { shortcut: "two words", text: "x" },
    { shortcut: "empty", text: "" },
    { shortcut: "new", text: "Brand new" },
  ];
  await file.setInputFiles({ name: "s.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(rows)) });
  await dialog.getByRole("button", { name: "Import 4 snippets" }).click();
  await expect(dialog.getByText("1 added, 0 replaced, 3 not taken")).toBeVisible();
  const refused = dialog.getByRole("list", { name: "Not taken" }).getByRole("listitem");
  await expect(refused).toHaveCount(3);
  await expect(refused.filter({ hasText: "two words" })).toContainText(/Line 2.*without spaces/);
  await look(inbox, "snippet-import");
  await file.setInputFiles({ name: "s.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(rows)) });
  await dialog.getByRole("switch", { name: "Replace snippets that have the same shortcut" }).check();
  await dialog.getByRole("button", { name: "Import 4 snippets" }).click();
  await expect(dialog.getByText("0 added, 1 replaced, 2 not taken")).toBeVisible();
  await inbox.keyboard.press("Escape");
  await expect(inbox.getByRole("button", { name: "Edit /new" })).toBeVisible();
});
