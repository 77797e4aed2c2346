/* What was changed in the settings and not saved: it stands there again, says so, and is nobody else's. */
import type { Page } from "@playwright/test";
import { api, axe } from "./checks";
import { expect, signIn, test, type World } from "./fixtures";
import { enter, person } from "./people";
import { ADMIN } from "./server";

/** What this tab keeps. */
const stored = (page: Page): Promise<string> => page.evaluate(() => JSON.stringify({ ...sessionStorage }));
const automation = (world: World) => `${world.innboks.url}/settings/channels/${world.beginning.channel}/automation`;
const ruleOf = (world: World) => api(world, "GET", `/api/channel-accounts/${world.beginning.channel}/assignment`);
const setRule = (world: World, rule: object) =>
  api(world, "PUT", `/api/channel-accounts/${world.beginning.channel}/assignment`, rule);
const form = (page: Page) => page.getByRole("form", { name: "Who gets new conversations" });
const isOn = (page: Page) => page.getByRole("switch", { name: "Assign conversations automatically" });
const save = (page: Page) => form(page).getByRole("button", { name: "Save", exact: true });
const notSaved = (page: Page) => form(page).getByText("Not saved yet");

test("a rule that is not saved outlives a reload and another page, is marked, and goes when it is discarded or saved", async ({
  inbox: page,
  world,
}) => {
  await person(world, "Bo Sandvik");
  await page.goto(automation(world));
  await isOn(page).check();
  await page.getByRole("radio", { name: /^The contact's owner/ }).check();
  await expect(notSaved(page)).toBeVisible();
  await page.reload();
  await expect(isOn(page)).toBeChecked();
  await expect(page.getByRole("radio", { name: /^The contact's owner/ })).toBeChecked();
  await expect(notSaved(page)).toBeVisible();

  await page.getByRole("tab", { name: "Configuration" }).click();
  await expect(page.getByRole("tab", { name: "Automation Not saved yet" })).toBeVisible();
  await page.getByRole("link", { name: "Inbox", exact: true }).first().click();
  await expect(page).toHaveURL(/\/inbox\//);
  await page.goto(`${world.innboks.url}/settings/brand`);
  await expect(page.getByRole("link", { name: "Channels Not saved yet" }).first()).toBeVisible();
  await page.getByRole("link", { name: "Channels Not saved yet" }).first().click();
  await page.getByRole("article", { name: "Support mail" }).getByText("Not saved yet").waitFor({ state: "attached" });
  await axe(page, "a channel with something unsaved");
  await page.goBack();
  await page.goto(automation(world));
  await expect(isOn(page)).toBeChecked();
  expect((await ruleOf(world)).is_on).toBe(false);

  await form(page).getByRole("button", { name: "Discard" }).click();
  await expect(isOn(page)).not.toBeChecked();
  await expect(page.getByText("What you changed is discarded")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(isOn(page)).toBeChecked();
  await save(page).click();
  await expect(notSaved(page)).toHaveCount(0);
  await expect(page.getByRole("tab", { name: "Automation", exact: true })).toBeVisible();
  expect((await ruleOf(world)).asks_owner).toBe(true);
  expect(await stored(page)).not.toContain("unsaved");
  await page.reload();
  await expect(isOn(page)).toBeChecked();
  await expect(notSaved(page)).toHaveCount(0);
});

test("what a colleague saved meanwhile is said, and one chooses: nothing is overwritten in silence", async ({
  inbox: page,
  world,
}) => {
  const bo = await person(world, "Bo Sandvik");
  const theirs = { is_on: true, targets: [{ type: "user", id: bo }], distribution: "round_robin" };
  await page.goto(automation(world));
  await isOn(page).check();
  await page.getByRole("checkbox", { name: "Only people who are available" }).uncheck();
  await setRule(world, theirs);
  const told = form(page).getByText("Somebody has saved something else here since you began.");
  await expect(told).toBeVisible();
  // The rest is theirs by now.
  await expect(page.getByRole("group", { name: "People and teams" })).toContainText("Bo Sandvik");
  await page.reload();
  await expect(told).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "Only people who are available" })).not.toBeChecked();
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await axe(page, "overtaken");
  await page.setViewportSize({ width: 1440, height: 900 });

  await form(page).getByRole("button", { name: "Take what is saved" }).click();
  await expect(page.getByRole("checkbox", { name: "Only people who are available" })).toBeChecked();
  await expect(told).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await form(page).getByRole("button", { name: "Save mine" }).click();
  await expect(notSaved(page)).toHaveCount(0);
  expect(await ruleOf(world)).toMatchObject({ ...theirs, targets: [{ id: bo }], only_available: false });
});

test("who signs out leaves nothing of it behind, and a session that ends keeps it for the same person", async ({
  page,
  world,
}) => {
  await person(world, "Sigrid Moe");
  await signIn(page, world.innboks.url);
  const brand = `${world.innboks.url}/settings/brand`;
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  await page.goto(brand);
  await name.fill("Half a name");
  await expect(page.getByText("Not saved yet")).not.toHaveCount(0);
  await page.context().clearCookies();
  await page.reload();
  await page.getByLabel("Email").waitFor();
  expect(await stored(page)).toContain("Half a name");
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(name).toHaveValue("Half a name");

  // Somebody else signs in where a session has ended.
  await page.context().clearCookies();
  await enter(page, world, "sigrid@tindra.example");
  expect(await stored(page)).not.toContain("Half a name");
  await page.context().clearCookies();

  await signIn(page, world.innboks.url);
  await page.goto(brand);
  await expect(name).not.toHaveValue("Half a name");
  await name.fill("Another half");
  await expect.poll(() => stored(page)).toContain("Another half");
  await page.getByRole("button", { name: /preferences$/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  expect(await stored(page)).not.toContain("unsaved");
});

test("a password that was typed is never kept, and it is said that it has to be typed again", async ({
  inbox: page,
  world,
}) => {
  await page.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}`);
  await page.getByText("More settings").first().click();
  const password = page.getByRole("textbox", { name: /^SMTP password/ });
  await page.getByRole("textbox", { name: "Name in the inbox" }).fill("Half a name");
  await page.getByRole("textbox", { name: /^SMTP user/ }).fill("mail-user");
  await password.fill("Very-secret-91");
  await expect.poll(() => stored(page)).toContain("mail-user");
  const kept = await stored(page);
  expect(kept).toContain("smtp_password");
  expect(kept + (await page.evaluate(() => JSON.stringify({ ...localStorage })))).not.toContain("Very-secret");
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Name in the inbox" })).toHaveValue("Half a name");
  await expect(page.getByRole("textbox", { name: /^SMTP user/ })).toHaveValue("mail-user");
  await expect(password, "it is not folded away").toBeVisible();
  await expect(password).toHaveValue("");
  await expect(password).toHaveAccessibleDescription(/Type it again/);
  await page
    .getByRole("tabpanel", { name: /^Configuration/ })
    .getByRole("button", { name: "Discard" })
    .click();
  await expect(page.getByRole("textbox", { name: "Name in the inbox" })).toHaveValue("Support mail");
  expect(await stored(page)).not.toContain("unsaved");
});

test("what is typed in a set-up that is connected stands there again, is marked, and goes with its step", async ({
  inbox: page,
  world,
}) => {
  const account = `/api/channel-accounts/${world.beginning.channel}`;
  const { name, config } = await api(world, "GET", account);
  await api(world, "PATCH", account, { setup_step: "account" });
  await page.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}/setup`);
  const called = page.getByLabel("Name in the inbox");
  await called.fill("Letters");
  await page.getByText("More settings").click();
  await page.getByLabel("SMTP password", { exact: true }).fill("open sesame");
  await page.getByRole("list", { name: "Steps" }).getByRole("button", { name: "Details" }).click();
  await page.getByLabel("Company name").fill("Tindra Letters");
  await expect(page.getByText("Not saved yet").first()).toBeVisible();
  expect(await stored(page)).not.toContain("open sesame");
  await page.reload();
  await expect(called).toHaveValue("Letters");
  await expect(page.getByLabel("SMTP password", { exact: true })).toHaveValue("");
  await expect(page.getByText("Type it again")).toBeVisible();
  await page.getByLabel("SMTP password", { exact: true }).fill("x");
  await page.getByLabel("SMTP password", { exact: true }).fill("");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByLabel("Company name")).toHaveValue("Tindra Letters");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Who gets new conversations?" })).toBeVisible();
  expect(await api(world, "GET", account)).toMatchObject({
    name: "Letters",
    config: { company_name: "Tindra Letters" },
  });
  expect(await stored(page)).not.toContain("unsaved");
  await api(world, "PATCH", account, { setup_step: null, name, config });
});

test("texts, lists and dialogs that are not saved stand there again", async ({ inbox: page, world }) => {
  const go = (section: string) => page.goto(`${world.innboks.url}/settings/${section}`);
  const made = await api(world, "POST", "/api/snippets", { shortcut: "hi", name: "", text: "Hello there" });
  await go("snippets");
  await page.getByRole("button", { name: "Edit /hi" }).click();
  const text = page.locator(".snippettext [contenteditable=true]");
  await text.press("Control+End");
  await page.keyboard.type(", and welcome");
  await expect.poll(() => stored(page)).toContain("and welcome");
  await go("brand");
  await page.getByRole("link", { name: "Snippets Not saved yet" }).first().click();
  await expect(text).toHaveText("Hello there, and welcome");
  await page.getByRole("button", { name: "Save the snippet" }).click();
  await expect(text).toHaveCount(0);
  const { items } = await api(world, "GET", "/api/snippets");
  expect(items.find((one: { id: string }) => one.id === made.id).text).toBe("Hello there, and welcome");
  expect(await stored(page)).not.toContain("unsaved");

  await go("spam");
  await page.getByRole("textbox", { name: "Addresses and domains" }).first().fill("one@far.example\ntwo@far.example");
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Addresses and domains" }).first()).toHaveValue(
    "one@far.example\ntwo@far.example",
  );
  await page.getByRole("button", { name: "Discard" }).click();

  await go("people");
  await page.getByRole("button", { name: "Invite a person" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Email").fill("new@tindra.example");
  await page.keyboard.press("Escape");
  await page.reload();
  await page.getByRole("button", { name: /Not saved yet/ }).click();
  await expect(dialog.getByLabel("Email")).toHaveValue("new@tindra.example");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toHaveCount(0);
  expect(await stored(page)).not.toContain("unsaved");
});

test("odd things in the storage break no page", async ({ inbox: page, world }) => {
  const { user, account } = await api(world, "GET", "/api/session");
  const at = (place: string) => `innboks.unsaved.${user.id}.${account.id}.${place}`;
  const rule = { ...(await ruleOf(world)), targets: [null] };
  const odd = {
    [at(`channels/${world.beginning.channel}/automation/rule`)]: JSON.stringify({ value: rule, from: rule }),
    [at(`channels/${world.beginning.channel}/automation/tickets`)]: "[",
    [at(`channels/${world.beginning.channel}/configuration`)]: JSON.stringify({ value: { config: 4 }, from: null }),
    [at("brand")]: JSON.stringify({ value: { name: null }, from: { name: 1 } }),
    [at("snippets/new")]: JSON.stringify({ value: { shortcut: [] }, from: {} }),
    [at("hours/absence")]: "x".repeat(1_000_000),
  };
  await page.evaluate((all) => {
    for (const [name, text] of Object.entries(all)) sessionStorage.setItem(name, text);
  }, odd);
  for (const [where, heading] of [
    [`channels/${world.beginning.channel}`, "Support mail"],
    [`channels/${world.beginning.channel}/automation`, "Support mail"],
    ["brand", "Brand"],
    ["snippets", "Snippets"],
    ["hours", "Working hours"],
  ] as const) {
    await page.goto(`${world.innboks.url}/settings/${where}`);
    await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
    await expect(page.getByText("This part has stopped")).toHaveCount(0);
  }
});
