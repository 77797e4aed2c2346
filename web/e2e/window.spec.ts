/* A channel that takes answers for a time only: how long is left stands on the row, over the conversation and beside the button that sends; when it closes under
 * somebody's hands they are told, keep their text, and send it another way. No channel that ships has such a window, so one of the tests' own is connected. */
import { createHmac } from "node:crypto";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { api, axe } from "./checks";
import { look } from "./composing";
import { expect, makeWorld, signIn, test, type World } from "./fixtures";

test.describe.configure({ mode: "serial" });

const FOLDERS = resolve(import.meta.dirname, "../../tests/channel_folders");
const DAY_S = 86_400;
const SHOTS = process.env.SHOTS;

let world: World;
let line: string;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  world = await makeWorld({ INNBOKS_CHANNELS: FOLDERS });
  // An answer target would be due before the window closes.
  await api(world, "PATCH", `/api/inboxes/${world.beginning.inbox.id}`, { reply_within_s: null });
  const made = await api(world, "POST", "/api/channel-accounts", {
    kind: "pager",
    name: "Line 7",
    config: { line: "7" },
  });
  line = made.id;
});

test.afterAll(async () => {
  await world?.mailbox.close();
  await world?.innboks.remove();
});

/** The customer writes: the provider posts to our webhook. */
async function calls(sender: string, call: string, text: string): Promise<void> {
  const body = JSON.stringify({ call, sender, text });
  const signature = createHmac("sha256", "pager-secret").update(body).digest("hex");
  const headers = { "content-type": "application/json", "x-pager-signature": signature };
  const answer = await fetch(`${world.innboks.url}/hooks/pager/${line}`, { method: "POST", headers, body });
  expect(answer.status).toBe(200);
}

interface Begun {
  id: string;
  contact: { id: string };
}

/** A conversation on the line, with somebody who has a mail address too. */
async function begin(page: Page, sender: string): Promise<Begun> {
  await calls(sender, `${sender}-1`, `Is it there? Asks ${sender}`);
  const { items } = await api(world, "GET", "/api/conversations?view=open&sort=newest");
  const found = items.find((one: { contact: { name: string } }) => one.contact.name.toLowerCase() === sender);
  await api(world, "POST", `/api/contacts/${found.contact.id}/identities`, {
    type: "email",
    value: `${sender}@pages.example`,
  });
  await signIn(page, world.innboks.url);
  await page.getByRole("link", { name: new RegExp(`Asks ${sender}`) }).click();
  await expect(page.locator(".composetext.rich")).toBeVisible();
  return found;
}

/** They last wrote so long ago, and whoever looks is told. */
async function heard(conversation: Begun, secondsAgo: number, priority: string): Promise<void> {
  await world.innboks.heard(conversation.id, secondsAgo);
  await api(world, "PATCH", `/api/conversations/${conversation.id}`, { priority });
}

const text = (page: Page, name = "Line 7") => page.getByRole("textbox", { name: `Reply through ${name}` });
const banner = (page: Page) => page.locator(".composer > .banner");

test("the time that is left is told, and nothing is put off to after it", async ({ page }) => {
  const conversation = await begin(page, "mia");
  await text(page).click();
  await page.keyboard.type("It is.");
  const form = page.getByRole("form", { name: "Reply" });
  await expect(form.getByText(/^Closes/)).toHaveCount(0); // a day is long
  await heard(conversation, DAY_S - 48.5 * 60, "high");
  const left = /^Closes 4[5-8] min/;
  for (const place of [form, page.locator(".threadhead"), page.getByTestId("rows")])
    await expect(place.getByText(left).first()).toBeVisible();
  await look(page, "window-open");

  await page.getByRole("button", { name: "More ways to send" }).click();
  await page.getByRole("menuitem", { name: "Send later" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(/This channel takes answers until .* only/);
  const tomorrow = dialog.getByRole("button", { name: /Tomorrow morning/ });
  await expect(tomorrow).toContainText("Window closed by then");
  await expect(tomorrow).toHaveAttribute("aria-disabled", "true");
  await tomorrow.focus();
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Send then" }).click();
  await expect(dialog.locator(".hint.error")).toContainText("Choose a time before the window closes");
  await axe(page, "a time after the window", [], async (theme) => {
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `window-later-${theme}.png`) });
  });
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await page.getByRole("button", { name: "More ways to send" }).click();
  await page.getByRole("menuitem", { name: "Remind me…", exact: true }).click();
  await expect(dialog.getByRole("button", { name: /Tomorrow morning/ })).toContainText("Window closed by then");
  await page.keyboard.press("Escape");
  const { items } = await api(world, "GET", `/api/conversations/${conversation.id}/messages`);
  expect(items.filter((one: { type: string }) => one.type === "reply")).toEqual([]);
});

test("it closes while one writes: the text stays, and goes by mail instead", async ({ page }) => {
  const conversation = await begin(page, "sam");
  await text(page).click();
  await page.keyboard.type("Your order is here");
  await heard(conversation, DAY_S - 4, "high");
  const said = page.getByTestId("said").locator("[aria-live=assertive]");
  await expect(said).toHaveText(/The reply window has closed\. What you wrote is kept\. Email instead/, {
    timeout: 20_000,
  });
  await expect(banner(page)).toContainText(/The 24-hour window closed at \d\d:\d\d/);
  await expect(banner(page)).toContainText("It opens again when Sam writes.");
  await expect(page.locator(".threadhead").getByText("Window closed")).toBeVisible();
  await expect(text(page)).toHaveText("Your order is here");
  await page.keyboard.type(", in blue");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("button", { name: "Send", exact: true })).toHaveAttribute("aria-disabled", "true");
  await expect(text(page)).toHaveText("Your order is here, in blue");
  await look(page, "window-closed");

  await page.getByRole("button", { name: "Email instead" }).click();
  await expect(text(page, "Support mail")).toHaveText("Your order is here, in blue");
  await expect(text(page, "Support mail")).toBeFocused();
  await expect(banner(page)).toHaveCount(0);
  await look(page, "window-instead");
  await page.keyboard.press("Control+Enter");
  const mail = await world.mailbox.waitFor("Your order is here, in blue");
  expect(mail.to.join()).toContain("sam@pages.example");
});

test("it is open again as soon as the customer writes", async ({ page }) => {
  const conversation = await begin(page, "ida");
  await heard(conversation, 2 * DAY_S, "high");
  await expect(banner(page)).toContainText("It opens again when Ida writes.");
  await expect(banner(page)).toContainText(/closed at .*\d/);
  await expect(page.getByTestId("rows").getByRole("link", { name: /Asks ida/ })).toContainText("Window closed");
  await text(page).click();
  await page.keyboard.type("Welcome back");
  const send = page.getByRole("button", { name: "Send", exact: true });
  await expect(send).toHaveAttribute("aria-disabled", "true");
  await calls("ida", "ida-2", "Still here?");
  await expect(banner(page)).toHaveCount(0);
  await expect(send).not.toHaveAttribute("aria-disabled", "true");
  await expect(text(page)).toHaveText("Welcome back");
});
