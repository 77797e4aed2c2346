/* Snippets in the settings: written with the composer's editor beside what the customer would get, taken along in a file, and brought in from one; and
 * whose they are where one writes. */
import { readFile } from "node:fs/promises";
import { api } from "./checks";
import { look, open, reply } from "./composing";
import { expect, test } from "./fixtures";
import { enter, person } from "./people";

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
  await expect(preview).toContainText("Hi Kari, your order kind is ready");
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
  const kept = async () => (await api(world, "GET", "/api/snippets")).items[0];
  await expect.poll(async () => (await kept()).name).toBe("Ready for pick-up");
  expect((await kept()).html).toBe(items[0].html);
});

test("snippets go out in a file and come in from one, and each row that is not taken says why", async ({
  inbox,
  world,
}) => {
  await api(world, "POST", "/api/snippets", {
    shortcut: "hours",
    name: "Hours",
    html: "<p>We <strong>open</strong> at 9, and; close</p>",
    subject: "Our hours; this week",
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
  await expect(dialog.getByRole("status")).toHaveText("2 added, 0 replaced, 0 not taken");
  const bare = ({ shortcut, name, subject, text, html, is_shared }: Record<string, unknown>) => [
    shortcut,
    name,
    subject,
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
  await expect(dialog.getByRole("status")).toHaveText("1 added, 0 replaced, 3 not taken");
  const refused = dialog.getByRole("list", { name: "Not taken" }).getByRole("listitem");
  await expect(refused).toHaveCount(3);
  await expect(refused.filter({ hasText: "two words" })).toContainText(/Line 2.*without spaces/);
  await look(inbox, "snippet-import");
  await file.setInputFiles({ name: "s.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(rows)) });
  await dialog.getByRole("switch", { name: "Replace snippets that have the same shortcut" }).check();
  await dialog.getByRole("button", { name: "Import 4 snippets" }).click();
  await expect(dialog.getByRole("status")).toHaveText("0 added, 1 replaced, 2 not taken");
  await inbox.keyboard.press("Escape");
  await expect(inbox.getByRole("button", { name: "Edit /new" })).toBeVisible();
});

test("one's own snippets are nobody else's, shared ones come to everybody while they write, and the keyboard is enough", async ({
  inbox,
  world,
  browser,
}) => {
  await person(world, "Solveig Moen");
  const theirs = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Oslo" });
  const solveig = await theirs.newPage();
  await enter(solveig, world, "solveig@tindra.example");
  await api(world, "POST", "/api/snippets", { shortcut: "greet-mine", text: "Only Amina says this", is_shared: false });
  const shared = {
    shortcut: "greet",
    text: "Hi {contact.first_name|there}, {agent.first_name} here.",
    is_shared: true,
  };
  const { id } = await api(world, "POST", "/api/snippets", shared);
  await open(inbox, world, "Whose words");

  // The other one writes: the shared one is there, filled in with their name; Amina's own is not.
  await solveig.getByRole("link", { name: /Whose words/ }).click();
  await expect(solveig.locator(".composetext.rich")).toBeVisible();
  await reply(solveig).click();
  await solveig.keyboard.type("/gre");
  const offered = (page: typeof solveig) => page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await expect(offered(solveig)).toHaveCount(1);
  await solveig.keyboard.press("Enter");
  await expect(reply(solveig)).toHaveText("Hi Ella, Solveig here.");
  const direct = await solveig.request.get(`${world.innboks.url}/api/snippets`);
  expect(await direct.text()).not.toContain("greet-mine");

  // Amina has both; the arrows choose, and go round.
  await reply(inbox).click();
  await inbox.keyboard.type("/gre");
  await expect(offered(inbox)).toHaveCount(2);
  const chosen = () => inbox.getByRole("option", { selected: true }).textContent();
  const first = await chosen();
  await inbox.keyboard.press("ArrowDown");
  await expect.poll(chosen).not.toBe(first);
  await inbox.keyboard.press("ArrowDown");
  await expect.poll(chosen).toBe(first);
  if (first?.includes("greet-mine")) await inbox.keyboard.press("ArrowUp");
  await expect.poll(chosen).not.toContain("greet-mine");
  await inbox.keyboard.press("Tab");
  await expect(reply(inbox)).toHaveText("Hi Ella, Amina here.");

  // What is shared no more is gone from the other one's list, without a reload.
  await api(world, "PATCH", `/api/snippets/${id}`, { is_shared: false });
  await solveig.keyboard.press("Control+a");
  await expect(async () => {
    await solveig.keyboard.press("Control+a");
    await solveig.keyboard.type("/gre");
    await expect(solveig.locator(".suggest", { hasText: "No snippet has these words." })).toBeVisible({
      timeout: 1000,
    });
  }).toPass();
  await theirs.close();
});

test("a template gives a new conversation its subject, and a token in it that nobody filled in is warned of", async ({
  inbox,
  world,
}) => {
  await inbox.goto(`${world.innboks.url}/settings/snippets`);
  await inbox.getByRole("button", { name: "Add a snippet" }).click();
  await inbox.keyboard.type("welcome");
  await inbox.getByLabel("Subject", { exact: true }).fill("Welcome, {contact.first_name}");
  await expect(inbox.locator(".snippettext .composetext.rich")).toBeVisible();
  await inbox.getByRole("textbox", { name: "Text" }).click();
  await inbox.keyboard.type("Good that you are here.");
  const preview = inbox.getByRole("region", { name: "What the customer gets" });
  await expect(preview.getByRole("heading", { name: "Welcome, Kari", includeHidden: true })).toBeVisible();
  await look(inbox, "template");
  await inbox.getByRole("button", { name: "Save the snippet" }).click();
  await expect(inbox.getByRole("button", { name: "Edit /welcome" })).toContainText("Template");

  await inbox.goto(`${world.innboks.url}/inbox/open`);
  await expect(inbox.getByText("Live", { exact: true })).toBeVisible();
  await inbox.keyboard.press("n");
  const pane = inbox.getByRole("dialog", { name: "New conversation" });
  await expect(pane.locator("[contenteditable=true]")).toBeVisible();
  await inbox.keyboard.type("4711@orders.example,");
  const text = pane.getByRole("textbox", { name: /^Message through/ });
  await text.click();
  await inbox.keyboard.type("#welc");
  await expect(inbox.getByRole("option", { name: /welcome/ })).toBeVisible();
  await inbox.keyboard.press("Enter");
  await expect(text).toHaveText("Good that you are here.");
  const subject = pane.getByRole("textbox", { name: "Subject" });
  await expect(subject).toHaveValue("Welcome, {contact.first_name}");
  await inbox.keyboard.press("Control+Enter");
  await expect(pane.getByText("The subject still holds {contact.first_name}.")).toBeVisible();
  await expect(subject).toBeFocused();
  expect(world.mailbox.received).toHaveLength(0);
  await subject.fill("Welcome, order 4711");
  await inbox.keyboard.press("Control+Enter");
  expect((await world.mailbox.waitFor("Good that you are here.")).raw).toMatch(/^Subject: Welcome, order 4711\r?$/m);
  await expect(pane).toHaveCount(0);

  // An answer keeps the subject of its conversation; where that has none, it gets the template's.
  for (const [name, about, expected] of [
    ["Ella", "Has one", "Re: Has one"],
    ["Nils", "", "Welcome, Nils"],
  ] as const) {
    await world.write({ from: `${name} Korhonen <${name}@korhonen.example>`, subject: about, text: "Hello" });
    await inbox
      .getByTestId("rows")
      .getByRole("link", { name: new RegExp(`${name} Korhonen`) })
      .click();
    await expect(inbox.getByRole("article", { name: new RegExp(`^${name} Korhonen`) })).toBeVisible();
    await reply(inbox).click();
    await inbox.keyboard.type("/welc");
    await expect(inbox.getByRole("option", { name: /welcome/ })).toBeVisible();
    await inbox.keyboard.press("Enter");
    await inbox.keyboard.type(` To ${name}.`);
    await inbox.keyboard.press("Control+Enter");
    expect((await world.mailbox.waitFor(` To ${name}.`)).raw).toMatch(new RegExp(`^Subject: ${expected}\\r?$`, "m"));
  }
});
