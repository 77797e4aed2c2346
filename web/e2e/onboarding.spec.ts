/* A server's first hour: the account, its inbox, the first channel or a look around with demo data, and the steps that are left. Each story begins with an
 * empty server. */
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { axe, choose, cutTexts } from "./checks";
import { fillAccount, go, heading } from "./firstRun";
import { watchForErrors } from "./fixtures";
import { ADMIN, type Innboks, startInnboks } from "./server";

const SHOTS = process.env.SHOTS;
const keep = async (page: Page, name: string) => {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
};

let innboks: Innboks;
test.beforeEach(async () => {
  test.setTimeout(360_000);
  innboks = await startInnboks();
});
test.afterEach(() => innboks.remove());

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1440, height: 900 };

/** Axe and a picture in both themes, and nothing cut off or off the screen on a phone. */
async function look(page: Page, name: string) {
  await page.setViewportSize(DESK);
  await axe(page, name, [], async (theme) => keep(page, `${name}-${theme}`));
  await page.setViewportSize(PHONE);
  await keep(page, `${name}-360`);
  expect.soft(await cutTexts(page), `${name} at 360 px`).toEqual([]);
  expect
    .soft(await page.evaluate(() => document.documentElement.scrollWidth), `${name} at 360 px`)
    .toBeLessThanOrEqual(360);
  await page.setViewportSize(DESK);
}

/** The next request like this is answered as by a server that broke. */
async function breakOnce(page: Page, method: string, path: RegExp) {
  let isOver = false;
  await page.route(path, (route) => {
    if (isOver || route.request().method() !== method) return route.fallback();
    isOver = true;
    const body = { type: "about:blank", title: "Internal error", status: 500, code: "internal", detail: "" };
    return route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify(body) });
  });
}

const BROKE = "That did not work. Nothing was changed. Try again.";

test("the first person makes an account, names the inbox, connects an address and takes the steps that are left", async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await fillAccount(page, innboks);
  const password = page.getByLabel("Password", { exact: true });
  await password.fill("short");
  await expect(page.getByText(/^Weak\./)).toBeVisible();
  await password.fill(ADMIN.password);
  await expect(page.getByText(/^Strong\./)).toBeVisible();
  await look(page, "1-account");
  await breakOnce(page, "POST", /\/api\/setup$/);
  await go(page);
  await expect(page.getByRole("alert").filter({ hasText: BROKE })).toBeVisible();
  await expect(password).toHaveValue(ADMIN.password);
  await go(page);

  await expect(heading(page, "Name your inbox")).toBeVisible();
  await page.reload();
  await expect(heading(page, "Name your inbox")).toBeVisible();
  await expect(page.getByLabel("Company name")).toHaveValue("Tindra");
  await expect(page.getByLabel("Inbox name")).toHaveValue("Support");
  await page.getByRole("button", { name: "Back" }).click();
  await expect(page.getByLabel("Email")).toHaveValue(ADMIN.email);
  await expect(page.getByLabel("Your name")).toHaveValue(ADMIN.name);
  await go(page);
  await page.goBack();
  await expect(page.getByLabel("Your name")).toHaveValue(ADMIN.name);
  await page.goForward();
  const long = "Customer care for the whole of Scandinavia and the northern isles, tents and sleeping bags";
  await page.getByLabel("Inbox name").fill(long);
  await page.getByLabel("Company name").fill(ADMIN.account);
  await page.getByLabel("Time zone").selectOption("America/New_York");
  await look(page, "2-inbox");
  for (const [method, path] of [
    ["PATCH", /\/api\/account$/],
    ["PATCH", /\/availability$/],
    ["PATCH", /\/api\/inboxes\/\d+$/],
  ] as const) {
    await breakOnce(page, method, path);
    await go(page);
    await expect(page.getByRole("alert").filter({ hasText: BROKE })).toBeVisible();
    await page.unroute(path);
  }
  await go(page);

  await expect(heading(page, "Where do your customers write today?")).toBeVisible();
  await page.reload();
  await expect(heading(page, "Where do your customers write today?")).toBeVisible();
  await look(page, "3-channel");
  await page.getByRole("button", { name: "Back" }).click();
  await expect(page.getByLabel("Inbox name")).toHaveValue(long);
  await expect(page.getByLabel("Company name")).toHaveValue(ADMIN.account);
  await expect(page.getByLabel("Time zone")).toHaveValue("America/New_York");
  await page.getByLabel("Inbox name").fill("Customer care");
  await go(page);

  await page.getByRole("button", { name: /^Connect/ }).click();
  await expect(page.getByLabel("SMTP server")).not.toBeVisible();
  const ways = page.getByRole("group", { name: "How mail reaches us" }).getByRole("radio");
  await expect(ways).toHaveCount(4);
  await choose(page.getByRole("radio", { name: /^Mailbox/ }));
  await expect(page.getByLabel("SMTP server")).toBeVisible();
  await choose(page.getByRole("radio", { name: /^Forwarding/ }));
  await page.getByLabel("Address", { exact: true }).fill("support@tindra.example");
  await look(page, "3-connect");
  await breakOnce(page, "POST", /\/api\/channel-accounts$/);
  await page.getByRole("button", { name: "Connect and finish" }).click();
  await expect(page.getByRole("alert").filter({ hasText: BROKE })).toBeVisible();
  await page.getByRole("button", { name: "Connect and finish" }).click();
  await expect(page.getByLabel("Address to forward to")).toHaveValue(/@/);
  await page.getByRole("button", { name: "Go to the inbox" }).click();

  await expect(heading(page, "Nothing here yet")).toBeVisible();
  await expect(heading(page, "Ready in four steps")).toBeVisible();
  await expect(page.getByText("2 of 4 done.")).toBeVisible();
  await expect(page.getByText("Receiving")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Views" })).toContainText("Customer care");
  await look(page, "4-empty");

  await page.getByRole("link", { name: "Invite", exact: true }).click();
  await expect(page).toHaveURL(/\/settings\/people$/);
  await page.getByRole("button", { name: "Invite a person" }).click();
  await page.getByRole("dialog").getByLabel("Email").fill("bo@tindra.example");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Invite|^Send/ })
    .click();
  await expect(page.getByRole("dialog").getByLabel("Link")).toHaveValue(/invitation/);
  await page.keyboard.press("Escape");
  await page.goBack();
  await expect(page.getByText("3 of 4 done.")).toBeVisible();

  await page.getByRole("button", { name: "Hide this list" }).click();
  await expect(heading(page, "Ready in four steps")).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(heading(page, "Ready in four steps")).toBeVisible();

  await page.getByRole("link", { name: "Set hours" }).click();
  await expect(page).toHaveURL(/\/settings\/hours$/);
  await page.getByRole("switch", { name: /hours/i }).check();
  await expect(page.getByText("The working hours are saved")).toBeVisible();
  await page.goBack();
  // There is none to pick: what one will do with them is told.
  await expect(heading(page, "Conversations open here")).toBeVisible();
  await expect(page.getByRole("main").getByRole("definition").filter({ hasText: "J" })).toBeVisible();
  await expect(heading(page, "Ready in four steps")).toBeHidden();

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
  await expect(heading(page, "All open")).toBeVisible();
  expect(errors).toEqual([]);
});

test("a look around with demo data, by keyboard alone: the list is full, one act removes it, and it is empty again", async ({
  page,
}) => {
  const errors = watchForErrors(page);
  const { keyboard } = page;
  await page.goto(innboks.url);
  await expect(page.getByLabel("Your name")).toBeFocused();
  await keyboard.type(ADMIN.name);
  await keyboard.press("Tab");
  await keyboard.type("amina@gmail.com");
  await keyboard.press("Tab");
  await keyboard.type(ADMIN.password);
  await keyboard.press("Enter");
  await expect(page.getByLabel("Inbox name")).toBeFocused();
  await keyboard.press("Tab");
  await expect(page.getByLabel("Company name")).toHaveValue("");
  await keyboard.type(ADMIN.account);
  await keyboard.press("Enter");
  await expect(heading(page, "Where do your customers write today?")).toBeVisible();
  const demo = page.getByRole("button", { name: "Look around with demo data first" });
  await tabTo(page, demo);
  await breakOnce(page, "POST", /\/api\/demo$/);
  await keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: BROKE })).toBeVisible();
  await expect(demo).toBeEnabled();
  await tabTo(page, demo);
  await keyboard.press("Enter");

  await expect(page).toHaveURL(/\/inbox\/open$/);
  const chip = page.getByRole("button", { name: "Demo data", exact: true });
  await expect(page.getByRole("status").filter({ hasText: /^Loading demo data, \d+ %$/ })).toBeVisible();
  await expect(chip).toBeVisible({ timeout: 120_000 });
  await expect(page.locator("[data-row]").nth(3)).toBeVisible();
  await expect(page.getByText("1 of 4 done.")).toBeVisible();
  await look(page, "5-demo");
  await tabTo(page, chip);
  await keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Demo data" })).toBeVisible();
  await axe(page, "what the demo is", [], async (theme) => keep(page, `5-demo-about-${theme}`));
  const remove = page.getByRole("dialog").getByRole("button", { name: "Remove the demo data" });
  await tabTo(page, remove);
  await keyboard.press("Enter");
  await expect(page.getByText("The demo data is being removed.")).toBeVisible();
  await keyboard.press("z");
  await expect(chip).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: "Remove the demo data" }).click();
  await expect(page.getByText("The demo data is gone.")).toBeVisible({ timeout: 60_000 });
  await expect(heading(page, "Nothing here yet")).toBeVisible();
  await expect(chip).toBeHidden();
  await expect(page.locator("[data-row]")).toHaveCount(0);
  await expect(page.getByRole("navigation", { name: "Views" })).not.toContainText("demo-");
  await expect(page.getByRole("button", { name: "Load demo data" })).toBeVisible();
  expect(errors).toEqual([]);
});

/** Presses Tab until this has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, target: ReturnType<Page["getByRole"]>) {
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("sixty presses of Tab do not reach it");
}
