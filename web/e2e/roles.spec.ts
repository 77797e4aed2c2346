/* What a role opens, and how much of a person with many inboxes stands in the table. On a server of its own: its roles and inboxes are in nobody's way. */
import { expect, test } from "@playwright/test";
import { colleague } from "./api";
import { api, axe } from "./checks";
import { signIn, type World } from "./fixtures";
import { enter } from "./people";
import { startInnboks } from "./server";

const PASSWORD = "seven-quiet-herons-wade";
let own: Pick<World, "innboks" | "token">;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  const innboks = await startInnboks();
  await innboks.setup();
  own = { innboks, token: await innboks.token() };
});
test.afterAll(() => own.innboks.remove());

test("a role of one's own opens just what it allows, to whoever is signed in with it, at once", async ({ page }) => {
  const role = await api(own, "POST", "/api/roles", { name: "Shift leads", permissions: ["availability_management"] });
  const email = "rolf@tindra.example";
  await colleague(own, { name: "Rolf Roller", email, password: PASSWORD });
  const rolf = (await api(own, "GET", "/api/users")).items.find((one: { email: string }) => one.email === email);
  await api(own, "PATCH", `/api/users/${rolf.id}`, { role_id: role.id });
  await enter(page, own, email);
  await page.goto(`${own.innboks.url}/settings/availability`);
  await expect(page.getByRole("button", { name: /away/i }).first()).toBeVisible();
  await page.goto(`${own.innboks.url}/settings/channels`);
  const connect = page.getByRole("button", { name: "Connect a channel" });
  await expect(page.getByRole("heading", { level: 1, name: "Channels" })).toBeVisible();
  await expect(connect).toHaveCount(0);
  await api(own, "PATCH", `/api/roles/${role.id}`, { permissions: ["account_access"] });
  await expect(connect).toBeVisible();
  await api(own, "PATCH", `/api/roles/${role.id}`, { permissions: [] });
  await expect(connect).toHaveCount(0);

  await page.goto(`${own.innboks.url}/settings/people`);
  await expect(page.getByText("This page needs the permission “People and teams”")).toBeVisible();
  await expect(page.getByRole("button", { name: "Invite a person" })).toHaveCount(0);
  await axe(page, "a page that is not for one's role");
  await api(own, "PATCH", `/api/roles/${role.id}`, { permissions: ["user_management"] });
  await expect(page.getByRole("button", { name: "Invite a person" })).toBeVisible();
});

test("a person with many inboxes, or limits, takes one row", async ({ page }) => {
  const email = "dag@tindra.example";
  await colleague(own, { name: "Dag Mo", email, password: PASSWORD });
  const dag = (await api(own, "GET", "/api/users")).items.find((one: { email: string }) => one.email === email);
  for (const name of ["Aker", "Bygdøy", "Carl Berner", "Dæli", "Ekeberg", "Frogner"])
    await api(own, "POST", "/api/inboxes", { name });
  await signIn(page, own.innboks.url);
  await page.goto(`${own.innboks.url}/settings/people`);
  const row = page.getByRole("row").filter({ hasText: email });
  const open = (await api(own, "GET", "/api/inboxes")).items.filter(
    (one: { access: string }) => one.access === "everyone",
  );
  const frogner = open.find((one: { name: string }) => one.name === "Frogner");
  await api(own, "PATCH", `/api/inboxes/${frogner.id}`, { access: "members" });
  await expect(row).toContainText(/Aker, Bygdøy, Carl Berner and \d more/);
  for (const one of (await api(own, "GET", "/api/inboxes")).items as { id: string; access: string }[])
    if (one.access !== "everyone") await api(own, "PATCH", `/api/inboxes/${one.id}`, { access: "everyone" });
  await expect(row).toContainText(/All \d+ inboxes/);
  await api(own, "PATCH", `/api/inboxes/${frogner.id}`, { access: "members" });
  await page.goto(`${own.innboks.url}/settings/people/${dag.id}`);
  const boxes = page.getByRole("group", { name: "Inboxes" }).getByRole("checkbox");
  await expect(boxes.first()).toHaveAccessibleName(/^Frogner/);
  await expect(boxes.first()).toBeEnabled();

  const limits = { conversations_max: 20, calling_max: 5, messaging_max: 5, other_max: 10 };
  await api(own, "PATCH", `/api/users/${dag.id}/availability`, limits);
  await page.goto(`${own.innboks.url}/settings/availability`);
  const item = page.getByRole("listitem").filter({ hasText: "Dag Mo" });
  await expect(item).toContainText("calls 0 of 5 · messages 0 of 5 · email 0 of 10");
  expect((await item.locator(".num").boundingBox())?.height, "one line").toBeLessThan(30);
});
