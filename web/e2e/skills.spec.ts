/* Who can it: skills are made, given to people and needed by subjects, and a rule goes by them. The overview of all rules. */
import { api, axe, conversationWith, shots } from "./checks";
import { expect, test } from "./fixtures";
import { person } from "./people";

const SHOTS = process.env.SHOTS;

test("a language is given to people, a subject needs it, and the rule goes by it and says so", async ({
  inbox,
  world,
}) => {
  test.slow();
  const [bo, di] = [await person(world, "Bo Sandvik"), await person(world, "Di Fjell")];
  const rule = `/api/channel-accounts/${world.beginning.channel}/assignment`;
  const targets = [bo, di].map((id) => ({ type: "user", id }));
  await api(world, "PUT", rule, { is_on: true, targets, distribution: "round_robin" });
  await inbox.goto(`${world.innboks.url}/settings/routing`);
  await expect(inbox.getByText("Shared out in turn among Bo Sandvik and Di Fjell.")).toBeVisible();
  await expect(inbox.getByRole("heading", { name: "What needs a skill" })).toHaveCount(0);

  await inbox.getByRole("button", { name: "Add a language" }).click();
  await inbox.getByRole("combobox", { name: "Add a language" }).fill("Norwegian Bok");
  await expect(inbox.getByRole("option", { name: /Norwegian Bokmål/ })).toBeVisible();
  await inbox.keyboard.press("Enter");
  const language = inbox.getByRole("group", { name: "Norwegian Bokmål" });
  const add = async (list: string, name: string) => {
    await language.getByRole("group", { name: list }).getByRole("button", { name: "Add somebody" }).click();
    await inbox.getByRole("combobox", { name: "Add somebody" }).fill(name);
    await expect(inbox.getByRole("option", { name: new RegExp(name) }).first()).toBeVisible();
    await inbox.keyboard.press("Enter");
    await expect(language.getByRole("group", { name: list })).toContainText(name);
  };
  await add("Main language", "Di");
  const needs = inbox.getByRole("form", { name: "What needs a skill" });
  await needs.getByLabel("Words").fill("garanti");
  await needs.getByRole("button", { name: "Add", exact: true }).click();
  await expect(inbox.getByRole("listitem").filter({ hasText: "“garanti” in the subject" })).toContainText(
    "needs Norwegian Bokmål",
  );

  await language.getByRole("button", { name: "Delete Norwegian Bokmål" }).click();
  await expect(inbox.getByText(/is in use. These people have it: Di Fjell. It is needed by: garanti/)).toBeVisible();

  await inbox.getByRole("link", { name: "Change and try out the rule of Support mail" }).click();
  await inbox.getByLabel("Skills that a conversation needs").selectOption("require");
  await inbox.getByRole("button", { name: "Save", exact: true }).click();
  await expect(inbox.getByText("The rule of Support mail is saved")).toBeVisible();
  if (SHOTS) await shots(inbox, SHOTS, "rule with skills");
  await inbox.goBack();
  await expect(inbox.getByText("Only to people with the needed skill.")).toBeVisible();
  await axe(inbox, "who gets it");
  if (SHOTS) await shots(inbox, SHOTS, "who gets it");
  await inbox.setViewportSize({ width: 360, height: 740 });
  expect(await inbox.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await inbox.setViewportSize({ width: 1440, height: 900 });

  const subjects = ["Garantien min", "Garanti igjen", "Garanti en gang til"];
  await expect
    .poll(
      async () => {
        const subject = `${subjects[0]} ${Date.now()}`;
        await world.write({ from: "kari@customers.example", subject, text: "Hei" });
        const found = await conversationWith(world, subject);
        subjects[0] = subject;
        return found.assignee_id;
      },
      { timeout: 30_000 },
    )
    .toBe(di);
  for (const subject of subjects.slice(1)) {
    await world.write({ from: "kari@customers.example", subject, text: "Hei" });
    expect((await conversationWith(world, subject)).assignee_id, subject).toBe(di);
  }
  await inbox.goto(`${world.innboks.url}/inbox/all`);
  await inbox.getByRole("link", { name: /Garanti en gang til/ }).click();
  await expect(
    inbox.getByText("Rule Support mail: Di Fjell speaks Norwegian Bokmål, and it was their turn"),
  ).toBeVisible();

  await api(world, "PATCH", `/api/users/${di}`, { can_receive: false });
  await inbox.goto(`${world.innboks.url}/settings/routing`);
  await expect(inbox.getByText("1 cannot be chosen: Di Fjell (cannot receive conversations)")).toBeVisible();
  if (SHOTS) await shots(inbox, SHOTS, "who gets it flawed");
});

test("a category and a skill are renamed by keyboard, a taken name is refused beside the field, and Undo brings the old one back", async ({
  inbox,
  world,
}) => {
  const category = await api(world, "POST", "/api/skill-categories", { name: "Tents" });
  for (const name of ["Poles", "Zips"]) await api(world, "POST", "/api/skills", { category_id: category.id, name });
  try {
    await inbox.goto(`${world.innboks.url}/settings/routing`);
    const row = inbox.getByRole("group", { name: "Poles" });
    await row.getByRole("button", { name: "Rename Poles" }).focus();
    await inbox.keyboard.press("Enter");
    const field = row.getByLabel("Name of Poles");
    await expect(field).toBeFocused();
    await field.fill("Zips");
    await inbox.keyboard.press("Enter");
    await expect(row.getByRole("alert")).toContainText("Zips");
    await field.fill("Poles and pegs");
    await inbox.keyboard.press("Enter");
    const renamed = inbox.getByRole("group", { name: "Poles and pegs" });
    await expect(renamed.getByRole("button", { name: "Rename Poles and pegs" })).toBeFocused();
    if (SHOTS) await shots(inbox, SHOTS, "skill renamed");
    await inbox.getByRole("button", { name: /^Undo/ }).click();
    await expect(inbox.getByRole("group", { name: "Poles", exact: true })).toBeVisible();
    const card = inbox.getByRole("region", { name: "Tents" });
    await card.getByRole("button", { name: "Rename Tents" }).click();
    await card.getByLabel("Name of Tents").fill("Shelters");
    await card.getByRole("button", { name: "Save", exact: true }).click();
    await expect(inbox.getByRole("region", { name: "Shelters" })).toBeVisible();
  } finally {
    for (const { id, category_id } of (await api(world, "GET", "/api/skills")).items)
      if (category_id === category.id) await api(world, "DELETE", `/api/skills/${id}`);
    await api(world, "DELETE", `/api/skill-categories/${category.id}`);
  }
});
