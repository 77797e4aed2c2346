/* The book of contacts: found, narrowed, opened, changed, merged and blocked, by pointer and by keyboard, on a screen and on a phone. */
import type { Page } from "@playwright/test";
import { api, axe, conversationWith } from "./checks";
import { expect, test, type World } from "./fixtures";

const SHOTS = process.env.SHOTS;
const shot = async (page: Page, name: string) => {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png` });
};

let nth = 0;
/** Contacts stay where conversations are emptied: each story has people of its own, with this word in their names. */
async function people(world: World, names: string[]): Promise<{ word: string; ids: string[] }> {
  const word = `Quorl${Date.now().toString(36)}${nth++}`;
  const ids: string[] = [];
  for (const name of names) {
    const email = `${name.toLowerCase()}@${word.toLowerCase()}.example`;
    ids.push((await api(world, "POST", "/api/contacts", { name: `${name} ${word}`, email })).id);
  }
  // Found by the index, which is a moment behind.
  const found = async () => (await api(world, "GET", `/api/contacts?q=${word}`)).items.length;
  await expect.poll(found, { timeout: 20_000 }).toBe(names.length);
  return { word, ids };
}

async function property(world: World, label: string, type: string, options: string[] = []): Promise<string> {
  const { items } = await api(world, "GET", "/api/contact-properties");
  const known = items.find((one: { label: string }) => one.label === label);
  return known?.key ?? (await api(world, "POST", "/api/contact-properties", { label, type, options })).key;
}

test("contacts are found, narrowed and opened by keyboard, and a property is changed and undone", async ({
  inbox,
  world,
}) => {
  const key = await property(world, "Company", "text");
  const level = await property(world, "Level", "choice", ["Gold", "Silver"]);
  const { word, ids } = await people(world, ["Anna", "Berit", "Carl"]);
  await api(world, "PATCH", `/api/contacts/${ids[1]}`, { properties: { [key]: "Fjellsport AS", [level]: "Gold" } });
  await world.write({
    from: `Dora ${word} <dora@${word.toLowerCase()}.example>`,
    subject: `Hello ${word}`,
    text: "Hi.",
  });
  await conversationWith(world, `Hello ${word}`);
  await inbox.getByRole("link", { name: "Contacts" }).first().click();
  await inbox.getByRole("searchbox", { name: "Find a contact" }).fill(word);
  const table = inbox.getByRole("table", { name: "Contacts" });
  await expect(table.getByRole("link", { name: new RegExp(word) })).toHaveCount(4);
  await expect(inbox).toHaveURL(new RegExp(`q=${word}`));
  await shot(inbox, "contacts-list");
  await axe(inbox, "contacts", [], (theme) => shot(inbox, `contacts-list-${theme}`));
  await table.getByRole("link", { name: `Anna ${word}` }).focus();
  await inbox.keyboard.press("ArrowDown");
  await expect(table.getByRole("link", { name: `Berit ${word}` })).toBeFocused();
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByRole("heading", { level: 1, name: `Berit ${word}` })).toBeVisible();
  await inbox.getByRole("button", { name: /^Company: Fjellsport AS/ }).focus();
  await inbox.keyboard.press("Enter");
  await inbox.keyboard.press("Control+a");
  await inbox.keyboard.type("Havutstyr AS");
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByRole("button", { name: /^Company: Havutstyr AS/ })).toBeVisible();
  await expect(inbox.getByText(/set Company to Havutstyr AS/)).toBeVisible();
  await shot(inbox, "contact-page");
  await axe(inbox, "a contact", [], (theme) => shot(inbox, `contact-page-${theme}`));
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(inbox.getByRole("button", { name: /^Company: Fjellsport AS/ })).toBeVisible();
  await inbox.goBack();
  await expect(table.getByRole("link", { name: new RegExp(word) })).toHaveCount(4);
  await inbox.getByRole("button", { name: "Filter" }).click();
  await inbox.getByLabel("Open", { exact: true }).selectOption({ label: "Open conversation" });
  await expect(table.getByRole("link", { name: new RegExp(word) })).toHaveCount(1);
  await inbox.keyboard.press("Escape");
  await inbox.getByRole("list", { name: "Filters" }).getByRole("button").click();
  await expect(table.getByRole("link", { name: new RegExp(word) })).toHaveCount(4);
});

test("several contacts get an owner or are blocked at once, and it is undone", async ({ inbox, world }) => {
  const { word } = await people(world, ["Ella", "Finn", "Gro"]);
  await inbox.goto(`${world.innboks.url}/contacts?q=${word}`);
  const table = inbox.getByRole("table", { name: "Contacts" });
  await table.getByRole("checkbox", { name: "Choose all that are loaded" }).check();
  await expect(inbox.getByText("3 chosen")).toBeVisible();
  await inbox.getByRole("button", { name: "Give the chosen ones an owner" }).click();
  await inbox.getByRole("menuitem", { name: /Amina/ }).click();
  await expect(table.getByText("Amina Yusuf")).toHaveCount(3);
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(table.getByText("Amina Yusuf")).toHaveCount(0);
  await table.getByRole("checkbox", { name: new RegExp(`Finn ${word}`) }).check();
  await inbox.getByRole("toolbar").getByRole("button", { name: "Block" }).click();
  await expect(table.getByText("Blocked")).toHaveCount(1);
  await inbox.getByRole("button", { name: /^Undo/ }).last().click();
  await expect(table.getByText("Blocked")).toHaveCount(0);
});

test("two contacts are merged side by side, and the merge is undone", async ({ inbox, world }) => {
  const key = await property(world, "Company", "text");
  const { word, ids } = await people(world, ["Hanne", "Hanna"]);
  await api(world, "PATCH", `/api/contacts/${ids[0]}`, { properties: { [key]: "Fjellsport AS" } });
  await api(world, "PATCH", `/api/contacts/${ids[1]}`, { properties: { [key]: "Havutstyr AS" } });
  const namesake = `namesake@${word.toLowerCase()}.example`;
  await api(world, "POST", "/api/contacts", { name: `Hanne ${word}`, email: namesake });
  await inbox.goto(`${world.innboks.url}/contacts/${ids[0]}`);
  // Two of one name are told apart before anything is opened.
  const likely = inbox.getByRole("complementary").getByRole("button", { name: /^Look at merging Hanne/ });
  await expect(likely).toContainText(`${namesake} · same name`);
  await expect(likely).toHaveAccessibleName(new RegExp(namesake));
  await inbox.getByRole("button", { name: "Merge…" }).click();
  const dialog = inbox.getByRole("dialog", { name: "Merge two contacts" });
  await expect(dialog.getByRole("button", { name: `${namesake} · same name` })).toBeVisible();
  await dialog.getByRole("searchbox").fill(`Hanna ${word}`);
  await dialog.getByRole("button", { name: new RegExp(`Hanna ${word}`) }).click();
  await dialog.getByRole("radio", { name: "Havutstyr AS" }).check();
  await shot(inbox, "contact-merge");
  await axe(inbox, "merging contacts");
  await dialog.getByRole("button", { name: "Merge the contacts" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(inbox.getByRole("button", { name: /^Company: Havutstyr AS/ })).toBeVisible();
  await expect(inbox.getByRole("button", { name: `Write to hanna@${word.toLowerCase()}.example` })).toBeVisible();
  await expect(inbox.getByText(new RegExp(`merged Hanna ${word} into this contact`))).toBeVisible();
  const merged = inbox
    .getByRole("complementary")
    .getByRole("listitem")
    .filter({ hasText: `Hanna ${word}` });
  await expect(merged.getByText(`Hanna ${word}`)).toBeVisible();
  await inbox.goto(`${world.innboks.url}/contacts/${ids[1]}`);
  await expect(inbox.getByRole("heading", { level: 1, name: `Hanne ${word}` })).toBeVisible();
  await inbox.getByRole("button", { name: "Undo" }).first().click();
  await expect(inbox.getByRole("heading", { level: 1, name: `Hanna ${word}` })).toBeVisible();
});

test("a contact is added by hand, and blocked where it stands", async ({ inbox, world }) => {
  const { word } = await people(world, ["Ivar"]);
  await inbox.goto(`${world.innboks.url}/contacts?q=nobody-${word}`);
  await expect(inbox.getByRole("heading", { name: "Nobody found" })).toBeVisible();
  await shot(inbox, "contacts-none");
  await inbox.getByRole("button", { name: "New contact" }).click();
  const dialog = inbox.getByRole("dialog", { name: "New contact" });
  await dialog.getByLabel("Name").fill(`Jorunn ${word}`);
  await dialog.getByLabel("Phone").fill("12");
  await dialog.getByRole("button", { name: "Create contact" }).click();
  await expect(dialog.getByText(/is not a phone number/)).toBeVisible();
  await dialog.getByLabel("Phone").fill("");
  await dialog.getByRole("button", { name: "Create contact" }).click();
  await expect(inbox.getByRole("heading", { level: 1, name: `Jorunn ${word}` })).toBeVisible();
  await inbox.getByRole("button", { name: "More about this contact" }).click();
  await inbox.getByRole("menuitem", { name: "Block" }).click();
  await expect(inbox.getByText(/goes to spam and nobody is told/)).toBeVisible();
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(inbox.getByText(/goes to spam and nobody is told/)).toHaveCount(0);
  await inbox.getByRole("button", { name: "More about this contact" }).click();
  await inbox.getByRole("menuitem", { name: "Block" }).click();
  await inbox.getByRole("button", { name: "Unblock" }).click();
  await expect(inbox.getByText(/goes to spam and nobody is told/)).toHaveCount(0);
});

test("properties are defined in the settings, and a deleted one comes back", async ({ inbox, world }) => {
  const { word } = await people(world, []);
  await inbox.goto(`${world.innboks.url}/settings/properties`);
  await inbox.getByRole("button", { name: "New property" }).click();
  const dialog = inbox.getByRole("dialog", { name: "New property" });
  await dialog.getByLabel("Name").fill(word);
  await dialog.getByLabel("Type").selectOption({ label: "Choice" });
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText(/Give 1 to 100 choices/)).toBeVisible();
  await dialog.getByLabel("Choices").fill("Red\nBlue");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(inbox.getByText("Choice: Red and Blue")).toBeVisible();
  await shot(inbox, "contact-properties");
  await axe(inbox, "contact properties");
  await inbox.getByRole("button", { name: `More about ${word}` }).click();
  await inbox.getByRole("menuitem", { name: "Delete" }).click();
  await expect(inbox.getByText(word, { exact: true })).toHaveCount(0);
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(inbox.getByText(word, { exact: true })).toBeVisible();
  await inbox.getByRole("button", { name: `More about ${word}` }).click();
  await inbox.getByRole("menuitem", { name: "Delete" }).click();
});

test("on a phone the book and a contact fit, with long names too", async ({ inbox, world }) => {
  const long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
  const { word, ids } = await people(world, [`Kari${long}`.slice(0, 60), "Lars"]);
  await inbox.setViewportSize({ width: 360, height: 740 });
  for (const path of [`/contacts?q=${word}`, `/contacts/${ids[0]}`]) {
    await inbox.goto(`${world.innboks.url}${path}`);
    await expect(inbox.getByText(new RegExp(word)).first()).toBeVisible();
    for (const width of [360, 320]) {
      await inbox.setViewportSize({ width, height: 740 });
      expect(await inbox.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
      expect(
        await inbox.evaluate(
          () =>
            (document.querySelector(".bookpage")?.scrollWidth ?? 0) -
            (document.querySelector(".bookpage")?.clientWidth ?? 0),
        ),
      ).toBe(0);
    }
    await inbox.setViewportSize({ width: 360, height: 740 });
    await shot(inbox, path.includes("?") ? "contacts-phone" : "contact-phone");
    await axe(inbox, `${path} on a phone`);
    // What nobody sees does not take the focus.
    await expect(inbox.locator("thead")).toBeHidden();
  }
});
