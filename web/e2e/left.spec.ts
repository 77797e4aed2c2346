/* What somebody leaves behind who is deactivated: how much is assigned to them, and that it says so wherever it is seen. On a server of its own, with many
 * conversations. */
import { expect, test } from "@playwright/test";
import { api, axe } from "./checks";
import { makeWorld, signIn, type World } from "./fixtures";
import { person } from "./people";

const NAME = "Tove Deaktivert";
const AT_ONCE = 100;

let world: World;
let tove: string;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  world = await makeWorld();
  tove = await person(world, NAME);
  await world.innboks.fillList(world.beginning.channel, 51);
  await world.write({ from: "leo@customers.example", subject: "A bent peg", text: "Hello" });
  await expect.poll(async () => (await open()).length).toBe(52);
  const ids = (await open()).map(({ id }) => id);
  await api(world, "POST", "/api/conversations/bulk", { ids, change: { assignee_id: tove } });
});

test.afterAll(async () => {
  await world?.mailbox.close();
  await world?.innboks.remove();
});

const open = async (): Promise<{ id: string; subject: string }[]> =>
  (await api(world, "GET", `/api/conversations?view=open&sort=newest&limit=${AT_ONCE}`)).items;

test("of many that are assigned to somebody it is said that there are more, with the way to them", async ({ page }) => {
  await signIn(page, world.innboks.url);
  await page.goto(`${world.innboks.url}/settings/people/${tove}`);
  const link = page.getByRole("link", { name: "More than 50 open conversations" });
  await expect(link).toBeVisible();
  await link.click();
  await expect(page.getByRole("link", { name: /Letter \d/ }).first()).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`assignees=.*${tove}`));
});

test("that an assignee is deactivated is said in the list, in the head of the thread and to a screen reader", async ({
  page,
}) => {
  await signIn(page, world.innboks.url);
  await page.goto(`${world.innboks.url}/inbox/open?sort=newest`);
  const row = page.getByRole("link", { name: /A bent peg/ });
  await row.click();
  const pill = page.locator(".threadhead").getByRole("button", { name: /^Assigned to/ });
  await expect(pill).toHaveAccessibleName(`Assigned to ${NAME}`);
  await expect(row).not.toContainText("Deactivated");

  // Whoever has it before them is told at once.
  await api(world, "PATCH", `/api/users/${tove}`, { is_active: false });
  await expect(pill).toHaveAccessibleName(`Assigned to ${NAME} (deactivated)`);
  await expect(pill.getByText("Deactivated")).toBeVisible();
  await expect(row.getByText("Deactivated")).toBeVisible();
  await expect(row).toHaveAccessibleName(new RegExp(`A bent peg.*, Assigned to ${NAME} \\(deactivated\\)`));
  await axe(page, "assigned to somebody who is deactivated");
  for (const width of [1440, 390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await expect(pill.getByText("Deactivated")).toBeInViewport({ ratio: 1 });
  }
  await api(world, "PATCH", `/api/users/${tove}`, { is_active: true });
  await expect(pill).toHaveAccessibleName(`Assigned to ${NAME}`);
});
