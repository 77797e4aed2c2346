/* Two people at once: who reads, who writes, and how a reply is handed over. */
import { type Browser, expect, type Page } from "@playwright/test";
import { colleague, listen } from "./checks";
import { test, type World, watchForErrors } from "./fixtures";

const field = { name: /^Reply through/ };
const JONAS = { name: "Jonas Berg", email: "jonas@tindra.example", password: "quiet-heron-walks-home" };

async function asJonas(browser: Browser, world: World): Promise<Page> {
  await colleague(world, JONAS);
  const context = await browser.newContext();
  const { email, password } = JONAS;
  const answer = await context.request.post(`${world.innboks.url}/api/session`, {
    data: { email, password },
    headers: { origin: world.innboks.url },
  });
  expect(answer.status()).toBe(201);
  const page = await context.newPage();
  await page.goto(`${world.innboks.url}/inbox/open`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  return page;
}

test("two people on one conversation see each other, and a reply is handed over", async ({ inbox, world, browser }) => {
  test.setTimeout(240_000);
  await world.write({ from: "Maja Lind <maja@lind.example>", subject: "Seam leaks", text: "Can you help?" });
  const jonas = await asJonas(browser, world);
  const errors = watchForErrors(jonas);
  await jonas.getByRole("link", { name: /Seam leaks/ }).click();
  await expect(inbox.getByRole("link", { name: /Seam leaks/ }).getByText("Jonas reading")).toBeVisible();
  await inbox.getByRole("link", { name: /Seam leaks/ }).click();
  await expect(inbox.getByText("Jonas is reading")).toBeVisible();
  await expect(jonas.getByText("Amina is reading")).toBeVisible();

  const told = await listen(inbox);
  await jonas.getByRole("textbox", field).pressSequentially("Hi Maja, of course.");
  const banner = inbox.locator(".collision");
  await expect(banner).toContainText("Jonas is writing a reply");
  await expect(banner).toContainText(/started \d+ s ago/);
  await banner.getByRole("button", { name: "See draft" }).click();
  const draft = inbox.getByRole("dialog", { name: "Draft by Jonas" });
  await expect(draft.getByText("Hi Maja, of course.")).toBeVisible();
  await draft.getByRole("button", { name: "Close" }).click();
  // Once for the whole burst, however many keys.
  expect((await told()).filter((text) => text === "Jonas Berg is writing a reply")).toHaveLength(1);

  // Sending asks once.
  await inbox.getByRole("textbox", field).fill("I have it.");
  await inbox.keyboard.press("Control+Enter");
  await expect(banner).toContainText("Jonas is replying too. Send anyway?");
  await expect(inbox.getByRole("textbox", field)).toHaveText("I have it.");

  await inbox.getByRole("textbox", field).fill("I have it, Jonas.");
  await banner.getByRole("button", { name: "Send anyway" }).click();
  await world.mailbox.waitFor("I have it, Jonas.");
  await inbox.getByRole("textbox", field).fill("And one more.");
  await jonas.keyboard.press("End");
  await jonas.keyboard.type(" One moment.");
  await banner.getByRole("button", { name: "Ask to take over" }).click();
  await expect(banner).toContainText("Waiting for an answer");
  const asked = jonas.locator(".collision");
  await expect(asked).toContainText("Amina asks to take over this reply");
  await asked.getByRole("button", { name: "Hand over" }).click();
  await expect(banner).toContainText("Jonas leaves the reply to you");
  await banner.getByRole("button", { name: "See draft" }).click();
  await expect(draft.getByText(/Hi Maja, of course/)).toBeVisible();
  await draft.getByRole("button", { name: "Close" }).click();
  await inbox.getByRole("textbox", field).focus();
  await inbox.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("And one more.");
  await jonas.close();
  await expect(inbox.getByText("Jonas is reading")).toHaveCount(0);
  expect(errors).toEqual([]);
});
