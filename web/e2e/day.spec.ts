/* Work by keyboard alone: something sensible has the focus, and it is in sight. */
import { expect, type Locator, type Page } from "@playwright/test";
import { api } from "./checks";
import { fillComposer, test, type World } from "./fixtures";
import { ADMIN } from "./server";

const row = (page: Page, name: string) => page.getByRole("link", { name: new RegExp(name) });
const main = (page: Page) => page.getByRole("main");

async function write(world: World, names: string[]): Promise<void> {
  for (const name of names)
    await world.write({
      from: `${name} <${name.toLowerCase()}@day.example>`,
      subject: `About ${name}`,
      text: "Hello?",
    });
}

/** What has the focus can be seen: nothing lies over it. */
async function expectInSight(focused: Locator): Promise<void> {
  await expect(focused).toBeFocused();
  await expect
    .poll(() =>
      focused.evaluate((one) => {
        const { left, top, width, height } = one.getBoundingClientRect();
        const above = document.elementFromPoint(left + width / 2, top + height / 2);
        return above !== null && one.contains(above);
      }),
    )
    .toBe(true);
}

test("neither signing in nor a hit of the search leaves the hands nowhere", async ({ page, world }) => {
  const { keyboard } = page;
  await write(world, ["Ada", "Bo"]);
  await expect.poll(async () => (await api(world, "GET", "/api/conversations?view=open")).items.length).toBe(2);
  await page.goto(`${world.innboks.url}/sign-in`);
  await expect(page.getByLabel("Email")).toBeFocused();
  await keyboard.type(ADMIN.email);
  await keyboard.press("Tab");
  await keyboard.type(ADMIN.password);
  await keyboard.press("Enter");
  await expect(page.locator("[data-row]").first()).toBeFocused();

  await keyboard.press("/");
  await expect(page.locator("#search-line")).toBeFocused();
  await keyboard.type("About Ada");
  await expect(page.locator(".hithead").first()).toBeVisible();
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await expect(page.getByRole("main", { name: "About Ada" })).toBeFocused();
  await keyboard.press("Escape");
  await expectInSight(row(page, "About Ada"));

  // A contact leads to what they wrote: the hit itself goes.
  await keyboard.press("/");
  await keyboard.type("Ada");
  const contact = page.getByRole("link", { name: /ada@day\.example/ });
  await contact.focus();
  await keyboard.press("Enter");
  await expect(contact).toHaveCount(0);
  await expectInSight(page.locator("#search-line"));
  await expect(page.locator("#search-line")).toHaveValue(/^from:/);
});

test("a row that an answer moved far down, and one that an undo brings back, have the focus in sight", async ({
  inbox,
  world,
}) => {
  const { keyboard } = inbox;
  const names = Array.from({ length: 24 }, (_, nth) => `Person${String(nth).padStart(2, "0")}`);
  await write(world, names);
  await inbox.goto(`${world.innboks.url}/inbox/open?sort=oldest`);
  await expect(inbox.locator("[data-row]").first()).toHaveAccessibleName(/Person00/);
  await expect.poll(async () => (await api(world, "GET", "/api/conversations?view=open")).items.length).toBe(24);
  await inbox.goto(`${world.innboks.url}/inbox/open`);
  await expect(row(inbox, "About Person00")).toBeVisible();
  await row(inbox, "About Person00").focus();
  await keyboard.press("Enter");
  await fillComposer(inbox, /^Reply through/, "Hello, Person.");
  await keyboard.press("Control+Enter");
  await world.mailbox.waitFor("Hello, Person.");
  // It waits for the customer now, below all others.
  await expect(row(inbox, "About Person00")).not.toBeInViewport();
  await keyboard.press("Escape");
  await expect(main(inbox)).toBeFocused();
  await keyboard.press("Escape");
  await expectInSight(row(inbox, "About Person00"));

  await keyboard.press("k");
  await expect(inbox.locator("[data-row][aria-current]")).not.toHaveAccessibleName(/Person00/);
  const name =
    /About Person\d+/.exec((await inbox.locator("[data-row][aria-current]").ariaSnapshot()) ?? "")?.[0] ?? "";
  await keyboard.press("Home");
  await keyboard.press("e");
  await expect(row(inbox, name)).toHaveCount(0);
  await keyboard.press("z");
  await expectInSight(row(inbox, name));

  await keyboard.press("Shift+M");
  await expect(inbox.getByRole("dialog", { name: "Merge with another conversation" })).toBeVisible();
  await keyboard.press("Escape");
  await expectInSight(row(inbox, name));
});

test("in the settings too, F6 goes from pane to pane and the question mark shows the keys", async ({
  inbox,
  world,
}) => {
  const { keyboard } = inbox;
  await inbox.goto(`${world.innboks.url}/settings/sessions`);
  await expect(inbox.getByRole("heading", { name: "Sessions", level: 1 })).toBeVisible();
  const has = (pane: string) => expect(inbox.locator(`[data-pane=${pane}]:focus-within`)).toHaveCount(1);
  await inbox.getByRole("navigation", { name: "Settings" }).first().getByRole("link", { name: "Sessions" }).focus();
  await has("views");
  await keyboard.press("F6");
  await has("page");
  await keyboard.press("F6");
  await has("rail");
  await keyboard.press("Shift+F6");
  await has("page");
  await keyboard.press("?");
  const sheet = inbox.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet).toBeVisible();
  await keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
  await has("page");
});
