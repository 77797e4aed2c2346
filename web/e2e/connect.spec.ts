/* Connecting a mailbox by signing in at a provider: in a window, in the same tab where none opens, and anew after access was withdrawn. The provider is the sandbox.
 * And the guide beside the form. */
import { expect, type Page, test } from "@playwright/test";
import { choose } from "./checks";
import { signIn } from "./fixtures";
import { freePort, type Innboks, startInnboks } from "./server";

let innboks: Innboks;
let sandbox: string;

test.beforeAll(async () => {
  const port = await freePort();
  innboks = await startInnboks(port);
  sandbox = `http://127.0.0.1:${port}/email`;
  await innboks.setup();
});
test.afterAll(async () => {
  await innboks?.remove();
});

async function play(path: string, body: Record<string, unknown>): Promise<void> {
  const answer = await fetch(`${sandbox}/api/${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}

async function fillForm(page: Page, method: string, address: string): Promise<void> {
  await page.goto(`${innboks.url}/settings/channels`);
  await page
    .getByRole("list", { name: /Add more|Connect the first/ })
    .getByRole("button", { name: /Email/ })
    .click();
  await choose(page.getByRole("radio", { name: method }));
  await page.getByLabel("Address", { exact: true }).fill(address);
}

test("a Gmail mailbox is connected in a window, withdrawn, and signed in to again", async ({ page, context }) => {
  // The mailbox is looked at each fifteen seconds, and this waits for three looks.
  test.setTimeout(240_000);
  const address = "support@tindra.example";
  await signIn(page, innboks.url);
  await fillForm(page, "Gmail", address);
  await page.getByRole("button", { name: "Connect with Google" }).click();
  await expect(page.getByText("Read the terms and accept them first.")).toBeVisible();
  await page.getByLabel("I accept these terms").check();
  const [window] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("button", { name: "Connect with Google" }).click(),
  ]);
  await expect(page.getByText("Waiting for you to sign in")).toBeVisible();
  await window.getByRole("link", { name: `Allow as ${address}` }).click();
  await expect(window.getByText("You can close this window")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Connection check" })).toBeVisible();
  await expect(page.getByText("It came back")).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { name: "What customers see" })).toBeVisible();
  await expect(page.getByLabel("From name")).toBeVisible();
  await expect(page.getByLabel("Company name")).toBeVisible();
  const from = page.getByRole("group", { name: "From address" });
  await expect(from.getByRole("radio", { name: "support-team@tindra.example" })).toBeVisible();
  const [place, back] = [await from.boundingBox(), await page.getByLabel("Replies come back to").boundingBox()];
  expect(back?.x, "they stand beside each other").toBeGreaterThan((place?.x ?? 0) + (place?.width ?? 0));
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Connect and finish" }).click();
  await expect(page.getByText("Email is connected")).toBeVisible();

  await play("mails", {
    person: "maja@lindqvist.example",
    to: address,
    subject: "Seam leaks",
    text: "It let water in.",
  });
  await page.goto(`${innboks.url}/inbox/open`);
  await expect(page.getByRole("link", { name: /Seam leaks/ })).toBeVisible({ timeout: 45_000 });

  await play("boxes", { provider: "google", do: "withdraw", address });
  await page.goto(`${innboks.url}/settings/channels`);
  await page.getByRole("button", { name: "Edit: Email" }).click();
  await expect(page.getByText(/access was withdrawn/).first()).toBeVisible({ timeout: 45_000 });
  // On its card one waits for the sign-in, too, and can give it up.
  await page.goto(`${innboks.url}/settings/channels`);
  const reconnect = page.getByRole("button", { name: "Reconnect: Email", exact: true });
  const [unused] = await Promise.all([context.waitForEvent("page"), reconnect.click()]);
  await unused.close();
  const waiting = page.getByRole("status").filter({ hasText: "Waiting for you to sign in" });
  await expect(waiting).toBeFocused();
  await waiting.getByRole("button", { name: "Cancel" }).click();
  await expect(reconnect).toBeFocused();
  await page.getByRole("button", { name: "More: Email" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const [again] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("button", { name: "Sign in again" }).click(),
  ]);
  await again.getByRole("link", { name: `Allow as ${address}` }).click();
  await expect(page.getByText("Signed in. What waited is being sent.")).toBeVisible();
  await expect(page.getByText(/access was withdrawn/)).toHaveCount(0);
});

test("while somebody signs in the form stands still, also after a reload; cancelled, a late leave connects nothing", async ({
  page,
  context,
}) => {
  const address = "late@tindra.example";
  const allow = { name: `Allow as ${address}` };
  await signIn(page, innboks.url);
  await fillForm(page, "Gmail", address);
  const connect = page.getByRole("button", { name: "Connect with Google" });
  const begin = async () => {
    await page.getByLabel("I accept these terms").check();
    const [window] = await Promise.all([context.waitForEvent("page"), connect.click()]);
    return window;
  };
  const left = await begin();
  const waiting = page.getByRole("status").filter({ hasText: "Waiting for you to sign in" });
  await expect(waiting, "the button that was pressed is gone: the hands are here").toBeFocused();
  await expect(page.getByRole("radio", { name: /^Forwarding/ })).toBeDisabled();
  await expect(page.getByLabel("Address", { exact: true })).toBeDisabled();
  await page.reload();
  await expect(waiting).toBeVisible();
  await waiting.getByRole("button", { name: "Cancel" }).click();
  await expect(connect).toBeFocused();
  await expect(page.getByLabel("Address", { exact: true })).toBeEnabled();
  await left.getByRole("link", allow).click();
  await expect(left.getByText("This sign-in is over")).toBeVisible();

  const again = await begin();
  await expect(waiting).toBeVisible();
  await page.reload();
  await expect(waiting).toBeVisible();
  await again.getByRole("link", allow).click();
  await expect(page.getByRole("heading", { name: "Connection check" })).toBeVisible();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("heading", { name: "What customers see" }), "the next step begins here").toBeFocused();
});

test("what is half done is told apart by its address, and a long name is read to its end", async ({ page }) => {
  await signIn(page, innboks.url);
  const name = `${"Customer care of the northern branches ".repeat(2)}mail`;
  const address = `${"long".repeat(14)}@${"longer".repeat(9)}.example`;
  const send = (path: string, data: object) =>
    page.request.post(`${innboks.url}/api/${path}`, { data, headers: { origin: innboks.url } });
  await send("channel-accounts", { kind: "email", name, config: { method: "forwarding", address } });
  await send("channel-drafts", {
    kind: "email",
    name: "Email",
    config: { method: "gmail", address: "half@tindra.example" },
  });
  await page.goto(`${innboks.url}/settings/channels`);
  await expect(page.getByText("half@tindra.example")).toBeVisible();
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const words of [name, address])
      expect(
        await page.getByText(words, { exact: true }).evaluate((one) => one.scrollWidth - one.clientWidth),
        `${words.slice(0, 20)} at ${width}`,
      ).toBeLessThanOrEqual(0);
  }
});

test("where no window opens, Microsoft is gone to in the same tab, and it comes back", async ({ page }) => {
  const address = "orders@tindra.example";
  await page.addInitScript(() => {
    window.open = () => null;
  });
  await signIn(page, innboks.url);
  await fillForm(page, "Microsoft 365", address);
  await page.getByLabel("I accept these terms").check();
  await page.getByRole("button", { name: "Connect with Microsoft" }).click();
  await page.getByRole("link", { name: "Deny" }).click();
  await expect(page.getByText(/You did not allow access/)).toBeVisible();

  await fillForm(page, "Microsoft 365", address);
  await page.getByLabel("I accept these terms").check();
  await page.getByRole("button", { name: "Connect with Microsoft" }).click();
  await page.getByRole("link", { name: `Allow as ${address}` }).click();
  await expect(page.getByText(address).first()).toBeVisible();
  await expect(page).toHaveURL(/\/settings\/channels\/\d+\/setup$/);
  // Microsoft writes the mailbox's own name, so a name is not asked for: elsewhere it stands on this step.
  await page.getByRole("list", { name: "Steps" }).getByRole("button", { name: "Details" }).click();
  await expect(page.getByRole("heading", { name: "What customers see" })).toBeVisible();
  await expect(page.getByText("Signature", { exact: true }).first()).toBeVisible();
  await expect(page.getByLabel("From name")).toHaveCount(0);
  await expect(page.getByLabel("Company name")).toHaveCount(0);
});

test("what is connected by forwarding goes over to Gmail on its page, with what was changed beside it", async ({
  page,
  context,
}) => {
  const address = "returns@tindra.example";
  await signIn(page, innboks.url);
  const made = await page.request.post(`${innboks.url}/api/channel-accounts`, {
    data: { kind: "email", name: "Returns", config: { method: "forwarding", address } },
    headers: { origin: innboks.url },
  });
  const { id } = await made.json();
  await page.goto(`${innboks.url}/settings/channels/${id}`);
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeVisible();
  await choose(page.getByRole("radio", { name: "Gmail" }));
  await expect(page.getByRole("button", { name: "Save", exact: true })).toHaveCount(0);
  await page.getByLabel("Company name").fill("Tindra Returns");
  await expect(page.locator(".mailcard").getByText(/ at Tindra Returns/)).toBeVisible();
  await page.getByRole("button", { name: "Connect with Google" }).click();
  await expect(page.getByText("Read the terms and accept them first.")).toBeVisible();
  await page.getByLabel("I accept these terms").check();
  const [window] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("button", { name: "Connect with Google" }).click(),
  ]);
  await window.getByRole("link", { name: `Allow as ${address}` }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeVisible();
  const now = await (await page.request.get(`${innboks.url}/api/channel-accounts/${id}`)).json();
  expect(now.config).toMatchObject({ method: "gmail", company_name: "Tindra Returns", address });
  expect(now.hosted_address).toBeNull();
});

test("in a set-up that is connected already, another way to connect signs in, too", async ({ page, context }) => {
  const address = "repairs@tindra.example";
  await signIn(page, innboks.url);
  await fillForm(page, "Forwarding", address);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Connection check" })).toBeVisible({ timeout: 20_000 });
  await choose(page.getByRole("radio", { name: "Gmail" }));
  await page.getByLabel("I accept these terms").check();
  const [window] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("button", { name: "Connect with Google" }).click(),
  ]);
  await window.getByRole("link", { name: `Allow as ${address}` }).click();
  await page.getByRole("button", { name: "Continue", exact: true }).click({ timeout: 20_000 });
  await expect(page.getByRole("heading", { name: "What customers see" })).toBeVisible();
});

test("the guide beside the form is about the way that is chosen", async ({ page }) => {
  await signIn(page, innboks.url);
  await fillForm(page, "Gmail", "team@tindra.example");
  const guide = page.locator(".guide").last();
  await expect(guide).toContainText("Sign in as that very mailbox");
  await expect(guide).not.toContainText("set a forwarding rule");
  await choose(page.getByRole("radio", { name: "Forwarding" }));
  await expect(guide).toContainText("set a forwarding rule");
  await expect(guide).not.toContainText("Sign in as that very mailbox");
  await expect(guide).not.toContainText("Many providers want an");
  await choose(page.getByRole("radio", { name: /^Mailbox/ }));
  await expect(guide).toContainText("Many providers want an");
  await expect(guide).not.toContainText("set a forwarding rule");
});
