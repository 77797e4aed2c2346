/* Answers that wait before they leave: taken back, sent with a close, sent later, reminders. With SHOTS=folder it keeps the pictures. */
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { axe } from "./checks";
import { expect, setUndoSend, test, type World } from "./fixtures";
import { readable } from "./mailbox";

const SHOTS = process.env.SHOTS;
const field = { name: /^Reply through/ };

test.beforeEach(async ({ world }) => setUndoSend(world, 5));

/** What stands in a field, be it a plain or a rich one. */
const written = (box: Locator) =>
  box.evaluate((element) =>
    element instanceof HTMLTextAreaElement ? element.value : (element as HTMLElement).innerText,
  );

async function open(page: Page, world: World, subject: string): Promise<void> {
  await world.write({ from: "Ella Korhonen <ella@korhonen.example>", subject, text: `About ${subject}` });
  await page.getByRole("link", { name: new RegExp(subject) }).click();
  await expect(page.getByRole("article")).toHaveCount(1);
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", field).click();
  await page.keyboard.type(text);
}

async function choose(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "More ways to send" }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

async function look(page: Page, name: string): Promise<void> {
  await axe(page, name, [], async (theme) => {
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `sending-${name}-${theme}.png`) });
  });
  if (SHOTS) {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.screenshot({ path: join(SHOTS, `sending-${name}-360.png`) });
    await page.setViewportSize({ width: 1440, height: 900 });
  }
}

const arrived = (world: World, text: string) => world.mailbox.received.filter((mail) => mail.raw.includes(text)).length;

test("an answer that was taken back never leaves, and its words are in the composer again", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Undo me");
  await write(inbox, "Far too early");
  await inbox.getByRole("button", { name: "Send", exact: true }).click();
  await expect(inbox.getByText("Sending", { exact: true })).toBeVisible();
  await expect(inbox.getByText("Assigned to Amina Yusuf by replying")).toBeVisible();
  const undo = inbox.getByRole("button", { name: /^Undo/ });
  await expect(undo).toContainText(/[1-5] s/);
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "sending-undo-toast.png") });
  await undo.click();
  await expect(inbox.getByRole("article")).toHaveCount(1);
  await expect.poll(() => written(inbox.getByRole("textbox", field))).toContain("Far too early");
  await expect(inbox.getByRole("button", { name: "Assigned to nobody" })).toBeVisible();
  await expect(inbox.getByText("Assigned to Amina Yusuf by replying")).toHaveCount(0);
  // What is sent after it waits as long; when it is there, the first one's time is over too.
  await inbox.getByRole("textbox", field).click();
  await inbox.keyboard.press("Control+a");
  await inbox.keyboard.type("Right this time");
  await inbox.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("Right this time");
  await expect(inbox.getByText("Sent", { exact: true }).last()).toBeVisible();
  await inbox.reload();
  await expect(inbox.getByText("Right this time").last()).toBeVisible();
  expect(arrived(world, "Far too early")).toBe(0);
  expect(arrived(world, "Right this time")).toBe(1);
});

test("send and close by keyboard goes on to the next, and Z opens it and takes it back", async ({ inbox, world }) => {
  await world.write({ from: "Next One <next@one.example>", subject: "Next in line", text: "Hello?" });
  await open(inbox, world, "Close with it");
  const row = inbox.getByTestId("rows").getByRole("link", { name: /Close with it/ });
  await write(inbox, "Closed too soon");
  await inbox.keyboard.press("Control+Shift+Enter");
  await expect(inbox.getByRole("status").filter({ hasText: "Sent and closed" })).toBeVisible();
  await expect(row).toHaveCount(0);
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "sending-closed-toast.png") });
  await inbox.keyboard.press("z");
  await expect(row).toHaveAttribute("aria-current");
  await expect.poll(() => written(inbox.getByRole("textbox", field))).toContain("Closed too soon");
  await expect(inbox.getByText(/closed this/)).toHaveCount(0);
  await inbox.getByRole("textbox", field).click();
  await inbox.keyboard.press("Control+Shift+Enter");
  await world.mailbox.waitFor("Closed too soon");
  expect(arrived(world, "Closed too soon")).toBe(1);
});

test("sent later it stays as a card: it can be sent now, edited, or cancelled and put back", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Later");
  await write(inbox, "Good morning");
  await choose(inbox, "Send later…");
  const dialog = inbox.getByRole("dialog", { name: "Send later" });
  await expect(dialog.getByRole("button", { name: /Tomorrow morning/ })).toBeVisible();
  await look(inbox, "later-dialog");
  // It is in the app's language, whatever the browser's, takes what people write, and the day is told in words.
  const year = new Date().getFullYear() + 1;
  const other = dialog.getByRole("textbox", { name: "Another time" });
  await other.fill(`feb 1 ${year}, 8:05`);
  await expect(other).toHaveAccessibleDescription(
    new RegExp(`1 February ${year} at 08:05, in your time zone, Europe/Oslo$`),
  );
  await other.press("Tab");
  await expect(other).toHaveValue(`1 Feb ${year}, 08:05`);
  await other.fill("2020-01-01T08:00");
  await dialog.getByRole("button", { name: "Send then" }).click();
  await expect(dialog.getByText("Choose a time to come, within a year.")).toBeVisible();
  await dialog.getByRole("button", { name: /Tomorrow morning/ }).click();
  const card = inbox.locator(".waitcard");
  await expect(card).toContainText("Scheduled for tomorrow 08:00");
  await look(inbox, "later-card");
  // What was said of it goes with it: its Undo would find nothing.
  const said = inbox.getByRole("region", { name: "Notices" }).getByText(/^Scheduled for/);
  await expect(said).toBeVisible();
  await card.getByRole("button", { name: "Cancel" }).click();
  await expect(inbox.getByText("Not sent")).toBeVisible();
  await expect(said).toHaveCount(0);
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(card).toContainText("Scheduled for tomorrow 08:00");
  await inbox.reload();
  await card.getByRole("button", { name: "Cancel" }).click();
  await expect(card).toHaveCount(0);
  await inbox.getByRole("button", { name: /^Undo/ }).last().click();
  await expect(card).toContainText("Scheduled for tomorrow 08:00");
  await card.getByRole("button", { name: "Edit" }).click();
  await expect(card).toHaveCount(0);
  await expect.poll(() => written(inbox.getByRole("textbox", field))).toContain("Good morning");
  await choose(inbox, "Send later…");
  await dialog.getByRole("button", { name: /In 3 hours/ }).click();
  await card.getByRole("button", { name: "Send now" }).click();
  await expect(card).toHaveCount(0);
  await world.mailbox.waitFor("Good morning");
  expect(arrived(world, "Good morning")).toBe(1);
});

test("a reminder is set with an answer or without, shown, and cancelled", async ({ inbox, world }) => {
  await open(inbox, world, "Remind");
  await choose(inbox, "Remind me…");
  await inbox
    .getByRole("dialog")
    .getByRole("button", { name: /Tomorrow morning/ })
    .click();
  await expect(inbox.locator(".reminderchip")).toContainText("tomorrow 08:00");
  await look(inbox, "reminder");
  await inbox.getByRole("button", { name: "Cancel the reminder" }).click();
  await expect(inbox.locator(".reminderchip")).toHaveCount(0);
  await write(inbox, "Tell me when it fits");
  await choose(inbox, "Send and snooze…");
  await look(inbox, "snooze-dialog");
  await inbox.getByRole("button", { name: "Until they answer" }).click();
  await expect(inbox.getByText("Sent and snoozed until they answer").first()).toBeVisible();
  await world.mailbox.waitFor("Tell me when it fits");
});

test("what waits for its time stands in one place, and ends there", async ({ inbox, world }) => {
  await inbox.getByRole("button", { name: "Set aside" }).click();
  await inbox.getByRole("link", { name: "Scheduled and reminders" }).click();
  await expect(inbox.getByRole("heading", { name: "Nothing waits for a time" })).toBeVisible();
  await look(inbox, "waiting-empty");
  await inbox.goBack();
  await open(inbox, world, "Waits for Monday");
  await write(inbox, "Until Monday");
  await choose(inbox, "Send later…");
  await inbox
    .getByRole("dialog")
    .getByRole("button", { name: /In a week/ })
    .click();
  await expect(inbox.locator(".waitcard")).toBeVisible();
  await choose(inbox, "Remind me…");
  await inbox
    .getByRole("dialog")
    .getByRole("button", { name: /Tomorrow morning/ })
    .click();
  await expect(inbox.locator(".reminderchip")).toBeVisible();
  await open(inbox, world, "Changes its mind");
  await write(inbox, "Sent too early");
  await choose(inbox, "Send later…");
  await inbox
    .getByRole("dialog")
    .getByRole("button", { name: /In 3 hours/ })
    .click();
  await expect(inbox.locator(".waitcard")).toBeVisible();

  await inbox.getByRole("link", { name: "Scheduled and reminders" }).click();
  const thing = (text: string) => inbox.getByRole("listitem").filter({ hasText: text });
  const later = thing("You: Until Monday");
  const reminder = thing("You get this back if there is no answer: tomorrow 08:00");
  await expect(later).toContainText("Scheduled for");
  await expect(reminder).toContainText("Waits for Monday");
  await look(inbox, "waiting");
  // Edited, it is in the composer of its conversation.
  await thing("You: Sent too early").getByRole("button", { name: "Edit" }).click();
  await expect.poll(() => written(inbox.getByRole("textbox", field))).toContain("Sent too early");
  await inbox.goBack();
  await expect(thing("You: Sent too early")).toHaveCount(0);
  await reminder.getByRole("button", { name: "Cancel the reminder" }).click();
  await expect(reminder).toHaveCount(0);
  await later.getByRole("button", { name: "Send now" }).click();
  await expect(later).toHaveCount(0);
  await world.mailbox.waitFor("Until Monday");
  await expect(inbox.getByRole("heading", { name: "Nothing waits for a time" })).toBeVisible();
});

test("how long one can undo is a setting", async ({ inbox, world }) => {
  await inbox.goto(`${world.innboks.url}/settings/sending`);
  await expect(inbox.getByLabel("Undo send")).toBeVisible();
  await look(inbox, "settings");
  await inbox.getByLabel("Undo send").selectOption("30");
  await expect(inbox.getByText("Saved")).toBeVisible();
  const account = await inbox.request.get(`${world.innboks.url}/api/account`);
  expect(((await account.json()) as { undo_send_s: number }).undo_send_s).toBe(30);
});

test("a failed one says why, and can be tried again, formatted as it was", async ({ inbox, world }) => {
  await setUndoSend(world, 0);
  world.mailbox.refuse("No such mailbox here");
  await open(inbox, world, "Refused");
  // The answer to the post comes late: by then the stream has told how it went, and that is what stands there.
  let isTold = false;
  await inbox.route("**/api/conversations/*/messages", async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    const answer = await route.fetch();
    await inbox.getByRole("link", { name: /Refused.*A message was not delivered/ }).waitFor();
    await route.fulfill({ response: answer });
    isTold = true;
  });
  await expect(inbox.locator(".composetext.rich")).toBeVisible();
  await write(inbox, "Will bounce, ");
  await inbox.keyboard.press("Control+b");
  await inbox.keyboard.type("boldly");
  await inbox.keyboard.press("Control+b");
  await inbox.keyboard.press("Enter");
  await inbox.keyboard.type("- one");
  await inbox.keyboard.press("Enter");
  await inbox.keyboard.type("two");
  await inbox.keyboard.press("Control+Enter");
  await expect.poll(() => isTold, { timeout: 30_000 }).toBe(true);
  await expect(inbox.getByText(/^Not delivered:/)).toBeVisible();
  await look(inbox, "failed");
  world.mailbox.refuse(null);
  await inbox.getByRole("article").getByRole("button", { name: "Retry" }).click();
  const { raw } = await world.mailbox.waitFor("Will bounce");
  const seen = readable(raw);
  expect(seen).toContain("<strong>boldly</strong>");
  expect(seen).toMatch(/<ul><li>(<[^>]+>)?one(<[^>]+>)?<\/li><li>(<[^>]+>)?two/);
  expect(arrived(world, "Will bounce")).toBe(1);
});
