/* Undo where others had their hands in it meanwhile, a key that is held down, and what becomes of words that were to leave later. */
import type { Page } from "@playwright/test";
import { api, conversationWith } from "./checks";
import { open } from "./composing";
import { expect, fillComposer, test, type World } from "./fixtures";
import { readable } from "./mailbox";
import { person } from "./people";

const state = (world: World, id: string) => api(world, "GET", `/api/conversations/${id}`);
const later = async (page: Page) => {
  await page.getByRole("button", { name: "More ways to send" }).click();
  await page.getByRole("menuitem", { name: "Send later…", exact: true }).click();
  return page.getByRole("dialog", { name: "Send later" });
};
const notSent = (page: Page) => page.getByRole("status").filter({ hasText: "Not sent" });
const card = (page: Page) => page.locator(".waitcard");

test("an undo takes back what one did, and leaves what somebody did after it", async ({ inbox, world }) => {
  const nils = await person(world, "Nils Lund");
  await open(inbox, world, "Fought over");
  const { id } = await conversationWith(world, "Fought over");
  await inbox.getByRole("main").focus();
  await inbox.keyboard.press("Shift+I");
  await expect(inbox.getByText("Assigned to Amina Yusuf")).toBeVisible();
  await inbox.keyboard.press("p");
  await expect(inbox.getByRole("combobox", { name: "Set the priority" })).toBeFocused();
  await inbox.keyboard.type("urg");
  await expect(inbox.getByRole("option", { name: "Urgent" })).toBeVisible();
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByText("Priority: Urgent", { exact: true })).toBeVisible();
  await api(world, "PATCH", `/api/conversations/${id}`, { assignee_id: nils });
  await expect(inbox.getByRole("main").getByRole("button", { name: /Nils Lund/ })).toBeVisible();

  await inbox.getByRole("main").focus();
  await inbox.keyboard.press("z");
  await expect.poll(async () => (await state(world, id)).priority).toBe("normal");
  await inbox.getByRole("main").focus();
  await inbox.keyboard.press("z");
  await expect(inbox.getByText("This has been changed again since, and stays as it is now")).toBeVisible();
  expect((await state(world, id)).assignee_id).toBe(nils);
});

test("a key that is held down closes one conversation, and steps through as many as there are", async ({
  inbox,
  world,
}) => {
  for (const number of [1, 2, 3, 4]) {
    await world.write({ from: "Pia <pia@pia.example>", subject: `Held ${number}`, text: "Hello" });
    await expect(inbox.locator("[data-row]")).toHaveCount(number);
  }
  await inbox.locator("[data-row]").first().click();
  await expect(inbox.getByRole("article")).toHaveCount(1);
  await inbox.locator("[data-row]").first().focus();
  for (let turn = 0; turn < 6; turn++) await inbox.keyboard.down("j");
  await inbox.keyboard.up("j");
  await expect(inbox.locator("[data-row]").last()).toBeFocused();
  for (let turn = 0; turn < 6; turn++) await inbox.keyboard.down("e");
  await inbox.keyboard.up("e");
  await expect(inbox.getByText("Conversation closed")).toHaveCount(1);
  await expect(inbox.locator("[data-row]")).toHaveCount(3);
});

test("a message that was to be passed on later comes back with its words when it is cancelled, and goes as it was when that is undone", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Pass me on");
  const { id } = await conversationWith(world, "Pass me on");
  const form = inbox.locator("form.composer");
  await inbox.getByRole("main").focus();
  await inbox.keyboard.press("f");
  await form.getByRole("combobox", { name: "To", exact: true }).fill("boss@tindra.example");
  await inbox.keyboard.press("Enter");
  await form.locator("[contenteditable=true]").fill("Please look at this");
  await (await later(inbox)).getByRole("button", { name: /Tomorrow morning/ }).click();
  await card(inbox).getByRole("button", { name: "Cancel" }).click();
  await expect(form.locator("[contenteditable=true]")).toHaveText("Please look at this");
  await expect(form.getByRole("button", { name: "Remove boss@tindra.example" })).toBeVisible();

  await notSent(inbox).getByRole("button", { name: /^Undo/ }).click();
  await expect(card(inbox)).toBeVisible();
  await expect(form.locator("[contenteditable=true]")).toHaveText("");
  await card(inbox).getByRole("button", { name: "Send now" }).click();
  const { raw } = await world.mailbox.waitFor("Please look at this");
  // Once in its text, once in its markup.
  expect(readable(raw).match(/Forwarded message/g)).toHaveLength(2);
  expect((await api(world, "GET", `/api/conversations/${id}/messages`)).items.filter(isReply)).toHaveLength(1);
});

const isReply = (one: { type: string }) => one.type === "reply";

test("what was to leave also after an answer still does, when its cancelling is undone", async ({ inbox, world }) => {
  await open(inbox, world, "In any case");
  const { id } = await conversationWith(world, "In any case");
  await fillComposer(inbox, /^Reply through/, "Whatever you say");
  const dialog = await later(inbox);
  await dialog.getByRole("checkbox").check();
  await dialog.getByRole("button", { name: /Tomorrow morning/ }).click();
  await card(inbox).getByRole("button", { name: "Cancel" }).click();
  const posted = inbox.waitForRequest((one) => one.method() === "POST" && one.url().endsWith(`/${id}/messages`));
  await notSent(inbox).getByRole("button", { name: /^Undo/ }).click();
  expect((await posted).postDataJSON()).toMatchObject({ send_even_if_answered: true });
  await expect(card(inbox)).toBeVisible();
});
