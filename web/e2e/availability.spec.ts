/* Available or away: set by hand, by hours and absences, by a manager; and where it shows. */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { api, axe, brokenWords, conversationWith } from "./checks";
import { expect, test } from "./fixtures";
import { enter, person } from "./people";

const SHOTS = process.env.SHOTS;
const keep = async (page: Page, name: string) => {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
};

test("away and back in the profile menu, with Undo", async ({ inbox }) => {
  const menu = inbox.getByRole("button", { name: /^Amina Yusuf, / }).first();
  await expect(menu).toHaveAccessibleName("Amina Yusuf, available: preferences");
  await menu.click();
  await inbox.getByRole("menuitemcheckbox", { name: "Away" }).click();
  await expect(inbox.getByText("You are away until you change it")).toBeVisible();
  await expect(menu).toHaveAccessibleName("Amina Yusuf, away: preferences");
  await menu.click();
  await expect(inbox.getByRole("menuitemcheckbox", { name: "Away" })).toBeChecked();
  await keep(inbox, "availability menu");
  await inbox.keyboard.press("Escape");
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(menu).toHaveAccessibleName("Amina Yusuf, available: preferences");
});

test("who is set away by a manager is told on entering, and is back with one press", async ({
  inbox,
  world,
  browser,
}) => {
  const bo = await person(world, "Bo Sandvik");
  await inbox.goto(`${world.innboks.url}/settings/availability`);
  await inbox.getByRole("button", { name: "Set Bo Sandvik to away" }).click();
  await expect(inbox.getByText("Bo Sandvik is away now, and is told so")).toBeVisible();
  await keep(inbox, "availability everybody");
  await axe(inbox, "availability");
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 800 } });
  const theirs = await context.newPage();
  await enter(theirs, world, "bo@tindra.example");
  const alert = theirs.getByRole("alert").filter({ hasText: "Amina Yusuf set you to away" });
  await expect(alert).toBeVisible();
  await keep(theirs, "availability set away");
  await axe(theirs, "set away");
  await theirs.goto(`${world.innboks.url}/settings/availability`);
  await expect(theirs.getByRole("button", { name: /^Set Amina/ })).toHaveCount(0);
  await theirs.goto(`${world.innboks.url}/inbox/open`);
  await alert.getByRole("button", { name: "Set myself to available" }).click();
  await expect(alert).toHaveCount(0);
  await expect(inbox.getByRole("button", { name: "Set Bo Sandvik to away" })).toBeVisible();
  expect((await api(world, "GET", `/api/users/${bo}/availability`)).set_away_by).toBeNull();
  await context.close();
});

test("hours of a week, a public holiday and an absence are set by keyboard, kept at once and undone", async ({
  inbox,
  world,
}) => {
  test.slow();
  const id = world.beginning.myId;
  const plan = () => api(world, "GET", `/api/users/${id}/availability`);
  await inbox.goto(`${world.innboks.url}/settings/hours`);
  const [from, to] = [inbox.getByLabel("From", { exact: true }), inbox.getByLabel("To", { exact: true })];
  await expect(inbox.getByText("By the clock in UTC")).toBeVisible();
  await from.fill("2031-12-05T08:30");
  await expect(from).toHaveAccessibleDescription("Fri, 5 Dec 2031, 08:30. By the clock in UTC");
  await inbox.reload();
  expect((await from.boundingBox())?.y, "in line, whatever stands below one of them").toBe((await to.boundingBox())?.y);
  await inbox.getByRole("button", { name: "Set to away" }).click();
  const [button, words] = [inbox.getByRole("button", { name: "Set to available" }), inbox.getByText(/^Set by hand/)];
  const box = await button.boundingBox();
  expect(((await words.boundingBox())?.x ?? 0) - ((box?.x ?? 0) + (box?.width ?? 0))).toBeGreaterThanOrEqual(8);
  await button.click();
  await inbox.getByRole("switch", { name: "Working hours" }).focus();
  await inbox.keyboard.press("Space");
  await expect(inbox.getByText("40 hours a week")).toBeVisible();
  await expect.poll(async () => (await plan()).hours?.length).toBe(5);

  const monday = inbox.getByRole("group", { name: "Monday" });
  await monday.getByLabel("Monday, stretch 1, to").fill("11:30");
  await inbox.keyboard.press("Tab");
  await monday.getByRole("button", { name: "Add hours: Monday" }).focus();
  await inbox.keyboard.press("Enter");
  await expect(monday.getByLabel("Monday, stretch 2, from")).toHaveValue("12:30");
  await monday.getByLabel("Monday, stretch 2, from").fill("11:00");
  await inbox.keyboard.press("Tab");
  await expect(inbox.getByRole("alert")).toContainText("These hours overlap");
  await keep(inbox, "availability overlap");
  await monday.getByLabel("Monday, stretch 2, from").fill("12:00");
  await inbox.keyboard.press("Tab");
  await expect(inbox.getByRole("alert")).toHaveCount(0);
  await monday.getByRole("button", { name: "Same on all weekdays" }).click();
  await expect(inbox.getByLabel("Friday, stretch 2, from")).toHaveValue("12:00");
  await expect.poll(async () => (await plan()).hours?.length).toBe(10);
  await inbox.getByRole("button", { name: /^Undo/ }).last().click();
  await expect.poll(async () => (await plan()).hours?.length).toBe(6);
  await expect(inbox.getByLabel("Friday, stretch 2, from")).toHaveCount(0);

  await inbox.getByLabel("Public holidays of").selectOption({ label: "Norway" });
  await expect(inbox.getByText(/^Next: /)).toBeVisible();
  await inbox.getByLabel("Time zone").selectOption("Europe/Oslo");
  await expect.poll(async () => (await plan()).time_zone).toBe("Europe/Oslo");

  await inbox.getByLabel("From", { exact: true }).fill("2020-01-01T08:00");
  await inbox.getByLabel("To", { exact: true }).fill("2019-01-01T08:00");
  await inbox.getByRole("button", { name: "Add", exact: true }).click();
  await expect(inbox.getByRole("alert")).toContainText("It ends before it begins");
  await inbox.getByLabel("To", { exact: true }).fill("2099-01-01T08:00");
  await inbox.getByLabel("From", { exact: true }).fill("2098-12-01T08:00");
  await inbox.getByRole("button", { name: "Add", exact: true }).click();
  await expect(inbox.getByRole("alert")).toContainText("An absence is within the next ten years");
  const year = new Date().getFullYear() + 5;
  await inbox.getByLabel("To", { exact: true }).fill(`${year + 1}-01-01T08:00`);
  await inbox.getByLabel("From", { exact: true }).fill(`${year}-12-01T08:00`);
  await inbox.getByLabel("Note (optional)").fill("Far away");
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByRole("listitem").filter({ hasText: "Far away" })).toBeVisible();
  await axe(inbox, "working hours", [], (theme) => keep(inbox, `availability hours ${theme}`));
  await inbox.setViewportSize({ width: 360, height: 740 });
  expect(await inbox.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "availability hours 360.png"), fullPage: true });
  await inbox.setViewportSize({ width: 1440, height: 900 });
  await inbox.getByRole("button", { name: new RegExp(`^Remove .*${year}`) }).click();
  await expect(inbox.getByText("None planned.")).toBeVisible();
  await inbox.getByRole("button", { name: /^Undo/ }).last().click();
  await expect(inbox.getByRole("listitem").filter({ hasText: "Far away" })).toBeVisible();
});

test("a limit shows where conversations are given out, and people are found by how they stand", async ({
  inbox,
  world,
}) => {
  const bo = await person(world, "Bo Sandvik");
  await world.write({ from: "leo@customers.example", subject: "Bent peg", text: "Hello" });
  const { id } = await conversationWith(world, "Bent peg");
  await api(world, "PATCH", `/api/conversations/${id}`, { assignee_id: bo });
  await inbox.goto(`${world.innboks.url}/settings/people/${bo}`);
  await inbox.getByLabel("All conversations").fill("one");
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByRole("alert")).toContainText("A whole number");
  await inbox.getByLabel("All conversations").fill("1");
  await inbox.keyboard.press("Enter");
  await expect(inbox.getByText("The limit is saved")).toBeVisible();
  await inbox.getByLabel("All tickets").fill("4");
  await inbox.keyboard.press("Enter");
  await expect.poll(async () => (await api(world, "GET", `/api/users/${bo}/availability`)).tickets_max).toBe(4);
  await keep(inbox, "availability limits");
  await inbox.goto(`${world.innboks.url}/inbox/open/${id}`);
  await inbox.getByRole("article").waitFor();
  await inbox.keyboard.press("i");
  const option = inbox.getByRole("option", { name: /Bo Sandvik/ });
  await expect(option).toContainText("1 of 1");
  await expect(option).toContainText("tickets 0 of 4");
  const [name, detail] = [option.getByText("Bo Sandvik"), option.getByText(/^Available/)];
  expect((await detail.boundingBox())?.y, "below the name").toBeGreaterThan(((await name.boundingBox())?.y ?? 0) + 10);
  await expect(option).toContainText("Available");
  await keep(inbox, "availability picker");
  await inbox.keyboard.press("Escape");

  await api(world, "PATCH", `/api/users/${bo}/availability`, { status: "away" });
  await inbox.goto(`${world.innboks.url}/settings/people`);
  await inbox.getByLabel("Status").selectOption("away");
  await expect(inbox.getByRole("row", { name: /Bo Sandvik/ })).toContainText("Away");
  await expect(inbox.getByRole("row", { name: /Amina Yusuf/ })).toHaveCount(0);
  await keep(inbox, "availability people");
  await axe(inbox, "people by how they stand");
});

test("tickets in a stage and old ones are left out of what people can take, with Undo", async ({ inbox, world }) => {
  const account = () => api(world, "GET", "/api/account");
  const waiting = (await api(world, "GET", "/api/ticket-pipelines")).items[0].stages.find(
    ({ key }: { key: string }) => key === "waiting_on_contact",
  );
  await inbox.goto(`${world.innboks.url}/settings/availability`);
  await inbox.getByRole("checkbox", { name: "Waiting on contact" }).check();
  await expect.poll(async () => (await account()).tickets_uncounted_stage_ids).toEqual([waiting.id]);
  await inbox.getByLabel("Open for longer than").selectOption({ label: "30 days" });
  await expect.poll(async () => (await account()).tickets_uncounted_after_days).toBe(30);
  await keep(inbox, "availability uncounted");
  await axe(inbox, "what does not count");
  await inbox.getByRole("button", { name: /^Undo/ }).last().click();
  await expect.poll(async () => (await account()).tickets_uncounted_after_days).toBe(0);
  await expect(inbox.getByLabel("Open for longer than")).toHaveValue("0");
  await inbox.getByRole("checkbox", { name: "Waiting on contact" }).uncheck();
  await expect.poll(async () => (await account()).tickets_uncounted_stage_ids).toEqual([]);
  await expect(inbox.getByRole("checkbox", { name: "Closed" })).toHaveCount(0);
});

test("an answer that comes late takes away nothing that was typed since", async ({ inbox, world }) => {
  const id = world.beginning.myId;
  await api(world, "PATCH", `/api/users/${id}/availability`, {
    hours: [{ day: 0, from: "08:00", to: "11:30" }],
  });
  await inbox.goto(`${world.innboks.url}/settings/hours`);
  const monday = inbox.getByRole("group", { name: "Monday" });
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await inbox.route(`**/api/users/${id}/availability`, async (route) => {
    if (route.request().method() === "PATCH") await held;
    await route.continue();
  });
  await monday.getByRole("button", { name: "Add hours: Monday" }).click();
  const from = monday.getByLabel("Monday, stretch 2, from");
  await from.fill("13:15");
  release();
  await expect.poll(async () => (await api(world, "GET", `/api/users/${id}/availability`)).hours?.length).toBe(2);
  await expect(inbox.getByText("The working hours are saved")).toBeVisible();
  await expect(from).toHaveValue("13:15");
});

test("the picture of a day's hours is dragged: an end, the whole, and back with Escape", async ({ inbox, world }) => {
  const id = world.beginning.myId;
  const monday = async () =>
    (await api(world, "GET", `/api/users/${id}/availability`)).hours
      .filter(({ day }: { day: number }) => day === 0)
      .map(({ from, to }: { from: string; to: string }) => `${from}-${to}`);
  await api(world, "PATCH", `/api/users/${id}/availability`, {
    hours: [
      { day: 0, from: "09:00", to: "11:30" },
      { day: 0, from: "13:00", to: "17:00" },
    ],
  });
  await inbox.goto(`${world.innboks.url}/settings/hours`);
  const day = inbox.getByRole("group", { name: "Monday" });
  const bar = day.locator(".daybar");
  const drag = async (from: string, to: string, { drops = true } = {}) => {
    const box = await bar.boundingBox();
    if (!box) throw new Error("there is no bar");
    const x = (clock: string) => box.x + (box.width * (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)))) / 1440;
    await inbox.mouse.move(x(from), box.y + box.height / 2);
    await inbox.mouse.down();
    await inbox.mouse.move(x(to), box.y + box.height / 2, { steps: 4 });
    if (drops) await inbox.mouse.up();
  };
  await drag("11:30", "12:00");
  await expect(day.getByLabel("Monday, stretch 1, to")).toHaveValue("12:00");
  await expect.poll(monday).toEqual(["09:00-12:00", "13:00-17:00"]);
  await drag("15:00", "14:30");
  await expect.poll(monday).toEqual(["09:00-12:00", "12:30-16:30"]);
  await drag("10:30", "23:00");
  await expect.poll(monday, "no further than its neighbour").toEqual(["09:30-12:30", "12:30-16:30"]);

  await drag("16:30", "20:00", { drops: false });
  await expect(day.getByLabel("Monday, stretch 2, to")).toHaveValue("20:00");
  await keep(inbox, "availability dragging");
  await inbox.keyboard.press("Escape");
  await expect(day.getByLabel("Monday, stretch 2, to")).toHaveValue("16:30");
  await inbox.mouse.up();
  expect(await monday()).toEqual(["09:30-12:30", "12:30-16:30"]);
  await inbox.getByRole("button", { name: /^Undo/ }).last().click();
  await expect.poll(monday).toEqual(["09:00-12:00", "12:30-16:30"]);
});

test("who works in another time zone has their hours by their clock, and by the reader's", async ({ inbox, world }) => {
  const bo = await person(world, "Bo Sandvik");
  const [starts_at, ends_at] = ["2031-03-03T00:00:00Z", "2031-03-07T08:00:00Z"];
  await api(world, "PATCH", `/api/users/${bo}/availability`, {
    time_zone: "Asia/Tokyo",
    hours: [
      { day: 0, from: "09:00", to: "12:00" },
      { day: 2, from: "13:00", to: "18:00" },
    ],
    absences: [{ starts_at, ends_at, note: "" }],
  });
  await inbox.goto(`${world.innboks.url}/settings/availability/${bo}`);
  // Oslo is seven or eight hours behind, by the time of year.
  const wednesday = inbox.getByRole("group", { name: "Wednesday" });
  await expect(wednesday).toContainText(/0[56]:00–1[01]:00 for you/);
  await expect(inbox.getByRole("group", { name: "Monday" })).toContainText(/0[12]:00–0[45]:00 for you/);
  const absence = inbox.getByRole("listitem").filter({ hasText: "2031" });
  await expect(absence).toContainText("09:00 to Fri, 7 Mar 2031, 17:00 in Tokyo");
  await expect(absence).toContainText("01:00 to Fri, 7 Mar 2031, 09:00 for you");
  await axe(inbox, "hours by two clocks");
  await keep(inbox, "availability two clocks");

  await api(world, "PATCH", `/api/users/${bo}/availability`, { absences: [], status: "away" });
  await inbox.goto(`${world.innboks.url}/settings/availability`);
  const row = inbox.getByRole("listitem").filter({ hasText: "Bo Sandvik" });
  await expect(row).toContainText("in Tokyo");
});

test("in Norwegian no word of the table of people is broken, however wide the window is", async ({ inbox, world }) => {
  await person(world, "Bo Sandvik");
  await inbox
    .getByRole("button", { name: /Amina Yusuf/ })
    .first()
    .click();
  await inbox.getByRole("menuitemcheckbox", { name: "Norsk bokmål" }).click();
  await expect(inbox.getByRole("heading", { name: "Alle åpne" })).toBeVisible();
  await inbox.goto(`${world.innboks.url}/settings/people`);
  await expect(inbox.getByText("Superadministrator").first()).toBeVisible();
  for (const width of [360, 768, 1024, 1200, 1440]) {
    await inbox.setViewportSize({ width, height: 900 });
    expect.soft(await brokenWords(inbox, ".peopletable"), `at ${width}`).toEqual([]);
  }
});
