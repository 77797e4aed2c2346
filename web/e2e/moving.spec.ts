import { join } from "node:path";
import { api } from "./api";
import { conversationWith } from "./checks";
import { expect, test } from "./fixtures";

const SHOTS = process.env.SHOTS;
const INGRID = "Ingrid Moen <ingrid@moen.example>";

test("a message moves to a new conversation, back, and to another one that was picked", async ({ inbox, world }) => {
  const first = { from: INGRID, subject: "Stove does not light", messageId: "<stove-1@moen.example>" };
  await world.write({ ...first, text: "The stove does not light." });
  await world.write({
    from: INGRID,
    subject: "Re: Stove does not light",
    text: "Do you also sell skis?",
    inReplyTo: first.messageId,
  });
  await world.write({ from: INGRID, subject: "Ski rental", text: "Do you rent skis?" });
  await inbox.getByRole("link", { name: /Ski rental/ }).waitFor();
  await inbox.getByRole("link", { name: /Stove does not light/ }).click();
  const thread = inbox.getByRole("main");
  const second = thread.getByRole("article").filter({ hasText: "Do you also sell skis?" });
  await expect(thread.getByRole("article")).toHaveCount(2);
  const home = inbox.url();

  await second.getByRole("button", { name: "More about this message" }).click();
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "message-menu.png") });
  await inbox.getByRole("menuitem", { name: "Move to a new conversation" }).click();
  await expect(inbox.getByText("Message moved to a new conversation")).toBeVisible();
  await expect(inbox).not.toHaveURL(home);
  await expect(thread.getByText("Amina Yusuf moved a message here from another conversation")).toBeVisible();
  await expect(thread.getByRole("article")).toHaveCount(1);
  await second.getByRole("button", { name: "More about this message" }).click();
  await inbox.getByRole("menuitem", { name: "Why is this here?" }).click();
  await expect(inbox.getByText("Somebody moved it here.")).toBeVisible();
  await inbox.keyboard.press("Escape");
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "moved-new.png") });

  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(inbox).toHaveURL(home);
  await expect(thread.getByRole("article")).toHaveCount(2);
  await expect(inbox.locator("[data-row]").filter({ hasText: "Stove does not light" })).toHaveCount(1);

  await second.getByRole("button", { name: "More about this message" }).click();
  await inbox.getByRole("menuitem", { name: "Move to another conversation…" }).click();
  const dialog = inbox.getByRole("dialog", { name: "Move to another conversation" });
  await expect(dialog.getByRole("heading", { name: "With Ingrid Moen" })).toBeVisible();
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "move-dialog.png") });
  await dialog.getByRole("button", { name: /Ski rental/ }).click();
  await expect(dialog).toHaveCount(0);
  await expect(thread.getByRole("article")).toHaveCount(2);
  await expect(thread.getByText("Do you rent skis?")).toBeVisible();
  await expect(inbox.getByText("Message moved", { exact: true })).toBeVisible();
  await inbox.goto(home);
  await expect(thread.getByRole("article")).toHaveCount(1);
  await expect(thread.getByText("Amina Yusuf moved a message from here to another conversation").last()).toBeVisible();
});

test("a long thread opens at the line above what is new", async ({ inbox, world }) => {
  const paragraphs = "A line about the tent.\n\n".repeat(12);
  const of = (number: number) => ({
    from: "Per Aas <per@aas.example>",
    subject: number === 1 ? "Tent poles" : "Re: Tent poles",
    text: `Letter ${number}. ${paragraphs}`,
    messageId: `<poles-${number}@aas.example>`,
    ...(number > 1 ? { inReplyTo: `<poles-${number - 1}@aas.example>` } : {}),
  });
  for (const number of [1, 2]) await world.write(of(number));
  await inbox.getByRole("link", { name: /Tent poles/ }).click();
  await expect(inbox.getByRole("article")).toHaveCount(2);
  await expect(inbox.getByRole("link", { name: /Unread.*Tent poles/ })).toHaveCount(0);
  await inbox.goto(`${world.innboks.url}/settings/profile`);
  for (const number of [3, 4, 5]) await world.write(of(number));
  await inbox.goto(`${world.innboks.url}/inbox/open`);
  const row = inbox.getByRole("link", { name: /Unread.*Tent poles.*/ });
  await expect(row).toBeVisible();
  await expect(row).toContainText("Letter 5");
  await row.click();
  const line = inbox.locator(".divider.new");
  await expect(line).toHaveText("New");
  await expect(line).toBeInViewport();
  await expect(inbox.locator("li", { has: line }).locator("+ li")).toContainText("Letter 3.");
  await expect(inbox.getByRole("link", { name: /Unread.*Tent poles/ })).toHaveCount(0);
  await expect(line).toBeInViewport();
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "new-line.png") });
});

test("what is marked as spam leaves the list at once, and comes back when it is none", async ({ inbox, world }) => {
  await world.write({ from: "Win Big <win@big.example>", subject: "You won a prize", text: "Click here." });
  const row = inbox.getByRole("link", { name: /You won a prize/ });
  await expect(row).toBeVisible();
  const { id } = await conversationWith(world, "You won a prize");
  await api(world, "PATCH", `/api/conversations/${id}`, { is_spam: true });
  await expect(row).toHaveCount(0);
  await api(world, "PATCH", `/api/conversations/${id}`, { is_spam: false });
  await expect(row).toBeVisible();
});
