import { expect, test } from "./fixtures";

test("a round of work by keyboard only", async ({ inbox, world }) => {
  for (const nth of ["one", "two", "three"]) {
    await world.write({
      from: `Person ${nth} <${nth}@keys.example>`,
      subject: `Keyboard ${nth}`,
      text: `Question ${nth}`,
    });
  }
  await inbox.goto(`${world.innboks.url}/inbox/open?sort=newest`);
  await expect(inbox.getByRole("link", { name: /Keyboard three/ })).toBeVisible();

  const row = (name: string) => inbox.getByRole("link", { name: new RegExp(`Keyboard ${name}`) });
  await inbox.keyboard.press("j");
  await expect(row("three")).toHaveAttribute("aria-current");
  await expect(row("three")).toBeFocused();
  await inbox.keyboard.press("j");
  await expect(row("two")).toBeFocused();
  await inbox.keyboard.press("k");
  await expect(row("three")).toBeFocused();

  await inbox.keyboard.press("Enter");
  await expect(inbox.getByRole("main")).toBeFocused();
  await inbox.keyboard.press("Shift+I");
  await expect(inbox.getByRole("button", { name: "Assigned to Amina Yusuf" })).toBeVisible();
  await inbox.keyboard.press("z");
  await expect(inbox.getByRole("button", { name: "Assigned to nobody" })).toBeVisible();

  await inbox.keyboard.press("i");
  await expect(inbox.getByRole("combobox", { name: "Assign" })).toBeFocused();
  await inbox.keyboard.type("ami");
  await expect(inbox.getByRole("option")).toHaveText([/Amina Yusuf/]);
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByRole("button", { name: "Assigned to Amina Yusuf" })).toBeVisible();

  await inbox.keyboard.press("r");
  await expect(inbox.getByRole("textbox", { name: /^Reply through/ })).toBeFocused();
  await inbox.keyboard.type("jek is only text here");
  await expect(inbox.getByRole("textbox", { name: /^Reply through/ })).toHaveText("jek is only text here");
  await inbox.keyboard.press("Control+/");
  await expect(inbox.getByRole("textbox", { name: /^Comment/ })).toBeFocused();
  await inbox.keyboard.type("Seen by nobody outside");
  await inbox.keyboard.press("Control+Enter");
  await expect(inbox.getByRole("article", { name: /^Internal comment/ })).toContainText("Seen by nobody outside");
  await inbox.keyboard.press("Control+/");
  await expect(inbox.getByRole("textbox", { name: /^Reply through/ })).toHaveText("jek is only text here");
  await inbox.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("jek is only text here");

  await inbox.keyboard.press("Escape");
  await expect(inbox.getByRole("main")).toBeFocused();
  await inbox.keyboard.press("Escape");
  await expect(row("three")).toBeFocused();

  await inbox.keyboard.press("e");
  await expect(row("three")).toHaveCount(0);
  await expect(row("two")).toBeFocused();
  await inbox.keyboard.press("z");
  await expect(row("three")).toHaveAttribute("aria-current");
  await expect(inbox.getByText("Open", { exact: true })).toBeVisible();

  await inbox.keyboard.press("?");
  await expect(inbox.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await inbox.keyboard.press("Escape");
  await expect(inbox.getByRole("dialog")).toHaveCount(0);
  await inbox.keyboard.press("g");
  await inbox.keyboard.press("m");
  await expect(inbox.getByRole("heading", { name: "Mine", exact: true })).toBeVisible();
});
