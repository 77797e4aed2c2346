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

test("single-letter keys are changed and turned off, and everything says so", async ({ inbox, world }) => {
  await world.write({ from: "Nora Vik <nora@letters.example>", subject: "Letters", text: "Do not close me" });
  const { url } = world.innboks;
  const row = inbox.getByRole("link", { name: /Letters/ });
  await inbox.goto(`${url}/settings/keyboard`);
  const item = (name: string) => inbox.getByRole("listitem").filter({ hasText: name });
  const close = item("Close");
  await close.getByRole("button", { name: /^Change/ }).click();
  await expect(close.getByRole("status")).toContainText("Press the new key");
  await inbox.keyboard.press("r");
  await expect(close.getByRole("status")).toHaveText(
    "R is the key of “Reply”. Press another one, or change that one first.",
  );
  await inbox.keyboard.press("g");
  await expect(close.getByRole("status")).toContainText("G is the key of");
  await inbox.keyboard.press("Control+q");
  await expect(close.getByRole("status")).toHaveText("Press a single letter, figure or sign.");
  await inbox.keyboard.press("q");
  await expect(close.locator("kbd")).toHaveText("Q");

  await inbox.goto(`${url}/inbox/open?sort=newest`);
  await row.click();
  await expect(inbox.locator(".closeit")).toHaveAttribute("title", "Close (Q)");
  await inbox.keyboard.press("e");
  await inbox.keyboard.press("q");
  await expect(row).toHaveCount(0);
  await expect(inbox.locator(".toast kbd")).toHaveText("Z");
  await inbox.keyboard.press("z");
  await expect(row).toBeVisible();

  // Its usual key comes back only while no other action has it.
  await inbox.goto(`${url}/settings/keyboard`);
  const ofSnooze = (what: string) => inbox.getByRole("button", { name: new RegExp(`^${what}.*“Snooze”$`) });
  await ofSnooze("Change").click();
  await inbox.keyboard.press("e");
  await close.getByRole("button", { name: /^As usual/ }).click();
  await expect(close.getByRole("status")).toContainText("E is the key of “Snooze”.");
  await expect(close.locator("kbd")).toHaveText("Q");
  await ofSnooze("As usual").click();
  await expect(ofSnooze("Change")).toBeFocused();
  await close.getByRole("button", { name: /^As usual/ }).click();
  await expect(close.locator("kbd")).toHaveText("E");
  await inbox.getByRole("switch", { name: "Single-letter keys" }).uncheck();
  await expect(inbox.getByRole("heading", { name: "Keys", exact: true })).toHaveCount(0);

  // Another browser of the same person: it is kept with them.
  await inbox.evaluate(() => localStorage.clear());
  await inbox.goto(`${url}/inbox/open?sort=newest`);
  await row.click();
  await expect(inbox.locator(".closeit")).toHaveAttribute("title", "Close");
  for (const key of ["e", "q", "r", "g", "m", "?", "/", "Shift+I", "x"]) await inbox.keyboard.press(key);
  await expect(inbox).toHaveURL(/\/inbox\/open\/\d+/);
  await expect(row).toBeVisible();
  await expect(inbox.getByRole("dialog")).toHaveCount(0);
  await expect(inbox.getByRole("button", { name: "Assigned to nobody" })).toBeVisible();
  await inbox.keyboard.press("Control+k");
  await expect(inbox.getByRole("option", { name: /Close/ }).locator("kbd")).toHaveCount(0);
  await inbox.keyboard.press("Escape");
  await inbox.getByRole("button", { name: "Keyboard shortcuts" }).click();
  const sheet = inbox.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet).toContainText("You turned single-letter keys off.");
  await expect(sheet.locator("dt").filter({ hasText: /^Close/ })).toHaveCount(0);
  await sheet.getByRole("link", { name: "Change the keys" }).click();
  await inbox.getByRole("switch", { name: "Single-letter keys" }).check();
  await expect(inbox.getByRole("heading", { name: "Keys", exact: true })).toBeVisible();
});
