/* On a phone Back closes what lies over the page, and only then leads elsewhere. */
import type { Page } from "@playwright/test";
import { conversationWith } from "./checks";
import { expect, test, type World } from "./fixtures";

const PHONE = { width: 360, height: 740 };

/** In a conversation that was opened from the list, on a phone. */
async function reading(page: Page, world: World, subject: string): Promise<string> {
  await world.write({ from: "Oda Berg <oda@back.example>", subject, text: "Hello" });
  const { id } = await conversationWith(world, subject);
  await page.setViewportSize(PHONE);
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: new RegExp(subject) }).click();
  await expect(page.getByRole("article")).toBeVisible();
  return id;
}

test("Back closes the contact, then a dialog over it, then leaves the conversation", async ({ inbox, world }) => {
  const id = await reading(inbox, world, "Back and back");
  const at = new RegExp(`/inbox/open/${id}$`);
  const about = inbox.locator("[data-pane=context]");
  await inbox.getByRole("button", { name: "Hide or show the context" }).click();
  await expect(about.getByRole("heading", { name: "Oda Berg" })).toBeVisible();
  await inbox.goBack();
  await expect(about).toHaveCount(0);
  await expect(inbox).toHaveURL(at);
  await expect(inbox.getByRole("article")).toBeVisible();

  // A dialog from the menu, and the same closed by its cross: no Back is left over.
  await inbox.getByRole("button", { name: "More actions" }).click();
  await inbox.getByRole("menuitem", { name: "Merge with another conversation" }).click();
  const dialog = inbox.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await inbox.goBack();
  await expect(dialog).toHaveCount(0);
  await expect(inbox).toHaveURL(at);
  await inbox.getByRole("button", { name: "More actions" }).click();
  await inbox.getByRole("menuitem", { name: "Merge with another conversation" }).click();
  await dialog.getByRole("button", { name: "Close", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect.poll(() => inbox.evaluate(() => history.state?.layer ?? null)).toBe(null);
  await inbox.goBack();
  await expect(inbox).toHaveURL(/\/inbox\/open$/);
  await expect(inbox.getByRole("link", { name: /Back and back/ })).toBeVisible();
  await inbox.goForward();
  await expect(inbox).toHaveURL(at);
});

test("Back closes the pane of a new conversation and keeps what stands in it", async ({ inbox, world }) => {
  await inbox.setViewportSize(PHONE);
  await inbox.goto(`${world.innboks.url}/contacts`);
  await inbox.goto(`${world.innboks.url}/inbox/open`);
  await expect(inbox.getByText("Live", { exact: true })).toBeVisible();
  await inbox.keyboard.press("n");
  const pane = inbox.getByRole("dialog", { name: "New conversation" });
  await pane.getByLabel("Subject").fill("Only begun");
  await inbox.goBack();
  await expect(pane).toHaveCount(0);
  await expect(inbox).toHaveURL(/\/inbox\/open$/);
  await inbox.keyboard.press("n");
  await expect(pane.getByLabel("Subject")).toHaveValue("Only begun");
  await pane.getByRole("button", { name: "Throw away" }).click();
  await expect(pane).toHaveCount(0);
  await expect.poll(() => inbox.evaluate(() => history.state?.layer ?? null)).toBe(null);
  await inbox.goBack();
  await expect(inbox).toHaveURL(/\/contacts$/);
});

test("what is chosen in a panel leads on, and Back from there passes it over", async ({ inbox, world }) => {
  const id = await reading(inbox, world, "Led on");
  await inbox.getByRole("button", { name: "Snooze" }).first().click();
  const panel = inbox.getByRole("dialog", { name: "Snooze" });
  await expect(panel).toBeVisible();
  await inbox.goBack();
  await expect(panel).toHaveCount(0);
  await expect(inbox).toHaveURL(new RegExp(`/inbox/open/${id}$`));
  await inbox.keyboard.press("Control+k");
  await inbox.getByRole("combobox").fill("Profile");
  await inbox.getByRole("option", { name: /^Profile/ }).click();
  await expect(inbox).toHaveURL(/\/settings\/profile$/);
  await inbox.goBack();
  await expect(inbox).toHaveURL(new RegExp(`/inbox/open/${id}$`));
  await inbox.goBack();
  await expect(inbox).toHaveURL(/\/inbox\/open$/);
});

test("on a wide screen a dialog is no step back", async ({ inbox, world }) => {
  await inbox.goto(`${world.innboks.url}/contacts`);
  await inbox.goto(`${world.innboks.url}/inbox/open`);
  await expect(inbox.getByText("Live", { exact: true })).toBeVisible();
  const before = await inbox.evaluate(() => history.length);
  await inbox.keyboard.press("?");
  await expect(inbox.getByRole("dialog")).toBeVisible();
  expect(await inbox.evaluate(() => history.length)).toBe(before);
});
