/* What a browser would say in its own language is said in the app's: dates, times of day, and what is wrong with a field. The browser is English. */
import type { Page } from "@playwright/test";
import { axe, shots } from "./checks";
import { expect, test } from "./fixtures";

const SHOTS = process.env.SHOTS;

const inNorwegian = (page: Page) => page.addInitScript(() => localStorage.setItem("innboks.locale", "nb"));

test("a field that is not filled in as it should be says so in the app's language", async ({ page, world }) => {
  await inNorwegian(page);
  await page.goto(`${world.innboks.url}/sign-in`);
  const email = page.getByRole("textbox", { name: "E-post" });
  const enter = page.getByRole("button", { name: "Logg inn", exact: true });
  const said = () => email.evaluate((field: HTMLInputElement) => field.validationMessage);
  await enter.click();
  await expect.poll(said).toBe("Fyll ut dette feltet.");
  await email.fill("amina");
  expect(await said(), "not before it is sent again").not.toContain("Fyll ut");
  await email.press("Enter");
  await expect.poll(said).toBe("Skriv en hel e-postadresse, som navn@example.com.");
  await email.fill("amina@tindra.example");
  await expect.poll(said).toBe("");
});

test("a day is written, read and chosen in the app's language, by the keyboard too", async ({ inbox, world }) => {
  await inNorwegian(inbox);
  await inbox.goto(`${world.innboks.url}/inbox/open?since=2026-01-04`);
  await inbox.getByRole("button", { name: /^Filtrer denne visningen/ }).click();
  const since = inbox.getByRole("textbox", { name: "Fra", exact: true });
  await expect(since).toHaveValue("4. jan. 2026");
  await since.fill("februar 30");
  await since.press("Tab");
  await expect(since).toHaveAccessibleDescription(/^Skriv som «/);
  await expect(inbox).toHaveURL(/since=2026-01-04/);
  await since.fill("5. januar 2026");
  await since.press("Tab");
  await expect(since).toHaveValue("5. jan. 2026");
  await expect(inbox).toHaveURL(/since=2026-01-05/);

  const button = inbox.getByRole("button", { name: "Kalender for Fra" });
  await expect(button).toBeFocused();
  await inbox.keyboard.press("Enter");
  const day = (name: string) => inbox.getByRole("grid", { name: "januar 2026" }).getByRole("button", { name });
  await expect(day("mandag 5. januar 2026")).toBeFocused();
  await axe(inbox, "a calendar");
  if (SHOTS) await shots(inbox, SHOTS, "calendar");
  await inbox.keyboard.press("ArrowDown");
  await inbox.keyboard.press("End");
  await expect(day("søndag 18. januar 2026")).toBeFocused();
  await inbox.keyboard.press("PageDown");
  await inbox.keyboard.press("Enter");
  await expect(since).toHaveValue("18. feb. 2026");
  await expect(inbox).toHaveURL(/since=2026-02-18/);
  await expect(button).toBeFocused();
});

test("a time of day follows the language, and the arrows go on by a quarter of an hour", async ({ inbox, world }) => {
  await inNorwegian(inbox);
  await inbox.goto(`${world.innboks.url}/settings/hours`);
  await inbox.getByRole("switch", { name: "Arbeidstid" }).check();
  const from = inbox.getByRole("group", { name: "mandag" }).getByRole("textbox").first();
  await expect(from).toHaveValue(/^\d\d\.\d\d$/);
  await from.fill("815");
  await from.press("Tab");
  await expect(from).toHaveValue("08.15");
  await from.press("ArrowUp");
  await expect(from).toHaveValue("08.30");
  await from.fill("later");
  await from.press("Tab");
  await expect(from).toHaveValue("08.30");
  await inbox.reload();
  await expect(from).toHaveValue("08.30");
});
