/* Put aside and fetched back: closed and reopened, spam, trash, another inbox, and split off; each undone by the toast, by Z, or after a reload. */
import type { Page } from "@playwright/test";
import { api } from "./api";
import { conversationWith } from "./checks";
import { expect, fillComposer, test, type World } from "./fixtures";
import { person } from "./people";

const row = (page: Page, subject: string) => page.locator("[data-row]").filter({ hasText: subject });
const toast = (page: Page, words: string) => page.getByRole("status").filter({ hasText: words });
const log = (page: Page) => page.getByRole("main");

async function write(page: Page, world: World, subject: string): Promise<void> {
  await world.write({ from: "Nora Vik <nora@aside.example>", subject, text: `${subject}, please.` });
  await expect(row(page, subject)).toBeVisible();
}

test("E closes and E reopens, spam and trash go and come back, by key, by toast and in their own views", async ({
  inbox,
  world,
}) => {
  test.setTimeout(240_000);
  await write(inbox, world, "Stays here");
  await write(inbox, world, "Put aside");
  const go = (view: string) => inbox.goto(`${world.innboks.url}/inbox/${view}`);
  const choose = async () => {
    await row(inbox, "Put aside").click();
    await expect(inbox.getByRole("heading", { name: "Put aside" })).toBeVisible();
  };
  await choose();
  await inbox.keyboard.press("e");
  await expect(row(inbox, "Put aside")).toHaveCount(0);
  await expect(row(inbox, "Stays here")).toBeFocused();
  await go("closed");
  await choose();
  await expect(log(inbox).getByText("Amina Yusuf closed the conversation")).toBeVisible();
  await inbox.keyboard.press("e");
  await expect(row(inbox, "Put aside")).toHaveCount(0);
  await expect(toast(inbox, "Conversation reopened")).toBeVisible();
  await inbox.keyboard.press("z");
  await expect(row(inbox, "Put aside")).toBeVisible();
  await choose();
  await inbox.keyboard.press("e");
  await expect(row(inbox, "Put aside")).toHaveCount(0);

  for (const [key, view, done, undone] of [
    ["!", "spam", "Marked as spam", "Not spam"],
    ["#", "trash", "Moved to the trash", "Conversation restored"],
  ] as const) {
    await go("open");
    await choose();
    await inbox.keyboard.press(key);
    await expect(row(inbox, "Put aside")).toHaveCount(0);
    await toast(inbox, done).getByRole("button", { name: "Undo" }).click();
    await expect(row(inbox, "Put aside")).toBeFocused();
    await inbox.keyboard.press(key);
    await expect(row(inbox, "Put aside")).toHaveCount(0);
    await go(view);
    await choose();
    await inbox.keyboard.press(key);
    await expect(toast(inbox, undone)).toBeVisible();
    await expect(row(inbox, "Put aside")).toHaveCount(0);
    await inbox.keyboard.press("z");
    await expect(row(inbox, "Put aside")).toBeFocused();
    await inbox.keyboard.press(key);
    await expect(row(inbox, "Put aside")).toHaveCount(0);
  }
  await go("open");
  await choose();
  await log(inbox)
    .getByRole("button", { name: /^\d+ events$/ })
    .click();
  for (const words of ["marked this as spam", "said this is not spam", "restored this from the trash"])
    await expect(log(inbox).getByText(`Amina Yusuf ${words}`).first()).toBeVisible();
});

test("a conversation moves to an inbox that its owner is not in, the thread says why it is nobody's, and Undo gives it back", async ({
  inbox,
  world,
}) => {
  const bo = await person(world, "Bo Sandvik");
  const { id: repairs } = await api(world, "POST", "/api/inboxes", {
    name: "Repairs",
    access: "members",
    member_ids: [world.beginning.myId],
  });
  await write(inbox, world, "Broken zip");
  const { id } = await conversationWith(world, "Broken zip");
  const now = () => api(world, "GET", `/api/conversations/${id}`);
  await api(world, "PATCH", `/api/conversations/${id}`, { assignee_id: bo });
  await row(inbox, "Broken zip").click();
  await expect(inbox.getByRole("button", { name: "Assigned to Bo Sandvik" })).toBeVisible();
  await inbox.keyboard.press("m");
  await expect(inbox.getByRole("combobox", { name: "Move to another inbox" })).toBeFocused();
  await inbox.keyboard.type("rep");
  await expect(inbox.getByRole("option", { name: "Repairs" })).toBeVisible();
  await inbox.keyboard.press("Enter");
  await expect(toast(inbox, "Moved to Repairs")).toBeVisible();
  await expect(inbox.getByRole("button", { name: "Assigned to nobody" })).toBeVisible();
  expect(await now()).toMatchObject({ inbox_id: repairs, assignee_id: null });
  await log(inbox)
    .getByRole("button", { name: /^\d+ events$/ })
    .click();
  await expect(log(inbox).getByText(/^Amina Yusuf moved the conversation from .+ to Repairs$/)).toBeVisible();
  await expect(log(inbox).getByText(/Bo Sandvik is not in the new inbox, so it belongs to nobody now$/)).toBeVisible();

  await inbox.keyboard.press("z");
  await expect(inbox.getByRole("button", { name: "Assigned to Bo Sandvik" })).toBeVisible();
  await expect.poll(now).toMatchObject({ inbox_id: world.beginning.inbox.id, assignee_id: bo });
});

test("a split is undone after a reload, from its line in the thread", async ({ inbox, world }) => {
  await write(inbox, world, "Tent and stove");
  await row(inbox, "Tent and stove").click();
  await fillComposer(inbox, /^Reply through/, "The stove is another matter.");
  await inbox.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("The stove is another matter.");
  await inbox.keyboard.press("Escape");
  const home = inbox.url();
  await inbox.keyboard.press("Shift+S");
  const dialog = inbox.getByRole("dialog", { name: "Split into two conversations" });
  await dialog.getByRole("checkbox", { name: /The stove is another matter/ }).check();
  await dialog.getByLabel("Subject of the new conversation").fill("The stove");
  await dialog.getByRole("button", { name: "Split", exact: true }).click();
  await expect(inbox.getByRole("heading", { name: "The stove" })).toBeVisible();

  await inbox.goto(home);
  await inbox.reload();
  await expect(log(inbox).getByText("Amina Yusuf split 1 message off into a new conversation")).toBeVisible();
  await expect(log(inbox).getByText("The stove is another matter.")).toHaveCount(0);
  await log(inbox).getByRole("button", { name: "Undo" }).click();
  await expect(log(inbox).getByRole("article").filter({ hasText: "The stove is another matter." })).toBeVisible();
  await expect(inbox.getByRole("link", { name: /, The stove$/ })).toHaveCount(0);
  await inbox.reload();
  await expect(log(inbox).getByRole("article").filter({ hasText: "The stove is another matter." })).toBeVisible();
  await expect(log(inbox).getByRole("button", { name: "Undo" })).toHaveCount(0);
});
