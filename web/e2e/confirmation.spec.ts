/* A provider that forwards wants that confirmed first: its code is shown where one waits for it, in the set-up. */
import { expect, test } from "./fixtures";
import { mailProgram } from "./mailbox";

test("a provider's confirmation code is shown in the set-up as soon as it comes", async ({ inbox: page, world }) => {
  await page.goto(`${world.innboks.url}/settings/channels/connect-email`);
  await page.getByLabel("Address", { exact: true }).fill("sales@tindra.example");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  const hosted = await page.getByLabel("Address to forward to").inputValue();
  const write = mailProgram(world.innboks.smtpPort, hosted);
  await write({
    from: "Gmail Team <forwarding-noreply@google.com>",
    to: hosted,
    subject: "(#482913077) Gmail Forwarding Confirmation - Receive Mail from sales@tindra.example",
    text: "sales@tindra.example wants to forward mail to you.\nConfirmation code: 482913077\n",
  });
  const confirmation = page.getByRole("region", { name: "Your provider asks for a confirmation" });
  await expect(confirmation.getByLabel("Confirmation code")).toHaveValue("482913077", { timeout: 20_000 });
  await confirmation.getByRole("button", { name: "Done" }).click();
  await expect(confirmation).toHaveCount(0);
});
