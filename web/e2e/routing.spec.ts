/* Who gets it: a rule is made, seen at work before it holds, and gives the next mail. */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { api, axe, conversationWith } from "./checks";
import { expect, test, type World } from "./fixtures";
import { person } from "./people";

const SHOTS = process.env.SHOTS;
const keep = async (page: Page, name: string) => {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
};

const mail = async (world: World, subject: string) => {
  await world.write({ from: `${subject.replaceAll(" ", ".")}@customers.example`, subject, text: "Hello" });
  return conversationWith(world, subject);
};

/** A rule that was switched on holds in every process within three seconds. The subject of the mail that it gave away. */
async function holds(world: World, by: string): Promise<string> {
  let subject = "";
  let nth = 0;
  const next = async () => {
    nth += 1;
    subject = `A new zip ${nth}`;
    return (await mail(world, subject)).assignee_id;
  };
  await expect.poll(next, { timeout: 30_000 }).toBe(by);
  return subject;
}

test("a rule is made by keyboard, seen at work before it is saved, and gives the next mail", async ({
  inbox,
  world,
}) => {
  test.slow();
  const bo = await person(world, "Bo Sandvik");
  const nils = await person(world, "Nils Uten");
  await api(world, "PATCH", `/api/users/${nils}`, { can_receive: false });
  for (const subject of ["Tent pole", "Torn fly", "Lost pegs"]) await mail(world, subject);
  const path = `${world.innboks.url}/settings/channels/${world.beginning.channel}`;
  await inbox.goto(path);
  await inbox.getByRole("tab", { name: "Configuration" }).focus();
  await inbox.keyboard.press("ArrowRight");
  await expect(inbox).toHaveURL(`${path}/automation`);
  await expect(inbox.getByRole("tab", { name: "Automation" })).toBeFocused();
  await expect(inbox.getByRole("tab", { name: "Automation" })).toHaveAttribute("aria-selected", "true");
  const panel = inbox.getByRole("tabpanel", { name: "Automation" });
  await panel.getByRole("switch", { name: "Assign conversations automatically" }).focus();
  await inbox.keyboard.press("Space");
  await expect(panel.getByRole("checkbox", { name: "Only people who are available" })).toBeChecked();
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await expect(panel.getByRole("alert")).toContainText("Name at least one person or team");

  const chosenCard = panel.locator(".pick", { has: inbox.getByRole("radio", { name: /^Certain people/ }) });
  await chosenCard.getByRole("combobox", { name: "Add people or teams" }).focus();
  await inbox.keyboard.type("Nils");
  await expect(inbox.getByRole("option")).toHaveCount(0);
  await inbox.getByRole("combobox").fill("Bo Sandvik"); // a team of another story may begin with Bo, too
  await expect(inbox.getByRole("option", { name: /Bo Sandvik/ })).toContainText("0 open, available");
  await keep(inbox, "routing picking");
  await inbox.keyboard.press("Enter");
  const aside = panel.getByRole("complementary", { name: "What this rule does" });
  await expect(aside.getByText("Bo Sandvik gets it")).toBeVisible();
  await expect(aside.getByRole("img", { name: /Of 3, this rule would have given out 3/ })).toBeVisible();
  await expect(panel.getByText("Not saved yet")).toBeVisible();
  await aside.getByRole("button", { name: "Show as table" }).click();
  await expect(aside.getByRole("row", { name: /Torn fly/ })).toContainText("Bo Sandvik");
  await axe(inbox, "a rule", [], (theme) => keep(inbox, `routing before saving ${theme}`));
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await expect(inbox.getByText("The rule of Support mail is saved")).toBeVisible();

  const given = await holds(world, bo);
  await api(world, "PATCH", `/api/users/${bo}`, { can_receive: false });
  await expect(panel.getByRole("group", { name: "People and teams" })).toContainText("cannot receive conversations");
  await expect(aside.getByText("Nobody would get it: none of these can be chosen.")).toBeVisible();
  await keep(inbox, "routing flawed");
  expect((await mail(world, "Another zip")).assignee_id).toBeNull();
  await inbox.goto(`${world.innboks.url}/inbox/all`);
  await inbox.getByRole("link", { name: new RegExp(given) }).click();
  await expect(inbox.getByText("Rule Support mail: Bo Sandvik was drawn")).toBeVisible();
});

test("who is away gets nothing; when everybody is away it waits, and says so; unticked, they get it too", async ({
  inbox,
  world,
}) => {
  test.slow();
  const [bo, di] = [await person(world, "Bo Sandvik"), await person(world, "Di Fjell")];
  const set = (id: string, status: string) => api(world, "PATCH", `/api/users/${id}/availability`, { status });
  await set(di, "away");
  const path = `/api/channel-accounts/${world.beginning.channel}/assignment`;
  const targets = [bo, di].map((id) => ({ type: "user", id }));
  await api(world, "PUT", path, { is_on: true, targets, distribution: "round_robin" });
  await holds(world, bo);
  for (const subject of ["One", "Two", "Three", "Four"])
    expect((await mail(world, subject)).assignee_id, subject).toBe(bo);

  await set(bo, "away");
  expect((await mail(world, "Nobody there")).assignee_id).toBeNull();
  await inbox.getByRole("link", { name: /Nobody there/ }).click();
  await expect(inbox.getByText("Rule Support mail: nobody was available")).toBeVisible();

  await inbox.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}/automation`);
  const aside = inbox.getByRole("complementary", { name: "What this rule does" });
  await expect(aside.getByText("Nobody would get it: nobody is available.")).toBeVisible();
  await keep(inbox, "routing all away");
  await inbox.getByRole("checkbox", { name: "Only people who are available" }).uncheck();
  await expect(aside.getByText("Di Fjell gets it")).toBeVisible();
  await inbox.getByRole("button", { name: "Save", exact: true }).click();
  await expect(inbox.getByText("The rule of Support mail is saved")).toBeVisible();
  expect((await mail(world, "Anybody")).assignee_id, "who has had none yet").toBe(di);
  await inbox.setViewportSize({ width: 360, height: 740 });
  expect(await inbox.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "routing 360.png") });
  await inbox.setViewportSize({ width: 1440, height: 900 });
  await inbox.evaluate(() => localStorage.setItem("innboks.locale", "nb"));
  await inbox.reload();
  await expect(
    inbox.getByRole("group", { name: "Personer og team" }).getByText("Di Fjell", { exact: true }),
  ).toBeVisible();
  await keep(inbox, "routing norwegian");
});

test("however long the names in a rule are, on a phone nothing stands outside the screen", async ({ inbox, world }) => {
  const long = await person(world, "Mateusz Wiśniewski-Kowalczykowski of the northern stores and workshops");
  const targets = [{ type: "user", id: long }];
  const rule = { is_on: true, asks_owner: true, targets, distribution: "first_available" };
  await api(world, "PUT", `/api/channel-accounts/${world.beginning.channel}/assignment`, rule);
  await inbox.setViewportSize({ width: 360, height: 740 });
  await inbox.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}/automation`);
  await expect(inbox.getByText(/^Mateusz .* gets it$/)).toBeVisible();
  const outside = inbox.locator("#main").evaluate((main) => main.scrollWidth - main.clientWidth);
  expect(await outside).toBe(0);
});
