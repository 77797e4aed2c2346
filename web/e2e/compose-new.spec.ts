/* Writing to somebody first: a new conversation, its draft, and what is said when something is missing. With SHOTS=folder it keeps the pictures. */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { axe } from "./checks";
import { expect, test } from "./fixtures";

const SHOTS = process.env.SHOTS;
const pane = (page: Page) => page.getByRole("dialog", { name: "New conversation" });
const text = (page: Page) => pane(page).getByRole("textbox", { name: /^Message through/ });
const line = (page: Page, name: string) => pane(page).getByRole("combobox", { name, exact: true });

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `new-${name}.png`) });
}

test("written to two people with a subject and bold words, it leaves and is open", async ({ inbox, world }) => {
  await inbox.getByRole("button", { name: "New conversation" }).click();
  await expect(line(inbox, "To")).toBeFocused();
  await line(inbox, "To").fill("Ella Korhonen <ella@begin.example>, jo@begin.example");
  await inbox.keyboard.press("Enter");
  await expect(pane(inbox).getByRole("button", { name: /^Remove / })).toHaveCount(2);
  await pane(inbox).getByRole("button", { name: "Cc", exact: true }).click();
  await line(inbox, "Cc").fill("lina@begin.example");
  await pane(inbox).getByRole("textbox", { name: "Subject" }).fill("Your tent is ready");
  await expect(pane(inbox).locator("[contenteditable=true]")).toBeVisible(); // bold comes with the rich editor
  await text(inbox).click();
  await inbox.keyboard.type("It is ");
  await inbox.keyboard.press("Control+b");
  await inbox.keyboard.type("waterproof");
  await inbox.keyboard.press("Control+b");
  await inbox.keyboard.type(" again.");
  await shoot(inbox, "light");
  await axe(inbox, "a new conversation");
  await pane(inbox).getByRole("button", { name: "Send", exact: true }).click();
  await expect(pane(inbox)).toHaveCount(0);
  await expect(inbox.getByRole("article")).toHaveCount(1);
  await expect(inbox.getByRole("heading", { name: "Your tent is ready" })).toBeVisible();
  const mail = await world.mailbox.waitFor("Your tent is ready");
  const all = world.mailbox.received.filter((one) => one.raw.includes("Your tent is ready")).flatMap((one) => one.to);
  expect(new Set(all)).toEqual(new Set(["ella@begin.example", "jo@begin.example", "lina@begin.example"]));
  expect(mail.raw).toMatch(/<(strong|b)>waterproof<\/(strong|b)>/);
  // Nothing of it is left in the pane.
  await inbox.getByRole("main").focus();
  await inbox.keyboard.press("n");
  await expect(text(inbox)).toHaveText("");
  await expect(pane(inbox).getByRole("button", { name: /^Remove / })).toHaveCount(0);
});

test("what was begun is there after closing and reload, and thrown away it comes back with Undo", async ({ inbox }) => {
  await inbox.keyboard.press("n");
  await line(inbox, "To").fill("half@typed.example");
  await pane(inbox).getByRole("textbox", { name: "Subject" }).fill("Half a thought");
  await text(inbox).click();
  await inbox.keyboard.type("To be continued");
  await inbox.keyboard.press("Escape");
  await expect(pane(inbox)).toHaveCount(0);
  await inbox.reload();
  await expect(inbox.getByText("Live", { exact: true })).toBeVisible();
  await inbox.keyboard.press("n");
  const isAllThere = async () => {
    await expect(text(inbox)).toHaveText("To be continued");
    await expect(pane(inbox).getByRole("textbox", { name: "Subject" })).toHaveValue("Half a thought");
    await expect(pane(inbox).getByRole("button", { name: "Remove half@typed.example" })).toBeVisible();
  };
  await isAllThere();
  await pane(inbox).getByRole("button", { name: "Throw away" }).click();
  await expect(pane(inbox)).toHaveCount(0);
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await isAllThere();
  await pane(inbox).getByRole("button", { name: "Throw away" }).click();
  await expect(pane(inbox)).toHaveCount(0);
  await inbox.keyboard.press("n");
  await expect(text(inbox)).toHaveText("");
});

test("on a phone it fills the screen, in light and dark", async ({ inbox }) => {
  await inbox.setViewportSize({ width: 360, height: 740 });
  await inbox.getByRole("button", { name: "Views" }).click();
  await inbox.getByRole("menuitem", { name: /New conversation/ }).click();
  await expect(line(inbox, "To")).toBeFocused();
  await line(inbox, "To").fill("a.very.long.address.indeed@a-long-domain-for-phones.example, second@phone.example");
  await inbox.keyboard.press("Enter");
  await text(inbox).click();
  await inbox.keyboard.type("Small screen");
  await axe(inbox, "a new conversation on a phone");
  expect(await inbox.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await shoot(inbox, "360");
  await inbox.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await shoot(inbox, "360-dark");
  await inbox.setViewportSize({ width: 1440, height: 900 });
  await shoot(inbox, "dark");
  await pane(inbox).getByRole("button", { name: "Throw away" }).click();
  await expect(pane(inbox)).toHaveCount(0);
});

test("in its lines the palette opens too, and gives the focus back", async ({ inbox }) => {
  await inbox.getByRole("button", { name: "New conversation" }).click();
  for (const field of [line(inbox, "To"), pane(inbox).getByRole("textbox", { name: "Subject", exact: true })]) {
    await field.press("Control+k");
    const palette = inbox.getByRole("dialog", { name: "Command palette" });
    await expect(palette.getByRole("combobox")).toBeFocused();
    await inbox.keyboard.press("Escape");
    await expect(palette).toHaveCount(0);
    await expect(field).toBeFocused();
  }
});
