/* What a role opens, and how much of a person with many inboxes stands in the table. On a server of its own: its roles and inboxes are in nobody's way. */
import { expect, test } from "@playwright/test";
import { colleague } from "./api";
import { api, axe } from "./checks";
import { signIn, type World } from "./fixtures";
import { mailProgram, openMailbox } from "./mailbox";
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

test("who is in no inbox is told so on every page, and offered nothing that leads nowhere", async ({ page }) => {
  const email = "nils@tindra.example";
  await colleague(own, { name: "Nils Ny", email, password: PASSWORD });
  const all: { id: string }[] = (await api(own, "GET", "/api/inboxes")).items;
  for (const one of all) await api(own, "PATCH", `/api/inboxes/${one.id}`, { access: "members", member_ids: [] });
  try {
    await enter(page, own, email);
    const list = page.getByRole("region", { name: "Conversations" });
    await expect(list.getByText("You are in no inbox yet")).toBeVisible();
    await expect(page.getByRole("link", { name: "Connect a channel" })).toHaveCount(0);
    await axe(page, "an inbox for nobody");
    await page.goto(`${own.innboks.url}/settings/inboxes`);
    await expect(page.getByText("You are in no inbox yet")).toBeVisible();
    await page.goto(`${own.innboks.url}/settings/channels`);
    await expect(page.getByText(/Connecting needs the permission “Channels and inboxes”/)).toBeVisible();
    await page.goto(`${own.innboks.url}/settings/properties`);
    await expect(page.getByText(/Defining them needs the permission “Channels and inboxes”/)).toBeVisible();
    await page.goto(`${own.innboks.url}/contacts`);
    await expect(page.getByText(/You see whoever writes to an inbox of yours, and you are in none yet/)).toBeVisible();
    // In one where nothing is connected, too, nobody is led to what they may not do.
    const nils = (await api(own, "GET", "/api/users")).items.find((one: { email: string }) => one.email === email);
    const quiet = await api(own, "POST", "/api/inboxes", { name: "Quiet", access: "members", member_ids: [nils.id] });
    await page.goto(`${own.innboks.url}/inbox/open`);
    await expect(
      list.getByText("No channel is connected to your inboxes yet. An administrator can connect one."),
    ).toBeVisible();
    await expect(page.getByRole("link", { name: "Connect a channel" })).toHaveCount(0);
    await api(own, "PATCH", `/api/inboxes/${quiet.id}`, { is_archived: true });
  } finally {
    for (const one of all) await api(own, "PATCH", `/api/inboxes/${one.id}`, { access: "everyone" });
  }
});

test("who only reads an inbox is offered nothing that changes its contacts or its quarantine, and told why", async ({
  page,
}) => {
  const email = "rita@tindra.example";
  await colleague(own, { name: "Rita Reader", email, password: PASSWORD });
  const rita = (await api(own, "GET", "/api/users")).items.find((one: { email: string }) => one.email === email);
  const roles: { id: string; key: string | null }[] = (await api(own, "GET", "/api/roles")).items;
  await api(own, "PATCH", `/api/users/${rita.id}`, { role_id: roles.find((one) => one.key === "admin")?.id });
  const closed = await api(own, "POST", "/api/inboxes", { name: "Closed", access: "members" });
  const mailbox = await openMailbox();
  const where = ["--name", "Closed mail", "--inbox", "Closed", "method=forwarding", "address=closed@tindra.example"];
  const outgoing = ["smtp_host=127.0.0.1", `smtp_port=${mailbox.port}`, "smtp_tls=none"];
  const printed = await own.innboks.cli("connect", "email", ...where, ...outgoing);
  await mailbox.close();
  const write = mailProgram(own.innboks.smtpPort, JSON.parse(printed).hosted_address);
  await write({ from: "Leo <leo@shop.example>", subject: "Hello", text: "Hello." });
  await write({ from: "", raw: "To: closed@tindra.example\r\nSubject: Torn\r\n\r\nHalf.\r\n" });
  const leo = async () =>
    (await api(own, "GET", "/api/conversations")).items.find((one: { subject: string }) => one.subject === "Hello");
  await expect.poll(leo).toBeTruthy();
  await enter(page, own, email);
  await page.goto(`${own.innboks.url}/contacts/${(await leo()).contact.id}`);
  await expect(page.getByText(/You can look at this contact/)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Leo" })).toBeVisible();
  for (const name of [/^Merge/, "More about this contact", "Add an address", "Write a note", /^Owner/, /^Leo$/])
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  await axe(page, "a contact that is only looked at");
  const liv = await api(own, "POST", "/api/contacts", { name: "Liv Lunde" });
  await page.goto(`${own.innboks.url}/contacts`);
  const bar = page.getByRole("toolbar", { name: "What to do with the chosen contacts" });
  const table = page.getByRole("table", { name: "Contacts" });
  await table.getByRole("checkbox", { name: /Leo/ }).check();
  await expect(bar.getByRole("status")).toHaveText(/1 chosen · 1 can only be looked at: you are a member of no inbox/);
  await expect(bar.getByRole("button")).toHaveText(["Export", "End selection"]);
  await axe(page, "chosen contacts that are only looked at");
  await table.getByRole("checkbox", { name: /Liv Lunde/ }).check();
  await bar.getByRole("button", { name: "Block" }).click();
  await expect(page.getByText("1 contact changed")).toBeVisible();
  expect((await api(own, "GET", `/api/contacts/${liv.id}`)).is_blocked).toBe(true);
  await expect(page.getByText(/are not a member of an inbox they wrote to/)).toHaveCount(0);
  await page.goto(`${own.innboks.url}/settings/quarantine`);
  const row = page.getByRole("listitem").filter({ hasText: "Torn" });
  await expect(row).toContainText("You can read Closed; only members answer");
  await expect(row.getByRole("button")).toHaveText(["Look at it"]);
  await api(own, "PUT", `/api/inboxes/${closed.id}/members/${rita.id}`);
  await expect(row.getByRole("button")).toHaveText(["Look at it", "Try again", "Set aside"]);
});
