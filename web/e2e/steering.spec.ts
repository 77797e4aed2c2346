/* What is done to conversations: by keyboard only, by hand, to many at once, merged, split, and all of it undone. */
import type { Page } from "@playwright/test";
import { api } from "./api";
import { axe } from "./checks";
import { expect, fillComposer, test, type World } from "./fixtures";

const row = (page: Page, name: string) =>
  page.locator("[data-row]").and(page.getByRole("link", { name: new RegExp(name) }));
const pill = (page: Page, name: string | RegExp) => page.getByRole("main").getByRole("button", { name });

async function writeAs(world: World, name: string, subject: string, text = `${subject}, please.`): Promise<void> {
  await world.write({ from: `${name} <${name.toLowerCase()}@customer.example>`, subject, text });
}

const expectNoViolations = (page: Page) => axe(page, "steering");

test("a conversation is steered by keyboard only, and each step is undone by Z", async ({ inbox, world }) => {
  await writeAs(world, "Nora", "Steer one");
  await writeAs(world, "Nora", "Steer two");
  await row(inbox, "Steer one").waitFor();
  await row(inbox, "Steer two").focus();
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByRole("heading", { name: "Steer two" })).toBeVisible();

  await inbox.keyboard.press("p");
  await expect(inbox.getByRole("combobox", { name: "Set the priority" })).toBeFocused();
  await inbox.keyboard.type("urg");
  await expectNoViolations(inbox);
  await inbox.keyboard.press("Enter");
  await expect(pill(inbox, "Priority: Urgent")).toBeVisible();
  await expect(inbox.getByText("Amina Yusuf set the priority to Urgent")).toBeVisible();

  await inbox.keyboard.press("l");
  await expect(inbox.getByRole("combobox", { name: "Tags" })).toBeFocused();
  await inbox.keyboard.type("warranty");
  await expect(inbox.getByRole("option", { name: /warranty/ })).toBeVisible();
  await inbox.keyboard.press("Enter");
  await inbox.keyboard.press("Escape");
  await expect(inbox.getByRole("button", { name: "Remove the tag warranty" })).toBeVisible();
  await inbox.keyboard.press("z");
  await expect(inbox.getByRole("button", { name: "Remove the tag warranty" })).toHaveCount(0);
  await inbox.keyboard.press("z");
  await expect(pill(inbox, "Priority: Normal")).toBeVisible();

  await inbox.keyboard.press("h");
  await expect(inbox.getByRole("combobox", { name: "Snooze" })).toBeFocused();
  await inbox.keyboard.type("in 2 hours");
  await expect(inbox.getByRole("option")).toHaveCount(1);
  await inbox.keyboard.press("Enter");
  await expect(row(inbox, "Steer two")).toHaveCount(0);
  // The hands go on with the next one.
  await expect(inbox.locator("[data-row][aria-current]")).toBeFocused();
  await inbox.keyboard.press("z");
  await expect(row(inbox, "Steer two")).toHaveAttribute("aria-current");

  await inbox.keyboard.press("!");
  await expect(row(inbox, "Steer two")).toHaveCount(0);
  await inbox.keyboard.press("z");
  await expect(row(inbox, "Steer two")).toHaveAttribute("aria-current");
  await inbox.keyboard.press("u");
  await expect(row(inbox, "Steer two")).toHaveAccessibleName(/^Unread/);
});

test("an answer wakes what was snoozed until it comes", async ({ inbox, world }) => {
  await writeAs(world, "Ola", "Sleepy");
  await row(inbox, "Sleepy").click();
  await inbox.getByRole("main").getByRole("button", { name: "Snooze" }).click();
  await inbox.getByRole("option", { name: "Until the customer answers" }).click();
  await expect(row(inbox, "Sleepy")).toHaveCount(0);
  // The row is gone at once, the server knows a moment later.
  await expect.poll(async () => (await find(world, "Sleepy")).length).toBe(1);
  const [found] = await find(world, "Sleepy");
  await inbox.goto(`${world.innboks.url}/inbox/open/${found?.id}`);
  await expect(pill(inbox, "Status: Snoozed until an answer")).toBeVisible();
  await expectNoViolations(inbox);
  await pill(inbox, "Status: Snoozed until an answer").click();
  await inbox.getByRole("menuitemcheckbox", { name: "Open" }).click();
  await expect(pill(inbox, "Status: Open")).toBeVisible();
  await expect(row(inbox, "Sleepy")).toBeVisible();
});

async function find(world: World, subject: string): Promise<{ id: string; subject: string }[]> {
  const page = await api(world, "GET", "/api/conversations?view=snoozed");
  return (page as { items: { id: string; subject: string }[] }).items.filter((one) => one.subject === subject);
}

test("two conversations are merged, undone after a reload, and one is split", async ({ inbox, world }) => {
  await writeAs(world, "Pia", "Tent order", "Where is my tent?");
  await writeAs(world, "Pia", "Tent again", "Hello, my tent?");
  await row(inbox, "Tent order").waitFor();
  await row(inbox, "Tent again").click();
  await expect(inbox.getByRole("heading", { name: "Tent again" })).toBeVisible();
  const merged = inbox.url();

  await inbox.keyboard.press("Shift+M");
  const dialog = inbox.getByRole("dialog", { name: "Merge with another conversation" });
  await dialog.getByRole("button", { name: /Tent order/ }).click();
  await dialog.getByRole("radio", { name: /Tent order/ }).check();
  await expect(dialog.getByText("Then it will be")).toBeVisible();
  await expect(dialog.getByText("Open, Priority: Normal, Unassigned")).toBeVisible();
  await expectNoViolations(inbox);
  await dialog.getByRole("button", { name: "Merge", exact: true }).click();
  await expect(inbox.getByRole("heading", { name: "Tent order" })).toBeVisible();
  await expect(inbox.getByRole("main").getByText("Hello, my tent?")).toBeVisible();
  await expect(row(inbox, "Tent again")).toHaveCount(0);

  // The old address leads to the one that stayed, and the line still offers Undo.
  await inbox.goto(merged);
  await expect(inbox.getByRole("heading", { name: "Tent order" })).toBeVisible();
  expect(inbox.url()).not.toBe(merged);
  await inbox.getByRole("main").getByRole("button", { name: "Undo" }).first().click();
  await expect(row(inbox, "Tent again")).toBeVisible();
  await expect(inbox.getByRole("main").getByText("Hello, my tent?")).toHaveCount(0);
  await expect(inbox.getByRole("main").getByRole("button", { name: "Undo" })).toHaveCount(0);

  await fillComposer(inbox, /^Reply through/, "It is on its way.");
  await inbox.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("It is on its way.");
  await inbox.keyboard.press("Escape");
  await inbox.keyboard.press("Shift+S");
  const split = inbox.getByRole("dialog", { name: "Split into two conversations" });
  await split.getByRole("checkbox", { name: /It is on its way/ }).check();
  await expectNoViolations(inbox);
  await split.getByLabel("Subject of the new conversation").fill("Tent, part two");
  await split.getByRole("button", { name: "Split", exact: true }).click();
  await expect(inbox.getByRole("heading", { name: "Tent, part two" })).toBeVisible();
  await inbox.keyboard.press("z");
  await expect(inbox.getByRole("heading", { name: "Tent order" })).toBeVisible();
  await expect(inbox.getByRole("main").getByText("It is on its way.")).toBeVisible();
});

test("tags are made, renamed, merged and deleted, and brought back", async ({ inbox, world }) => {
  await api(world, "POST", "/api/tags", { name: "returns", color: "red" });
  await inbox.goto(`${world.innboks.url}/settings/tags`);
  await inbox.getByLabel("Name of the tag").fill("refund");
  await inbox.getByRole("button", { name: "Add a tag" }).click();
  await expect(inbox.getByText("refund", { exact: true })).toBeVisible();
  await expectNoViolations(inbox);
  await inbox.getByRole("button", { name: "What to do with refund" }).click();
  await inbox.getByRole("menuitem", { name: "Rename" }).click();
  await inbox.getByRole("listitem").getByLabel("Name of the tag").fill("refunds");
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByText("refunds", { exact: true })).toBeVisible();
  await inbox.getByRole("button", { name: "What to do with refunds" }).click();
  await inbox.getByRole("menuitem", { name: "Merge into another tag" }).click();
  await inbox.getByRole("combobox", { name: "Merge refunds into" }).fill("ret");
  await expect(inbox.getByRole("option", { name: "returns" })).toBeVisible();
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByText("refunds", { exact: true })).toHaveCount(0);
  await inbox.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expect(inbox.getByText("refunds", { exact: true })).toBeVisible();
  await inbox.getByRole("button", { name: "What to do with returns" }).click();
  await inbox.getByRole("menuitem", { name: "Delete returns" }).click();
  await expect(inbox.getByText("returns", { exact: true })).toHaveCount(0);
});

test("many are changed at once, and all of it is undone at once", async ({ inbox, world }) => {
  for (const name of ["Bulk one", "Bulk two", "Bulk three"]) {
    await writeAs(world, "Tor", name);
    await row(inbox, name).waitFor();
  }
  const all = inbox.getByRole("link", { name: /Bulk (one|two|three)/ });
  await inbox.getByRole("button", { name: "Select" }).first().click();
  for (const box of await inbox.getByRole("checkbox", { name: "Select Tor" }).all()) await box.check();
  const bar = inbox.getByRole("toolbar", { name: "What to do with the chosen conversations" });
  await bar.getByRole("button", { name: "Set the priority" }).click();
  await expect(inbox.getByRole("combobox", { name: "Set the priority" })).toBeFocused();
  await inbox.keyboard.type("high");
  await expect(inbox.getByRole("option", { name: "High" })).toBeVisible();
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByText("Priority of 3: High")).toBeVisible();
  await expectNoViolations(inbox);
  await bar.getByRole("button", { name: "Close" }).click();
  await expect(inbox.getByText("3 closed")).toBeVisible();
  await expect(all).toHaveCount(0);
  await inbox.getByRole("status").filter({ hasText: "3 closed" }).getByRole("button", { name: "Undo" }).click();
  await expect(all).toHaveCount(3);
  await expect(inbox.getByText("3 conversations are as they were")).toBeVisible();
});
