/* Where the hands are: after the last conversation of a view has gone, after the pane for a new one, and on screens without a list of their own. */
import type { Page } from "@playwright/test";
import { axe, conversationWith } from "./checks";
import { open, reply } from "./composing";
import { expect, test, type World } from "./fixtures";

const row = (page: Page, name: string) => page.locator("[data-row]").filter({ hasText: name });
const write = (world: World, subject: string) =>
  world.write({ from: `${subject} <${subject.replace(" ", ".")}@hands.example>`, subject, text: "Hello?" });

test("who closes the last conversation of a view is told what is left, and Tab goes on from there", async ({
  inbox,
  world,
}) => {
  await write(world, "Only one");
  await row(inbox, "Only one").focus();
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByRole("main")).toBeFocused();
  await inbox.keyboard.press("e");
  await expect(row(inbox, "Only one")).toHaveCount(0);
  const nothing = inbox.getByRole("region", { name: "Conversations" }).getByRole("heading", { level: 2 });
  await expect(nothing).toBeFocused();
  await axe(inbox, "an empty list with the focus");
  await inbox.keyboard.press("z");
  await expect(row(inbox, "Only one")).toBeFocused();

  // The same for several, whose bar goes with them, and for the button of the toast.
  await inbox.keyboard.press("Escape");
  await write(world, "Other one");
  await expect(row(inbox, "Other one")).toBeVisible();
  await inbox.keyboard.press("Shift+X");
  const bar = inbox.getByRole("toolbar", { name: "What to do with the chosen conversations" });
  await bar.getByRole("button", { name: "Close" }).press("Enter");
  await expect(nothing).toBeFocused();
  await inbox.getByRole("status").filter({ hasText: "2 closed" }).getByRole("button", { name: "Undo" }).press("Enter");
  await expect(inbox.locator("[data-row][tabindex='0']")).toBeFocused();

  // Who marks as unread leaves it, and stays on its row.
  await inbox.keyboard.press("j");
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByRole("main")).toBeFocused();
  await expect(inbox.locator("[data-row][aria-current]")).not.toHaveAccessibleName(/^Unread/); // read a moment after it stands there
  await inbox.keyboard.press("u");
  await expect(inbox.locator("[data-row]:focus")).toHaveAccessibleName(/^Unread/);
});

test("the keys of the views, of a new conversation and of Undo work in the settings and the contacts too", async ({
  inbox,
  world,
}) => {
  await write(world, "From afar");
  await conversationWith(world, "From afar");
  await inbox.goto(`${world.innboks.url}/settings/tags`);
  await expect(inbox.getByLabel("Name of the tag")).toBeVisible();
  await inbox.keyboard.press("g");
  await inbox.keyboard.press("a");
  await expect(inbox.getByRole("heading", { name: "All open", level: 1 })).toBeVisible();
  await expect(row(inbox, "From afar")).toBeFocused();
  await inbox.keyboard.press("e");
  await inbox.goto(`${world.innboks.url}/contacts`);
  await expect(inbox.getByRole("link", { name: "From afar" })).toBeVisible();
  await inbox.keyboard.press("g");
  await inbox.keyboard.press("m");
  await expect(inbox.getByRole("heading", { name: "Mine", level: 1 })).toBeVisible();
  await expect(inbox.getByRole("heading", { name: "All answered" })).toBeFocused();

  await inbox.goto(`${world.innboks.url}/settings/tags`);
  await inbox.getByLabel("Name of the tag").fill("gmn");
  await expect(inbox.getByRole("dialog")).toHaveCount(0);
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByText("gmn", { exact: true })).toBeVisible();
  await inbox.getByRole("button", { name: "What to do with gmn" }).click();
  await inbox.getByRole("menuitem", { name: "Delete gmn" }).click();
  await expect(inbox.getByText("gmn", { exact: true })).toHaveCount(0);
  await inbox.keyboard.press("z");
  await expect(inbox.getByText("gmn", { exact: true })).toBeVisible();

  await inbox.keyboard.press("n");
  const pane = inbox.getByRole("dialog", { name: "New conversation" });
  await expect(pane.getByRole("combobox", { name: "To" })).toBeFocused();
  await axe(inbox, "a new conversation over the settings");
  await inbox.keyboard.type("to.whom@hands.example");
  await inbox.keyboard.press("Enter");
  await pane.getByRole("textbox", { name: "Subject" }).fill("From the settings");
  await pane.getByRole("textbox", { name: /^Message through/ }).click();
  await inbox.keyboard.type("Written beside the tags.");
  await inbox.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("Written beside the tags.");
  await expect(inbox.getByRole("heading", { name: "From the settings" })).toBeVisible();
  await expect(inbox.getByRole("main")).toBeFocused();
});

test("Esc leaves the pane for a new conversation from anywhere in it, and the hands are where they were, or on the list", async ({
  inbox,
  world,
}) => {
  await write(world, "Behind it");
  await expect(row(inbox, "Behind it")).toBeVisible();
  await inbox.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await inbox.keyboard.press("n");
  const pane = inbox.getByRole("dialog", { name: "New conversation" });
  await expect(pane.getByRole("combobox", { name: "To" })).toBeFocused();
  await inbox.keyboard.press("Escape");
  await expect(pane).toHaveCount(0);
  await expect(row(inbox, "Behind it")).toBeFocused();

  // From the row that it was asked for on, and with the hands on nothing in it.
  await inbox.keyboard.press("n");
  await expect(pane.getByRole("combobox", { name: "To" })).toBeFocused();
  await pane.getByRole("heading", { name: "New conversation" }).click();
  await inbox.keyboard.press("Escape");
  await expect(pane).toHaveCount(0);
  await expect(row(inbox, "Behind it")).toBeFocused();
});

test("the palette signs out, and never as what Enter does first", async ({ page, world }) => {
  const { signIn } = await import("./fixtures");
  for (let turn = 0; turn < 2; turn++) {
    await signIn(page, world.innboks.url);
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    await page.keyboard.press("Control+k");
    const options = page.getByRole("dialog", { name: "Command palette" }).getByRole("option");
    await expect(options.filter({ hasText: "Sign out" })).toHaveCount(1);
    await expect(options.first()).not.toContainText("Sign out");
    await page.keyboard.type("sign o");
    await expect(options.first()).toContainText("Sign out");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/sign-in");
  }
});

test("who presses beside a panel goes on where they pressed", async ({ inbox, world }) => {
  await open(inbox, world, "Beside");
  await inbox.getByRole("button", { name: /^Priority/ }).click();
  const panel = inbox.getByRole("combobox", { name: "Set the priority" });
  await expect(panel).toBeFocused();
  await reply(inbox).click();
  await expect(panel).toHaveCount(0);
  // Letter by letter: what gave the focus away a moment later took some of them.
  await inbox.keyboard.type("Written here.", { delay: 5 });
  await expect(reply(inbox)).toHaveText("Written here.");
});

test("the skip link leads to what is on the screen, also where that is the list alone", async ({ inbox, world }) => {
  await write(world, "Skipped to");
  await row(inbox, "Skipped to").waitFor();
  for (const [width, place] of [
    [1440, "thread"],
    [768, "list"],
    [360, "list"],
  ] as const) {
    await inbox.setViewportSize({ width, height: 740 });
    await inbox.reload();
    await row(inbox, "Skipped to").waitFor();
    await inbox.keyboard.press("Tab");
    const skip = inbox.getByRole("link", { name: "Skip to the content" });
    await expect(skip).toBeFocused();
    await inbox.keyboard.press("Enter");
    await expect(inbox.locator(`[data-pane=${place}], main`).and(inbox.locator(":focus"))).toBeVisible();
    await expect(inbox).toHaveURL(/\/inbox\/open$/);
  }
  await inbox.keyboard.press("Tab");
  await expect(inbox.locator("[data-pane=list] :focus")).toBeVisible();
});
