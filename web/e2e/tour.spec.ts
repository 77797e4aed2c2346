/* The tour of the README, as it is written there: the first account, an address, a mail as the customer, the answer in their mailbox, and one that does not go. */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "@playwright/test";
import { choose } from "./checks";
import { fillComposer } from "./fixtures";
import { ADMIN, freePort, type Innboks, startInnboks } from "./server";

const keep = async (page: Page, name: string) => {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `tour-${name}.png`) });
};

let innboks: Innboks;
let desk: string;
test.beforeEach(async () => {
  const port = await freePort();
  desk = `http://127.0.0.1:${port}`;
  innboks = await startInnboks(port);
});
test.afterEach(() => innboks.remove());

test("the tour of five minutes is as it is written", async ({ context, page }) => {
  test.setTimeout(240_000);
  await page.goto(innboks.url);
  await page.getByLabel("Your name").fill(ADMIN.name);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Inbox name").waitFor();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: /^Connect/ }).click();
  await choose(page.getByRole("radio", { name: /^Forwarding/ }));
  await page.getByLabel("Address", { exact: true }).fill("support@tindra.example");
  await keep(page, "connect");
  await page.getByRole("button", { name: "Connect and finish" }).click();
  await page.getByRole("button", { name: "Go to the inbox" }).click();

  const customer = await context.newPage();
  await customer.goto(desk);
  await customer.getByRole("heading", { name: "Write a mail" }).waitFor();
  await customer.getByRole("button", { name: "Write a mail" }).click();
  await expect(customer.getByLabel(/^To,/)).toHaveValue("support@tindra.example");
  await customer.getByLabel("Subject").fill("Is the tent back?");
  await customer.getByRole("textbox", { name: "Text" }).fill("I would like the green one.");
  await keep(customer, "customer");
  await customer.getByRole("button", { name: "Send" }).click();

  await page.getByRole("link", { name: /Is the tent back/ }).click();
  await fillComposer(page, /^Reply through/, "It is, and it is green.");
  await page.keyboard.press("Control+Enter");
  await expect(customer.getByText("It is, and it is green.").first()).toBeVisible({ timeout: 30_000 });
  await keep(customer, "answered");

  await customer.getByLabel("Your mailbox").selectOption({ label: "Mailbox is full" });
  await fillComposer(page, /^Reply through/, "Shall we send it?");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("button", { name: "Retry" }).first()).toBeVisible({ timeout: 60_000 });
  await keep(page, "failed");
  await customer.getByLabel("Your mailbox").selectOption({ label: "Takes mail" });
  await page.getByRole("article").last().getByRole("button", { name: "Retry" }).click();
  await expect(customer.getByText("Shall we send it?").first()).toBeVisible({ timeout: 30_000 });

  await page.getByRole("article", { name: /^Maja/ }).getByRole("button", { name: "More about this message" }).click();
  await page.getByRole("menuitem", { name: "Why is this here?" }).click();
  await expect(page.getByRole("dialog", { name: "Why is this here?" })).toBeVisible();
  await keep(page, "why");
});
