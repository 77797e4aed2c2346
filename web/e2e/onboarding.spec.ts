import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { watchForErrors } from "./fixtures";
import { ADMIN, type Innboks, startInnboks } from "./server";

const SHOTS = process.env.SHOTS;
const keep = async (page: Page, name: string) => {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
};

let innboks: Innboks;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  innboks = await startInnboks();
});
test.afterAll(() => innboks.remove());

test("the first person makes an account, names the inbox, connects an address and sees an empty inbox", async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await page.goto(innboks.url);
  await expect(page).toHaveURL(/\/setup$/);
  await page.getByLabel("Your name").fill(ADMIN.name);
  await page.getByLabel("Email").fill(ADMIN.email);
  const password = page.getByLabel("Password", { exact: true });
  await password.fill("short");
  await expect(page.getByText(/^Weak\./)).toBeVisible();
  await password.fill(ADMIN.password);
  await expect(page.getByText(/^Strong\./)).toBeVisible();
  await page.getByLabel("Company name").fill(ADMIN.account);
  await page.getByRole("button", { name: "Continue" }).click();

  await expect(page.getByRole("heading", { name: "Name your inbox" })).toBeVisible();
  await page.getByLabel("Inbox name").fill("Customer care");
  await page.getByRole("button", { name: "Continue" }).click();

  await page.getByRole("button", { name: /^Connect/ }).click();
  await expect(page.getByLabel("SMTP server")).not.toBeVisible();
  const ways = page.getByRole("group", { name: "How mail reaches us" }).getByRole("radio");
  await expect(ways).toHaveCount(4);
  await keep(page, "connect-forwarding");
  await page.getByRole("radio", { name: /^Mailbox/ }).check({ force: true });
  await expect(page.getByLabel("SMTP server")).toBeVisible();
  await keep(page, "connect-mailbox");
  await page.getByRole("radio", { name: /^Forwarding/ }).check({ force: true });
  await page.getByLabel("Address", { exact: true }).fill("support@tindra.example");
  await page.getByRole("button", { name: "Connect and finish" }).click();
  await expect(page.getByLabel("Address to forward to")).toHaveValue(/@/);
  await page.getByRole("button", { name: "Go to the inbox" }).click();

  await expect(page.getByRole("heading", { name: "Nothing here yet" })).toBeVisible();
  await expect(page.getByText("Ready in three steps")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Views" })).toContainText("Customer care");

  await page
    .getByRole("button", { name: /Amina Yusuf/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Email or password is wrong.")).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "All open" })).toBeVisible();
  expect(errors).toEqual([]);
});
