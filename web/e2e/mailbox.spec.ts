/* Connecting a mailbox from its address to the ledger: the servers are found, a wrong password says so before and at connecting, a test comes back, and mail arrives. */
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { axe, choose } from "./checks";
import { signIn, watchForErrors } from "./fixtures";
import { mailProgram } from "./mailbox";
import { openProvider, type Provider } from "./provider";
import { type Innboks, startInnboks } from "./server";

const SHOTS = process.env.SHOTS;
let provider: Provider;
let innboks: Innboks;

test.beforeAll(async () => {
  provider = await openProvider();
  innboks = await startInnboks(undefined, { INNBOKS_DNS: provider.dns });
  await innboks.setup();
});
test.afterAll(async () => {
  await innboks?.remove();
  await provider?.close();
});

test("a mailbox is connected from its address alone, and its mail arrives", async ({ page }) => {
  test.setTimeout(360_000);
  const errors = watchForErrors(page);
  const write = mailProgram(provider.smtpPort, provider.address);
  const from = "Leo Fournier <leo@customer.example>";
  await write({ from, subject: "Asked before", text: "Is the tent in stock?" });

  await signIn(page, innboks.url);
  await page.goto(`${innboks.url}/settings/channels/connect-email`);
  await choose(page.getByRole("radio", { name: /^Mailbox/ }));
  const address = page.getByLabel("Address", { exact: true });
  await address.fill("support@unknown.example");
  await address.blur();
  await expect(page.getByText("Nothing was found for support@unknown.example.")).toBeVisible({ timeout: 20_000 });
  await address.fill(provider.address);
  await address.blur();
  await expect(page.getByText("The DNS records of team.example say so (SRV).")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("Filled in below.")).toBeVisible();
  await expect(page.getByLabel("IMAP server")).toHaveValue("localhost");
  await expect(page.getByLabel("SMTP server")).toHaveValue("localhost");
  await expect(page.getByText("With forwarding it may be empty"), "this is no forwarding").toHaveCount(0);
  await page.getByLabel("SMTP server").fill("localhost.example");
  await page.getByRole("button", { name: "Use this" }).click();
  await expect(page.getByLabel("SMTP server")).toHaveValue("localhost");
  await page.getByLabel("Bring in messages from the last").selectOption({ label: "30 days" });
  await axe(page, "the servers that were found");

  await page.getByLabel("IMAP password", { exact: true }).fill("not the password");
  const check = page.getByRole("complementary", { name: "Connection check" });
  const line = (text: string) => check.getByRole("listitem").filter({ hasText: text });
  await check.getByRole("button", { name: "Check the connection" }).click();
  for (const one of ["Receiving (IMAP)", "Sending (SMTP)"])
    await expect(line(one)).toContainText("refused the user name or password. Enter them again", { timeout: 20_000 });
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Receiving (IMAP)" })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByLabel("IMAP password", { exact: true }), "what is wrong is gone to").toBeFocused();
  await page.getByLabel("IMAP password", { exact: true }).fill(provider.password);
  await expect(check.getByText("Not tried yet"), "what was found is of what was typed then").toHaveCount(3);
  await check.getByRole("button", { name: "Check the connection" }).click();
  await expect(line("Signed in to IMAP")).toContainText("on this machine", { timeout: 20_000 });
  await expect(line("Opened the INBOX")).toContainText("Mails in the INBOX: 1, the newest just now.");
  await expect(line("Signed in to SMTP")).toBeVisible({ timeout: 20_000 });
  await expect(line(`It takes mail from ${provider.address}`)).toContainText("no mail was sent");
  await expect(line("DMARC is missing for team.example"), "before it is connected").toContainText("no DMARC record", {
    timeout: 20_000,
  });
  await check.getByRole("button", { name: /Show record: DMARC/ }).click();
  await expect(check.getByLabel("Name (TXT)")).toHaveValue("_dmarc.team.example");
  await axe(page, "the servers that were tried");
  if (SHOTS) await page.screenshot({ path: join(SHOTS, "mailbox-check.png") });
  await page.getByRole("button", { name: "Continue", exact: true }).click();

  await expect(page.getByRole("heading", { name: "Connection check" })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("It came back")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/Fetched everything since/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByLabel("Company name").fill("Tindra Outdoor");
  await expect(page.getByText("Amina Yusuf at Tindra Outdoor")).toBeVisible();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Who gets new conversations?" })).toBeVisible();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByText("Messages come in and go out")).toBeVisible();
  await expect(page.getByText("New conversations wait in Unassigned")).toBeVisible();
  await axe(page, "before it is finished");
  await page.getByRole("button", { name: "Connect and finish" }).click();
  await expect(page.getByText("Email is connected")).toBeVisible();

  await write({ from: "Maja Lindqvist <maja@customer.example>", subject: "Seam leaks", text: "It let water in." });
  await page.goto(`${innboks.url}/inbox/open`);
  await expect(page.getByRole("link", { name: /Seam leaks/ })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("link", { name: /Asked before/ }), "it came in before").toBeVisible();

  await page.goto(`${innboks.url}/settings/channels`);
  await page.getByRole("button", { name: "Edit: Email" }).click();
  await expect(page.getByRole("heading", { name: "Ledger" })).toBeVisible();
  await expect(page.getByRole("img", { name: /Quarantined: 0, Gap: 0/ })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/Fetched everything since/)).toBeVisible();
  expect(errors).toEqual([]);
});
