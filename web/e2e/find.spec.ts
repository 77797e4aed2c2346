/* Search and the command palette, by keyboard only and with axe. */
import type { Page } from "@playwright/test";
import { axe as check } from "./checks";
import { expect, test } from "./fixtures";

const axe = (page: Page, name: string) =>
  check(page, name, [], async (theme) => {
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${theme}.png` });
  });

const box = (page: Page) => page.getByRole("textbox", { name: "Search messages, people and files" });

test("a message is found, marked and opened at its place, by keyboard only", async ({ inbox, world }) => {
  await world.write({
    from: "Kari Nes <kari@search.example>",
    subject: "Zeppelin tent",
    text: "Hello. The quick marmalade is what I asked for, and two poles are missing.",
    attachments: [{ filename: "receipt-pomegranate.txt", content: "One pomegranate, twelve crowns" }],
  });
  await world.write({
    from: "Ola Vik <ola@search.example>",
    subject: "Another thing",
    text: "No marmelade here, only jam <b>bold</b> <script>alert(1)</script>",
  });
  await expect(inbox.getByRole("link", { name: /Another thing/ })).toBeVisible();

  await inbox.keyboard.press("/");
  await expect(box(inbox)).toBeFocused();
  await axe(inbox, "search-hints");
  await expect(async () => {
    await box(inbox).fill("");
    await inbox.keyboard.type("poles miss");
    await expect(inbox.locator("mark").filter({ hasText: "poles" })).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 30_000 });
  await expect(inbox).toHaveURL(/\/search\?q=poles/);
  await axe(inbox, "search-results");

  await inbox.keyboard.press("ArrowDown");
  await expect(inbox.getByRole("link", { name: /Kari Nes/ }).first()).toBeFocused();
  await inbox.keyboard.press("ArrowDown");
  await inbox.keyboard.press("ArrowUp");
  await inbox.keyboard.press("ArrowUp");
  await expect(box(inbox)).toBeFocused();
  await inbox.keyboard.press("ArrowDown");
  await inbox.keyboard.press("Enter");
  await expect(inbox).toHaveURL(/\/inbox\/open\/\d+#m\d+$/);
  await expect(inbox.getByRole("main")).toContainText("quick marmalade");

  // Back brings the search as it was, and it is remembered.
  await inbox.goBack();
  await expect(box(inbox)).toHaveValue("poles miss");
  await box(inbox).focus();
  await inbox.keyboard.press("Escape");
  await expect(box(inbox)).toHaveValue("");
  await expect(inbox.getByRole("button", { name: "poles miss", exact: true })).toBeVisible();

  await inbox.keyboard.type("pomegranate ");
  await expect(inbox.locator(".hit").first()).toContainText("Kari Nes");
  await box(inbox).fill("marmalaed ");
  await expect(inbox.getByText(/No message has “marmalaed”/)).toBeVisible();
  await expect(inbox.locator("mark").filter({ hasText: "marmalade" })).toBeVisible();
  await box(inbox).fill("jam bold");
  await expect(inbox.locator(".hittext").first()).toContainText("<b>bold</b>");
});

test("filters are chips, unknown names are said, and nothing found helps on", async ({ inbox, world }) => {
  await world.write({ from: "Liv Berg <liv@search.example>", subject: "Stove", text: "The paraffin stove smokes" });
  await expect(inbox.getByRole("link", { name: /Stove/ })).toBeVisible();
  await inbox.getByRole("navigation", { name: "Main" }).first().getByRole("link", { name: "Search" }).click();
  await expect(async () => {
    await box(inbox).fill("");
    await box(inbox).fill("paraffin from:liv is:open");
    await expect(inbox.locator("mark").filter({ hasText: "paraffin" })).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 30_000 });
  await inbox.getByRole("button", { name: "Remove filter is:open" }).click();
  await expect(box(inbox)).toHaveValue("paraffin from:liv");
  await box(inbox).fill("paraffin assignee:zoe");
  await expect(inbox.getByText("Nobody is called “zoe”.")).toBeVisible();
  await inbox.getByRole("button", { name: "Search without filters" }).click();
  await expect(box(inbox)).toHaveValue("paraffin");
  await expect(inbox.locator(".hit"), "the answer before has gone, in which nothing was found either").toHaveCount(1);
  await box(inbox).fill("qqqwwweee");
  await expect(inbox.locator(".hit")).toHaveCount(0);
  await expect(inbox.getByRole("heading", { name: "Nothing found" })).toBeVisible();
  await axe(inbox, "search-nothing");
  await box(inbox).fill("paraffin ass");
  await inbox.getByRole("button", { name: "assignee:", exact: true }).click();
  await inbox.getByRole("button", { name: "assignee:nobody" }).click();
  await expect(box(inbox)).toHaveValue("paraffin assignee:nobody ");
  await expect(inbox.locator(".hit")).toHaveCount(1);

  await inbox.setViewportSize({ width: 360, height: 740 });
  await expect(
    inbox.getByRole("navigation", { name: "Main" }).last().getByRole("link", { name: "Search" }),
  ).toBeVisible();
  expect(await inbox.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await axe(inbox, "search-phone");
});

test("the palette does, goes and finds", async ({ inbox, world }) => {
  await world.write({
    from: "Per Dahl <per@search.example>",
    subject: "Palette story",
    text: "About the kaleidoscope",
  });
  await inbox.getByRole("link", { name: /Palette story/ }).click();
  const palette = inbox.getByRole("dialog", { name: "Command palette" });
  const field = palette.getByRole("combobox");

  await inbox.keyboard.press("Control+k");
  await expect(field).toBeFocused();
  await expect(palette.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
  await axe(inbox, "palette");
  await inbox.keyboard.type("assign to me");
  await inbox.keyboard.press("Enter");
  await expect(palette).toHaveCount(0);
  await expect(inbox.getByRole("button", { name: "Assigned to Amina Yusuf" })).toBeVisible();

  await inbox.keyboard.press("Control+k");
  await inbox.keyboard.type("profile");
  await expect(palette.getByRole("option").first()).toContainText("Profile");
  await inbox.keyboard.press("Enter");
  await expect(inbox).toHaveURL(/\/settings\/profile$/);

  await inbox.keyboard.press("Control+k");
  await inbox.keyboard.type("kaleidoscope");
  await expect(palette.getByRole("group", { name: "Conversations" }).getByRole("option")).toContainText(
    "Palette story",
    {
      timeout: 15_000,
    },
  );
  await inbox.keyboard.press("Escape");
  await expect(palette).toHaveCount(0);
  await inbox.keyboard.press("/");
  await expect(box(inbox)).toBeFocused();
});
