/* People: invited by mail, in by a link, and each with what is theirs. */
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { axe } from "./checks";
import { signIn, watchForErrors } from "./fixtures";
import { type Mailbox, mailProgram, openMailbox } from "./mailbox";
import { ADMIN, type Innboks, startInnboks } from "./server";

const PASSWORD = "seven-quiet-herons-wade";

const SHOTS = process.env.SHOTS;
const keep = async (page: Page, name: string) => {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
};

let innboks: Innboks;
let mailbox: Mailbox;
let token: string;

async function ask(method: string, path: string, body?: unknown, bearer = token) {
  const answer = await fetch(`${innboks.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
  return answer.status === 204 ? undefined : await answer.json();
}

const person = async (name: string, key: string) => {
  const roles = (await ask("GET", "/api/roles")).items as { id: string; key: string | null }[];
  const email = `${name.split(" ")[0]?.toLowerCase()}@tindra.example`;
  const role_id = roles.find((role) => role.key === key)?.id;
  const made = await ask("POST", "/api/users", { name, email, password: PASSWORD, role_id });
  return { id: made.id as string, email };
};

async function enter(page: Page, email: string): Promise<void> {
  await page.goto(`${innboks.url}/sign-in`);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/inbox/open");
}

test.beforeAll(async () => {
  test.setTimeout(240_000);
  mailbox = await openMailbox();
  innboks = await startInnboks(undefined, {
    INNBOKS_SMTP_OUT: `127.0.0.1:${mailbox.port}`,
    INNBOKS_SMTP_OUT_TLS: "none",
  });
  await innboks.setup();
  token = await innboks.token();
});
test.afterAll(async () => {
  await innboks.remove();
  await mailbox.close();
});

test("an invitation goes by mail, opens once, and leads to the inboxes that were given", async ({ page, browser }) => {
  const errors = watchForErrors(page);
  await ask("POST", "/api/inboxes", { name: "Repairs", access: "members", member_ids: [] });
  await ask("POST", "/api/inboxes", { name: "Board", access: "members", member_ids: [] });
  await signIn(page, innboks.url);
  await page.goto(`${innboks.url}/settings/people`);
  await expect(page.getByRole("row", { name: /Amina Yusuf/ })).toContainText("Super admin");
  await page.getByRole("button", { name: "Invite a person" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite a person" });
  await dialog.getByLabel("Email").fill("jonas@tindra.example");
  await dialog.getByLabel("Name").fill("Jonas Berg");
  await dialog.getByRole("checkbox", { name: "Repairs" }).check();
  await keep(page, "people inviting");
  await axe(page, "inviting");
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByText("The invitation to jonas@tindra.example is sent")).toBeVisible();
  await expect(page.getByRole("row", { name: /Jonas Berg/ })).toContainText("Invited");
  await keep(page, "people people");
  await axe(page, "people");

  const { raw } = await mailbox.waitFor("/invitation#");
  const link = /http:\S+\/invitation#\S+/.exec(raw.replace(/=\r?\n/g, "").replaceAll("=3D", "="))?.[0] ?? "";
  const mine = await page.context().newPage();
  await mine.goto(link);
  await expect(mine.getByText("You are signed in as Amina Yusuf here.")).toContainText(
    "as jonas@tindra.example instead",
  );
  await mine.close();
  const guest = await (await browser.newContext()).newPage();
  await guest.goto(link);
  await expect(guest.getByRole("heading", { name: `Welcome to ${ADMIN.account}` })).toBeVisible();
  await expect(guest.getByText("You are signed in as")).toHaveCount(0);
  await keep(guest, "people the invitation");
  await axe(guest, "the invitation");
  await guest.getByLabel("Your name").fill("Jonas Berg-Lie");
  await guest.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await guest.getByRole("button", { name: "Join" }).click();
  await guest.waitForURL("**/inbox/open");
  const views = guest.getByRole("navigation", { name: "Views" });
  await expect(views).toContainText("Repairs");
  await expect(views).not.toContainText("Board");
  await expect(page.getByRole("row", { name: /Jonas Berg-Lie/ })).not.toContainText("Invited");

  const late = await browser.newPage();
  await late.goto(link);
  await expect(late.getByRole("heading", { name: "This invitation does not work" })).toBeVisible();
  await late.close();
  await guest.close();
  expect(errors).toEqual([]);
});

test("without a mail server the link stands there to be passed on", async ({ page, browser }) => {
  await signIn(page, innboks.url);
  const { id } = (await ask("POST", "/api/invitations", { email: "link@tindra.example", by_mail: false }).then(
    (made) => ({ id: made.user_id as string }),
  )) as { id: string };
  await page.goto(`${innboks.url}/settings/people/${id}`);
  await page.getByRole("button", { name: "Copy a link" }).click();
  const link = await page.getByRole("dialog", { name: "Pass the link on" }).getByLabel("Link").inputValue();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Take back" }).click();
  await expect(page.getByText(/is taken back/)).toBeVisible();
  const guest = await (await browser.newContext()).newPage();
  await guest.goto(link);
  await expect(guest.getByRole("heading", { name: "This invitation does not work" })).toBeVisible();
  await guest.close();
});

test("an admin who is no member reads a closed inbox, cannot answer, and may join", async ({ page }) => {
  const admin = await person("Ines Admin", "admin");
  const inbox = await ask("POST", "/api/inboxes", { name: "Warranty", access: "members" });
  const printed = await innboks.cli(
    "connect",
    "email",
    "--name",
    "Warranty mail",
    "--inbox",
    inbox.id,
    "method=forwarding",
    "address=warranty@tindra.example",
    "smtp_host=127.0.0.1",
    `smtp_port=${mailbox.port}`,
    "smtp_tls=none",
  );
  const write = mailProgram(innboks.smtpPort, (JSON.parse(printed) as { hosted_address: string }).hosted_address);
  await write({ from: "leo@example.net", subject: "A broken zip", text: "It came apart." });
  await enter(page, admin.email);
  await page.getByRole("link", { name: /A broken zip/ }).click();
  await expect(page.getByRole("article").getByText("It came apart.")).toBeVisible();
  const why = "You can read Warranty; only members answer, assign and change anything in it.";
  const bar = page.getByRole("region", { name: "Answer" });
  await expect(bar).toContainText(why);
  await expect(page.getByRole("textbox", { name: /Reply|Answer/ })).toHaveCount(0);
  // Nothing that would be refused is offered: not in the header, in no menu, not by a key, and not for many.
  const header = page.locator(".threadhead");
  const offered =
    /^(Close|Reopen|Assign|Snooze|Priority|Add tags|Tags|Status|Reply|Forward|Comment|Merge|Split|Move|Spam|Trash|Move to the trash|Mark as spam)/;
  await expect(header.getByText("Unassigned")).toBeVisible();
  await expect(header.getByRole("button", { name: offered })).toHaveCount(0);
  const entries = async () => (await page.getByRole("menuitem").allTextContents()).filter((one) => offered.test(one));
  await header.getByRole("button", { name: "More" }).click();
  await expect(page.getByRole("menuitem", { name: /unread/ })).toBeVisible();
  expect(await entries()).toEqual([]);
  await page.keyboard.press("Escape");
  const row = page.getByRole("link", { name: /A broken zip/ });
  await row.click({ button: "right" });
  await expect(page.getByRole("menuitem", { name: /unread/ })).toBeVisible();
  expect(await entries()).toEqual([]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("assign");
  await expect(page.getByRole("option", { name: /Unassigned/ }).first()).toBeVisible();
  await expect(page.getByRole("option", { name: /^Assign/ })).toHaveCount(0);
  await page.keyboard.press("Escape");
  for (const key of ["Shift+I", "i"]) {
    await page.keyboard.press(key);
    const told = page.getByRole("alert").filter({ hasText: why });
    await expect(told).toBeVisible();
    await told.getByRole("button").first().click();
    await expect(told).toHaveCount(0);
  }
  await page.keyboard.press("x");
  const many = page.locator(".bulkbar");
  await expect(many).toContainText(why);
  await expect(many.getByRole("button", { name: offered })).toHaveCount(0);
  await keep(page, "people reading many");
  await page.keyboard.press("x");
  const { items } = (await ask("GET", "/api/conversations?view=open")) as unknown as {
    items: { subject: string; assignee_id: string | null }[];
  };
  expect(items.find((one) => one.subject === "A broken zip")?.assignee_id, "nobody has it").toBe(null);
  await keep(page, "people reading only");
  await axe(page, "reading only");
  await page.getByRole("button", { name: "Join" }).click();
  await expect(bar).toHaveCount(0);
  await expect(header.getByRole("button", { name: /^Close/ })).toBeVisible();
  await expect(header.getByRole("button", { name: /^Assign/ })).toBeVisible();
  await expect(page.locator(".composer")).toBeVisible();
});

test("who is deactivated is out at once; what they did stays, and undo lets them in again", async ({
  page,
  browser,
}) => {
  const agent = await person("Tove Agent", "agent");
  const theirs = await browser.newPage();
  await enter(theirs, agent.email);
  await signIn(page, innboks.url);
  await page.goto(`${innboks.url}/settings/people/${agent.id}`);
  await page.getByRole("button", { name: "Deactivate" }).click();
  await expect(page.getByRole("banner").or(page.locator(".personhead")).getByText("Deactivated")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "Tove Agent is deactivated" })).toBeVisible();
  await expect(page.getByText(/What is assigned to them stays so/)).toBeVisible();
  await expect(theirs.getByRole("dialog")).toBeVisible();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(page.getByRole("button", { name: "Deactivate" })).toBeVisible();
  await enter(theirs, agent.email);
  await theirs.close();
});

test("teams, roles and the access of an inbox, by keyboard alone", async ({ page }) => {
  test.slow(); // every screen is looked at by axe
  const agent = await person("Kim Keys", "agent");
  await signIn(page, innboks.url);
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await page.goto(`${innboks.url}/settings/teams`);
  await page.getByLabel("New team").focus();
  await page.keyboard.type("Tents");
  await press("Enter");
  const team = page.getByRole("region", { name: "Tents" });
  await expect(team).toBeVisible();
  await team.getByRole("button", { name: "Add a main member" }).focus();
  await press("Enter");
  await expect(page.getByRole("combobox", { name: "Add a main member" })).toBeFocused();
  await page.keyboard.type("Kim");
  await expect(page.getByRole("option", { name: /Kim Keys/ })).toBeVisible();
  await press("Enter");
  await expect(team.getByRole("group", { name: "Main members" })).toContainText("Kim Keys");
  await keep(page, "people teams");
  await axe(page, "teams");

  await page.goto(`${innboks.url}/settings/roles`);
  await page.getByLabel("New role").focus();
  await page.keyboard.type("Connectors");
  await press("Enter");
  const box = page.getByRole("checkbox", { name: "Connectors: Channels and inboxes" });
  await box.focus();
  await press("Space");
  await expect(box).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Agent: Everything" })).toBeDisabled();
  await page.getByRole("button", { name: /^Undo/ }).focus();
  await press("Enter");
  await expect(box).not.toBeChecked();
  await page.getByRole("textbox", { name: "Name of Connectors" }).focus();
  await press("ControlOrMeta+a");
  await page.keyboard.type("Plumbers");
  await press("Enter");
  await expect(page.getByRole("checkbox", { name: "Plumbers: Channels and inboxes" })).toBeVisible();
  await keep(page, "people roles");
  await axe(page, "roles");

  await page.goto(`${innboks.url}/settings/inboxes`);
  await page.getByRole("button", { name: "New inbox" }).focus();
  await press("Enter");
  await expect(page.getByRole("dialog", { name: "New inbox" }).getByLabel("Name")).toBeFocused();
  await page.keyboard.type("Rentals");
  await press("Tab", "ArrowDown");
  await page.getByRole("button", { name: "Make inbox" }).focus();
  await press("Enter");
  const inbox = page.getByRole("region", { name: "Rentals" });
  await expect(inbox.getByRole("radio", { name: /Certain people and teams/ })).toBeChecked();
  await inbox.getByRole("button", { name: "Add a team" }).focus();
  await press("Enter");
  await expect(page.getByRole("combobox", { name: "Add a team" })).toBeFocused();
  await page.keyboard.type("Tents");
  await expect(page.getByRole("option", { name: "Tents" })).toBeVisible();
  await press("Enter");
  await expect(inbox.getByRole("group", { name: "Teams" })).toContainText("Tents");
  await keep(page, "people an inbox");
  await axe(page, "an inbox");
  const theirs = (await ask("GET", `/api/people/${agent.id}`)) as { reach: { may_act: boolean }[] };
  expect(theirs.reach.filter((one) => one.may_act).length).toBeGreaterThan(1);
});
