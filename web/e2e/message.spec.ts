/* One message and its row: what they say of what became of it, splitting from it, printing it, and reading it on a phone. */
import { smallTargets } from "./checks";
import { expect, fillComposer, test } from "./fixtures";
import { ADMIN } from "./server";

test("a row and its messages say whose the last words are, and what was answered", async ({ inbox, world }) => {
  await world.write({
    from: "Priya Nair <priya@hikers.example>",
    cc: "Arun Nair <arun@hikers.example>",
    subject: "Whose words",
    text: "Is there one left?",
  });
  const row = inbox.getByTestId("rows").getByRole("link", { name: /Whose words/ });
  await expect(row).toHaveAccessibleName(/2 people/);
  await expect(row).toContainText("Is there one left?");
  await row.click();
  await expect(inbox.getByRole("article")).toHaveCount(1);
  await inbox.getByRole("tab", { name: "Comment" }).click();
  await fillComposer(inbox, /^Comment/, "Two in the cellar");
  await inbox.keyboard.press("Control+Enter");
  await expect(row).toContainText("You: Two in the cellar");
  await expect(row.getByTitle("A comment is the newest")).toBeVisible();
  await inbox.getByRole("tab", { name: "Reply", exact: true }).click();
  await fillComposer(inbox, /^Reply through/, "There are two.");
  await inbox.keyboard.press("Control+Enter");
  await expect(row).toContainText("You: There are two.");
  await expect(inbox.getByText("Assigned to Amina Yusuf by replying")).toBeVisible();
  const first = inbox.getByRole("article").first();
  await expect(first.getByTitle("Answered")).toBeVisible();
  await first.getByRole("button", { name: /^to support/ }).click();
  const answer = inbox.getByRole("article").filter({ hasText: "There are two." });
  await answer.getByRole("button", { name: /^to / }).click();
  await expect(answer.getByText("Delivery", { exact: true })).toBeVisible();
});

test("a conversation is split from a message on, and a message is printed alone, dark on white", async ({
  inbox,
  world,
}) => {
  const from = "Karim Haddad <karim@haddad.example>";
  const { messageId } = await world.write({ from, subject: "Two matters", text: "The first matter." });
  await world.write({ from, subject: "Re: Two matters", text: "The second matter.", inReplyTo: messageId });
  await inbox.getByRole("link", { name: /Two matters/ }).click();
  const second = inbox.getByRole("article").filter({ hasText: "The second matter." });
  await expect(second).toHaveCount(1);
  const menu = second.getByRole("button", { name: "More about this message" });
  await menu.click();
  await inbox.getByRole("menuitem", { name: "Split from here…" }).click();
  const dialog = inbox.getByRole("dialog", { name: "Split into two conversations" });
  await expect(dialog.getByRole("checkbox", { name: /The second matter/ })).toBeChecked();
  await expect(dialog.getByRole("checkbox", { name: /The first matter/ })).not.toBeChecked();
  await inbox.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);

  await inbox.emulateMedia({ colorScheme: "dark" });
  await expect(inbox.locator("html")).toHaveAttribute("data-theme", "dark");
  // The browser's own window cannot be looked at from here: it stays away, and the page is looked at as it would be printed.
  await inbox.evaluate(() => {
    window.print = () => document.body.setAttribute("data-asked", "");
  });
  await menu.click();
  await inbox.getByRole("menuitem", { name: "Print" }).click();
  await expect(inbox.locator("body")).toHaveAttribute("data-asked", "");
  await inbox.emulateMedia({ media: "print" });
  await expect(inbox.getByRole("heading", { name: "Re: Two matters" })).toBeVisible();
  // What is read out as it comes says these words, too.
  await expect(inbox.getByText("The second matter.", { exact: true }).last()).toBeVisible();
  await expect(inbox.getByText("The first matter.").last()).toBeHidden();
  await expect(inbox.getByRole("navigation", { name: "Views" })).toBeHidden();
  await expect(inbox.locator("html")).toHaveAttribute("data-theme", "light");
  await inbox.emulateMedia({ media: "screen" });
  await inbox.evaluate(() => dispatchEvent(new Event("afterprint")));
  await expect(inbox.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(inbox.getByRole("heading", { name: "Re: Two matters" })).toHaveCount(0);
});

test("on a phone one sees whose conversation it is, and the composer opens when one goes into it", async ({
  inbox,
  world,
}) => {
  await world.write({ from: "Ella Korhonen <ella@korhonen.example>", subject: "From the train", text: "Short one." });
  await inbox.setViewportSize({ width: 390, height: 844 });
  await inbox.getByRole("link", { name: /From the train/ }).click();
  const header = inbox.getByRole("main").locator("header").first();
  await expect(header.getByRole("heading", { name: "Ella Korhonen", level: 1 })).toBeVisible();
  await expect(header.getByRole("heading", { name: "From the train" })).toBeVisible();
  await inbox.locator(".composer [contenteditable=true]").waitFor();
  await expect(inbox.getByRole("combobox", { name: "To" })).toBeHidden();
  await inbox.getByRole("textbox", { name: /^Reply through/ }).click();
  await expect(inbox.getByRole("combobox", { name: "To" })).toBeVisible();
  await expect(inbox.getByRole("button", { name: "Send", exact: true })).toBeVisible();
  await inbox.locator(".log").click({ position: { x: 4, y: 4 } });
  await expect(inbox.getByRole("combobox", { name: "To" })).toBeHidden();
});

test("a finger finds everything in the list, the thread and the composer, and four ways at the bottom", async ({
  browser,
  world,
}) => {
  await world.write({ from: "Tora Touch <tora@touch.example>", subject: "By finger", text: "Short one." });
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const headers = { origin: world.innboks.url };
  const { email, password } = ADMIN;
  await context.request.post(`${world.innboks.url}/api/session`, { data: { email, password }, headers });
  const page = await context.newPage();
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: /By finger/ }).waitFor();
  expect(await smallTargets(page)).toEqual([]);
  const bar = page.getByRole("navigation", { name: "Main" });
  await expect(bar.getByRole("link", { name: /^(Inbox|Contacts|Search)/ })).toHaveCount(3);
  await bar.getByRole("button", { name: /^Amina/ }).tap();
  await page.getByRole("menuitem", { name: "Notifications" }).tap();
  await expect(page).toHaveURL(/\/notifications/);
  await page.goBack();
  await page.getByRole("link", { name: /By finger/ }).tap();
  await page.locator(".composer [contenteditable=true]").tap();
  await expect(page.getByRole("combobox", { name: "To" })).toBeVisible();
  await expect.poll(() => smallTargets(page)).toEqual([]); // the tools come a moment later, and move what is above them
  await page.goto(`${world.innboks.url}/settings/people`);
  await expect(page.getByRole("link", { name: ADMIN.name })).toBeVisible();
  expect(await smallTargets(page)).toEqual([]);
  await context.close();
});
