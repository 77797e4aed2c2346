import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { axe, shots } from "./checks";
import { expect, test } from "./fixtures";

const SHOTS = process.env.SHOTS;

test("a mail that names nobody as its sender waits in quarantine, can be looked at, and tried again", async ({
  inbox,
  world,
}) => {
  await world.write({
    from: "",
    raw: "To: support@tindra.example\r\nSubject: Torn in half\r\nDate: Mon, 2 Nov 2026 09:00:00 +0100\r\n\r\nThe upper half is missing.\r\n",
  });
  await inbox.goto(`${world.innboks.url}/settings/quarantine`);
  const row = inbox.getByRole("listitem").filter({ hasText: "Support mail" });
  await expect(async () => {
    if (!(await row.count())) await inbox.reload();
    await expect(row).toBeVisible({ timeout: 1500 });
  }).toPass({ timeout: 40_000 });
  await expect(row).toContainText(/1 try/);
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "quarantine.png") });

  await row.getByRole("button", { name: "Look at it" }).click();
  const dialog = inbox.getByRole("dialog", { name: "As it came" });
  await expect(dialog).toContainText("The upper half is missing.");
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "quarantine-raw.png") });
  await inbox.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);

  await row.getByRole("button", { name: "Try again" }).click();
  // The reason stood there already: what is told is that it was tried once more, when, and what is left to do.
  await expect(inbox.getByRole("alert")).toContainText(
    /^Tried again at \d\d:\d\d, and it failed again: .+\. Look at it/,
  );
  await expect(row).toContainText(/2 tries/);
});

test("of what is long the beginning is shown, which is said, and all of it is saved as a mail", async ({
  inbox,
  world,
}) => {
  const end = "the very end";
  const raw = `To: support@tindra.example\r\nSubject: Long\r\n\r\n${"A line of many.\r\n".repeat(16_000)}${end}\r\n`;
  await world.write({ from: "", raw });
  await inbox.goto(`${world.innboks.url}/settings/quarantine`);
  const row = inbox.getByRole("listitem").filter({ hasText: "Support mail" });
  await expect(async () => {
    if (!(await row.count())) await inbox.reload();
    await expect(row).toBeVisible({ timeout: 1500 });
  }).toPass({ timeout: 40_000 });
  await row.getByRole("button", { name: "Look at it" }).click();
  const dialog = inbox.getByRole("dialog", { name: "As it came" });
  await expect(dialog).toContainText("Only the beginning is shown.");
  await expect(dialog).not.toContainText(end);
  await axe(inbox, "the beginning of a payload");
  const saving = inbox.waitForEvent("download");
  await dialog.getByRole("link", { name: /^Save all of it/ }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toMatch(/^delivery-\d+\.eml$/);
  const whole = await readFile(await saved.path(), "utf8");
  expect([whole.includes("Subject: Long"), whole.trimEnd().endsWith(end)]).toEqual([true, true]);
});

test("what needs nobody is set aside, puts the badge out, and can be put back", async ({ inbox, world }) => {
  await world.write({
    from: "",
    raw: "To: support@tindra.example\r\nSubject: An advertisement that forgot who it is from, and goes on and on about it\r\n\r\nBuy.\r\n",
  });
  const badge = inbox.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /stuck/ });
  await expect(badge).toBeVisible({ timeout: 20_000 });
  await inbox.goto(`${world.innboks.url}/settings/quarantine`);
  const row = inbox.getByRole("listitem").filter({ hasText: "An advertisement that forgot" });
  await expect(row).toContainText("Support mail");
  await axe(inbox, "quarantine");
  if (SHOTS) await shots(inbox, SHOTS, "quarantine");
  await row.getByRole("button", { name: "Set aside" }).click();
  await expect(row).toHaveCount(0);
  await expect(badge).toHaveCount(0);
  await inbox.getByRole("button", { name: "Undo" }).click();
  await expect(row).toBeVisible();
  await expect(badge).toBeVisible();

  await row.getByRole("button", { name: "Set aside" }).click();
  await expect(row).toHaveCount(0);
  await inbox.getByRole("tab", { name: "Set aside" }).click();
  await expect(row).toBeVisible();
  await axe(inbox, "what was set aside");
  if (SHOTS) await shots(inbox, SHOTS, "quarantine-aside");
  await row.getByRole("button", { name: "Put back" }).click();
  await expect(row).toHaveCount(0);
  await inbox.getByRole("tab", { name: "Waiting" }).click();
  await expect(row).toBeVisible();
});
