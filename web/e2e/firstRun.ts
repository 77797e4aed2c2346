/* What the stories of a server's first hour share. */
import { expect, type Page } from "@playwright/test";
import { ADMIN, type Innboks } from "./server";

export const heading = (page: Page, name: string) => page.getByRole("heading", { name });
export const go = (page: Page) => page.getByRole("button", { name: "Continue" }).click();

/** Fills in the first step, whose button is next. */
export async function fillAccount(page: Page, innboks: Innboks) {
  await page.goto(innboks.url);
  await expect(page).toHaveURL(/\/setup$/);
  await page.getByLabel("Your name").fill(ADMIN.name);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
}
