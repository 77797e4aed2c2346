/* What one does with what one is writing: the same by button, key and palette, and all of it in the sheet of keys. */
import type { Page } from "@playwright/test";
import { api, conversationWith } from "./checks";
import { look, open, reply } from "./composing";
import { expect, test } from "./fixtures";

const palette = (page: Page) => page.getByRole("dialog", { name: "Command palette" });

async function choose(page: Page, words: string): Promise<void> {
  await page.locator("[data-pane=thread]").focus();
  await page.keyboard.press("Control+k");
  await palette(page).getByRole("combobox").fill(words);
  await palette(page)
    .getByRole("option", { name: new RegExp(`^${words}`) })
    .click();
  await expect(palette(page)).toHaveCount(0);
}

test("what is being written is sent and closed, put off, switched and given a file by the palette", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "By palette");
  const { id } = await conversationWith(world, "By palette");
  await choose(inbox, "Switch between reply and comment");
  const comment = inbox.getByRole("textbox", { name: /comment/i });
  await expect(comment).toBeFocused();
  await inbox.keyboard.press("Control+/");
  await expect(reply(inbox)).toBeFocused();
  await inbox.keyboard.type("All by the palette.");
  const chooser = inbox.waitForEvent("filechooser");
  await choose(inbox, "Attach a file");
  await (await chooser).setFiles({ name: "offer.txt", mimeType: "text/plain", buffer: Buffer.from("Yours") });
  await expect(inbox.getByRole("button", { name: "Remove offer.txt" })).toBeVisible();
  await choose(inbox, "Send later…");
  await expect(inbox.getByRole("dialog", { name: "Send later" })).toBeVisible();
  await inbox.keyboard.press("Escape");
  await expect(inbox.getByRole("dialog", { name: "Send later" })).toHaveCount(0);
  expect(world.mailbox.received).toHaveLength(0);
  // With the pane of a new conversation over it, nobody would know which of the two is meant.
  await inbox.locator("[data-pane=thread]").focus();
  await inbox.keyboard.press("n");
  const pane = inbox.getByRole("dialog", { name: "New conversation" });
  await expect(pane.getByRole("combobox", { name: "To" })).toBeFocused();
  await inbox.locator("[data-pane=thread]").focus();
  await inbox.keyboard.press("Control+k");
  await palette(inbox).getByRole("combobox").fill("Send and");
  await expect(palette(inbox).getByRole("option").first()).toBeVisible();
  await expect(palette(inbox).getByRole("option", { name: /^Send and/ })).toHaveCount(0);
  await inbox.keyboard.press("Escape");
  await pane.getByRole("button", { name: "Close and keep as a draft" }).click();
  await expect(pane).toHaveCount(0);
  await choose(inbox, "Send and close");
  await world.mailbox.waitFor("All by the palette.");
  await expect.poll(async () => (await api(world, "GET", `/api/conversations/${id}`)).status).toBe("closed");

  // Where nothing is written there is nothing to send.
  await inbox.goto(`${world.innboks.url}/settings/profile`);
  await inbox.getByRole("heading", { level: 1 }).waitFor();
  await inbox.keyboard.press("Control+k");
  await palette(inbox).getByRole("combobox").fill("Send and close");
  await expect(palette(inbox).getByRole("option", { name: /^Send and close/ })).toHaveCount(0);
});

test("the sheet of keys has every key of the composer", async ({ inbox, world }) => {
  await open(inbox, world, "All keys");
  await inbox.locator(".log").focus();
  await inbox.keyboard.press("?");
  const sheet = inbox.getByRole("dialog", { name: "Keyboard shortcuts" });
  for (const [words, keys] of [
    ["Send", "CtrlEnter"],
    ["Send and close", "CtrlShiftEnter"],
    ["Switch between reply and comment", "Ctrl/"],
    ["Attach a file", "CtrlShiftF"],
    ["Next channel for this reply", "CtrlShift."],
    ["Snippet, in what you write", "/"],
    ["Mention a colleague, in a comment", "@"],
  ] as const) {
    const line = sheet.locator("dl > div").filter({ has: inbox.getByText(words, { exact: true }) });
    await expect(line.locator("kbd"), words).toHaveText(keys.match(/Ctrl|Shift|Enter|./g) ?? []);
  }
  await look(inbox, "keys");
});
