/* The “current view” of the settings: with several inboxes, one is picked, and what is set up then is of that one alone. */
import { join } from "node:path";
import { api, axe, choose, colleague, cutChoices, cutTexts } from "./checks";
import { expect, test } from "./fixtures";
import { mailProgram } from "./mailbox";
import { enter, person } from "./people";

const SHOTS = process.env.SHOTS;
const REA = { name: "Rea Example", email: "rea@tindra.example", password: "slow-river-under-ice" };

test("the inbox that is being configured is picked by keyboard, and only it changes", async ({
  inbox: page,
  world,
}) => {
  const support = world.beginning.inbox;
  const all = await api(world, "GET", "/api/inboxes");
  const first = all.items.find((one: { id: string }) => one.id === support.id);
  const sales = await api(world, "POST", "/api/inboxes", { name: "Sales" });
  await page.goto(`${world.innboks.url}/settings/inboxes/${support.id}`);
  const picker = page.getByRole("button", { name: /^Current inbox: / });
  await expect(picker).toHaveText(first.name);
  await expect(page.getByRole("region", { name: first.name }).getByText("Support mail", { exact: true })).toBeVisible();

  await picker.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemcheckbox", { name: first.name })).toBeChecked();
  await expect(page.locator("[role=menu]:focus-within")).toHaveCount(1);
  await page.keyboard.type("Sal");
  await expect(page.getByRole("menuitemcheckbox", { name: "Sales" }), "no hand is as fast as this").toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${world.innboks.url}/settings/inboxes/${sales.id}`);
  await expect(picker).toHaveText("Sales");
  const region = page.getByRole("region", { name: "Sales" });
  await expect(region.getByText("Support mail", { exact: true }), "what is connected to the other one").toHaveCount(0);
  await region.getByLabel("Answer within").selectOption("1800");
  const targets = async () => {
    const { items } = await api(world, "GET", "/api/inboxes");
    return [sales.id, support.id].map((id) => items.find((one: { id: string }) => one.id === id).reply_within_s);
  };
  await expect.poll(targets).toEqual([1800, support.reply_within_s]);
  await page.reload();
  await expect(picker, "it stands in the address").toHaveText("Sales");
  await axe(page, "the current inbox");

  // The list of channels is narrowed in the same way.
  await page.goto(`${world.innboks.url}/settings/channels`);
  await expect(page.getByRole("article", { name: "Support mail" })).toBeVisible();
  await page.getByRole("button", { name: "Inbox shown: All inboxes" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Sales" }).click();
  await expect(page.getByRole("article", { name: "Support mail" })).toHaveCount(0);
  await page.getByRole("button", { name: "Inbox shown: Sales" }).click();
  await page.getByRole("menuitemcheckbox", { name: first.name }).click();
  await expect(page.getByRole("article", { name: "Support mail" })).toBeVisible();
});

test("a channel that is connected from an inbox's page goes into that inbox", async ({ inbox: page, world }) => {
  const sales = await api(world, "POST", "/api/inboxes", { name: "Sales" });
  await page.goto(`${world.innboks.url}/settings/inboxes/${sales.id}`);
  await page.getByRole("link", { name: "Connect a channel" }).click();
  await expect(page.getByRole("button", { name: "Inbox shown: Sales" })).toBeVisible();
  await page.getByRole("list", { name: "Add more" }).getByRole("button", { name: /Email/ }).click();
  await expect(page.getByLabel("Inbox", { exact: true })).toHaveValue(sales.id);
  await page.getByLabel("Address", { exact: true }).fill("quotes@tindra.example");
  await expect(page.getByText("Draft saved")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Inbox", { exact: true })).toHaveValue(sales.id);
  const { items } = await api(world, "GET", "/api/channel-drafts");
  expect(items.map((one: { inbox_id: string }) => one.inbox_id)).toContain(sales.id);
});

test("what the operator took away is not offered", async ({ inbox: page, world }) => {
  test.setTimeout(240_000);
  await world.innboks.cli("features", "automatic_assignment", "off");
  try {
    await page.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}/automation`);
    await expect(page.getByText("Automatic assignment is switched off for this account.")).toBeVisible();
    await expect(page.getByRole("switch", { name: "Assign conversations automatically" })).toHaveCount(0);
  } finally {
    await world.innboks.cli("features", "automatic_assignment", "on");
  }
  await expect(page.getByRole("switch", { name: "Assign conversations automatically" }), "at once").toBeVisible();
});

test("the address that we give out is set up before it sends, and stays what it is", async ({ inbox: page, world }) => {
  const sales = await api(world, "POST", "/api/inboxes", { name: "Sales" });
  const fallback = await api(world, "GET", `/api/inboxes/${sales.id}/fallback`);
  await page.goto(`${world.innboks.url}/settings/inboxes/${sales.id}`);
  await expect(page.getByRole("heading", { name: "Fallback address" })).toBeVisible();
  await expect(page.getByRole("switch", { name: "Use it for sending" })).not.toBeChecked();
  await page.getByRole("link", { name: "From name and signature" }).click();
  await expect(page.getByRole("heading", { name: fallback.name, level: 1 })).toBeVisible();
  await expect(page.getByLabel("Fallback address"), "nothing has to be forwarded to it").toHaveValue(fallback.address);
  for (const name of ["Pause", "Disconnect", "Sign in again"])
    await expect(page.getByRole("button", { name, exact: true })).toHaveCount(0);
  await expect(page.getByLabel("Address", { exact: true }), "its address is no setting").toHaveCount(0);
  await expect(page.getByRole("radio", { name: /^Gmail/ })).toHaveCount(0);
  await page.getByLabel("Company name").fill("Tindra Outlet");
  await expect(page.locator(".mailcard").getByText(/ at Tindra Outlet/)).toBeVisible();
  await axe(page, "the page of a fallback address", [], async (theme) => {
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `fallback-${theme}.png`), fullPage: true });
  });
  expect(await cutTexts(page)).toEqual([]);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  const now = await api(world, "GET", `/api/channel-accounts/${fallback.id}`);
  expect(now).toMatchObject({ address: fallback.address, is_active: true, may_send: false });
  expect(now.config.company_name).toBe("Tindra Outlet");

  // It receives only, so nobody is offered to write from it; then it may send.
  await page.goto(`${world.innboks.url}/settings/inboxes/${sales.id}`);
  await page.getByRole("switch", { name: "Use it for sending" }).check();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  expect((await api(world, "GET", `/api/channel-accounts/${fallback.id}`)).may_send).toBe(true);
});

test("a channel moves to another inbox, and back with Undo", async ({ inbox: page, world }) => {
  const sales = await api(world, "POST", "/api/inboxes", { name: "Sales" });
  const { channel, inbox } = world.beginning;
  const now = async () => (await api(world, "GET", `/api/channel-accounts/${channel}`)).inbox_id;
  await page.goto(`${world.innboks.url}/settings/channels/${channel}`);
  await page.getByLabel("Inbox", { exact: true }).selectOption({ label: "Sales" });
  await expect(page.getByText("Support mail now belongs to Sales")).toBeVisible();
  expect(await now()).toBe(sales.id);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(now).toBe(inbox.id);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await cutTexts(page)).toEqual([]);
  if (SHOTS) await page.screenshot({ path: join(SHOTS, "channel-phone.png"), fullPage: true });
  await expect(page.getByLabel("Inbox", { exact: true })).toHaveValue(inbox.id);
});

test("a paused channel offers no test and says why, and its lists show the whole of what is chosen", async ({
  inbox: page,
  world,
}) => {
  const { channel } = world.beginning;
  await page.goto(`${world.innboks.url}/settings/channels/${channel}`);
  const test = page.getByRole("button", { name: /^Send (a|another) test/ });
  await expect(test).toBeVisible();
  await expect(page.getByLabel("From name")).toBeVisible();
  expect(await cutChoices(page)).toEqual([]);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText("The channel is paused: no test goes out or comes back.")).toBeVisible();
  await expect(test).toHaveCount(0);
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await expect(test).toBeVisible();
});

test("an archived inbox says that it is, beside its name and on its page, until it is brought back", async ({
  inbox: page,
  world,
}) => {
  const { id } = await api(world, "POST", "/api/inboxes", { name: "Rentals" });
  await page.goto(`${world.innboks.url}/settings/inboxes/${id}`);
  const current = page.getByRole("button", { name: /^Current inbox/ });
  await expect(current).toHaveText("Rentals");
  await page.getByRole("button", { name: "Archive this inbox" }).click();
  await expect(current).toHaveText("Rentals (archived)");
  await expect(page.getByText("This inbox is archived: nothing can be connected to it.")).toBeVisible();
  await axe(page, "an archived inbox");
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect(current).toHaveText("Rentals");
  await expect(page.getByText("This inbox is archived")).toHaveCount(0);
});

test("who may not change channels sees how one is, and no button that changes it", async ({ browser, world }) => {
  await colleague(world, REA);
  const context = await browser.newContext();
  const headers = { origin: world.innboks.url };
  const { email, password } = REA;
  await context.request.post(`${world.innboks.url}/api/session`, { data: { email, password }, headers });
  const page = await context.newPage();
  await page.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}`);
  await expect(page.getByRole("heading", { name: "Support mail" })).toBeVisible();
  await expect(page.getByText("Administrators change how it is set up.")).toBeVisible();
  for (const name of ["Pause", "Save", "Disconnect"])
    await expect(page.getByRole("button", { name, exact: true })).toHaveCount(0);
  await context.close();
});

test("a new inbox for certain people is made with its channel, and not when that fails", async ({
  inbox: page,
  world,
}) => {
  const complaints = async () =>
    (await api(world, "GET", "/api/inboxes")).items.filter(
      (one: { name: string; is_archived: boolean }) => one.name === "Complaints" && !one.is_archived,
    );
  await page.goto(`${world.innboks.url}/settings/channels/connect-email`);
  await page.getByLabel("Inbox", { exact: true }).selectOption("new");
  await page.getByLabel("Inbox name").fill("Complaints");
  await choose(page.getByRole("radio", { name: /^Certain people and teams/ }));
  await page.getByLabel("Address", { exact: true }).fill("complaints@tindra.example");
  await page.getByText("More settings").click();
  await page.getByLabel("SMTP server").fill("127.0.0.1");
  await page.getByLabel("SMTP port").fill("9");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Sending (SMTP)" })).toBeVisible({ timeout: 30_000 });
  expect(await complaints()).toEqual([]);
  await axe(page, "a new inbox with its channel");
  await page.getByLabel("SMTP server").fill("");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("button", { name: "Send a test" }), "it is connected").toBeVisible({ timeout: 30_000 });
  const [made] = await complaints();
  expect(made).toMatchObject({ access: "members", member_ids: [world.beginning.myId] });
});

test("who loses a closed inbox while they read in it sees no more of it; a named person and a team do, others never", async ({
  world,
  browser,
}) => {
  const nora = await person(world, "Nora Named");
  const tim = await person(world, "Tim Teammate");
  await person(world, "Otto Outside");
  const { items } = await api(world, "GET", "/api/teams");
  const team =
    items.find((one: { name: string }) => one.name === "Board")?.id ??
    (await api(world, "POST", "/api/teams", { name: "Board" })).id;
  await api(world, "PATCH", `/api/users/${tim}`, { teams: { main_team_id: team, extra_team_ids: [] } });
  const closed = { name: "Complaints", access: "members", member_ids: [nora], team_ids: [team] };
  const { id } = await api(world, "POST", "/api/inboxes", closed);
  const mail = { method: "forwarding", address: "board@tindra.example", company_name: "Board" };
  const board = { kind: "email", name: "Board mail", inbox_id: id, config: mail };
  const { hosted_address } = await api(world, "POST", "/api/channel-accounts", board);
  await mailProgram(
    world.innboks.smtpPort,
    hosted_address,
  )({ from: "kari@customer.example", subject: "A secret complaint", text: "Between us." });
  const sees = async (name: string) => {
    const theirs = await (await browser.newContext()).newPage();
    await enter(theirs, world, `${name}@tindra.example`);
    return theirs;
  };
  const row = { name: /A secret complaint/ };
  const noras = await sees("nora");
  await expect(noras.getByRole("link", row)).toBeVisible();
  const ottos = await sees("otto");
  await expect(ottos.getByText("Nothing here yet")).toBeVisible();
  await expect(ottos.getByRole("link", row)).toHaveCount(0);
  const tims = await sees("tim");
  await tims.getByRole("link", row).click();
  const thread = tims.getByRole("main");
  await expect(thread.getByText("Between us.")).toBeVisible();

  await api(world, "PATCH", `/api/inboxes/${id}`, { team_ids: [] });
  await expect(thread).toContainText("There is no such conversation");
  await expect(thread.getByText("Between us.")).toHaveCount(0);
  await expect(tims.locator(".composer")).toHaveCount(0);
  await expect(tims.locator("aside.context")).toHaveCount(0);
  await thread.getByRole("button", { name: "Back" }).click();
  await expect(tims.getByText("Nothing here yet")).toBeVisible();
  await expect(noras.getByRole("link", row)).toBeVisible();
  for (const one of [noras, ottos, tims]) await one.context().close();
});
