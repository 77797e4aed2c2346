/* Tickets that a channel makes (scenarios 11 and 12), and what an agent does with them beside the conversation. */
import { api, axe, conversationWith, shots } from "./checks";
import { expect, test } from "./fixtures";
import { person } from "./people";

const SHOTS = process.env.SHOTS;

test("mail becomes tickets of whoever gets it, an override wins, and at the limit it comes without one", async ({
  inbox: page,
  world,
}) => {
  test.slow();
  const channel = world.beginning.channel;
  const tickets = `/api/channel-accounts/${channel}/tickets`;
  const [bo, di] = [await person(world, "Bo Sandvik"), await person(world, "Di Fjell")];
  await api(world, "PUT", `/api/channel-accounts/${channel}/assignment`, {
    is_on: true,
    targets: [{ type: "user", id: bo }],
    distribution: "round_robin",
  });

  await page.goto(`${world.innboks.url}/settings/channels/${channel}/automation`);
  await page.getByRole("switch", { name: /support tickets/ }).check();
  await page.getByRole("form", { name: "Tickets" }).getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  // What receives knows of it within seconds: till then another one is written.
  let turn = 0;
  const of = async (subject: string) => {
    const { id } = await conversationWith(world, subject);
    return { id, tickets: (await api(world, "GET", `/api/tickets?conversation_id=${id}`)).items };
  };
  const arrives = async (subject: string, from = "Carl Berg <carl@customer.example>") => {
    await world.write({ from, subject, text: `${subject}, says one.` });
    return of(subject);
  };
  await expect.poll(async () => (await arrives(`Torn strap ${++turn}`)).tickets.length).toBe(1);
  const routed = await of(`Torn strap ${turn}`);
  expect(routed.tickets[0], "the owner is the conversation's").toMatchObject({
    name: `Torn strap ${turn}`,
    owner_id: bo,
  });

  await page.getByRole("button", { name: "Edit ticket" }).click();
  const panel = page.getByRole("dialog", { name: "Edit ticket" });
  await panel.getByLabel("Ticket owner").selectOption({ label: "Di Fjell" });
  const name = panel.getByRole("textbox", { name: "Ticket name" });
  const put = (token: string) => panel.getByRole("button", { name: `Insert: ${token}` }).click();
  await expect(name.locator("[data-field]"), "what is filled in is a chip").toHaveText("Subject");
  await name.press("Control+a");
  await page.keyboard.press("Delete");
  await put("Channel");
  await expect(name, "one writes on behind it").toBeFocused();
  await page.keyboard.type(": ");
  await page.keyboard.press("Enter");
  await put("Contact");
  await expect(name).toHaveText("Channel: Contact");
  if (SHOTS) await shots(page, SHOTS, "tickets-edit");
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await expect(panel).toHaveCount(0);
  expect((await api(world, "GET", tickets)).name).toBe("{channel.name}: {contact.name}");
  await expect.poll(async () => (await arrives(`Loose pole ${++turn}`)).tickets[0]?.owner_id).toBe(di);
  const overridden = await of(`Loose pole ${turn}`);
  expect((await api(world, "GET", `/api/conversations/${overridden.id}`)).assignee_id).toBe(bo);
  expect(overridden.tickets[0].name).toMatch(/: Carl Berg$/);

  await api(world, "PATCH", "/api/account", { tickets_per_contact_max: 1 });
  try {
    const third = await arrives("One too many");
    expect(third.tickets).toEqual([]);
    await page.goto(`${world.innboks.url}/inbox/all/${third.id}`);
    await expect(page.getByText("No ticket was made: this contact has as many as one may have").first()).toBeVisible();
    await expect(page.getByText("No ticket is about this yet.")).toBeVisible();
  } finally {
    await api(world, "PATCH", "/api/account", { tickets_per_contact_max: 10_000 });
    await api(world, "PUT", tickets, { is_on: false });
  }

  await page.goto(`${world.innboks.url}/inbox/all/${routed.id}`);
  const number = `T-${routed.tickets[0].id}`;
  const ticket = page.getByRole("article", { name: new RegExp(`^${number} `) });
  await expect(page.getByText(/Ticket .*Torn strap.* made by/).first()).toBeVisible();
  await expect(ticket).toContainText("New");
  await expect(ticket).toContainText("Bo Sandvik");
  const kept = () => api(world, "GET", `/api/tickets/${routed.tickets[0].id}`);

  await ticket.getByRole("button", { name: /^Priority of the ticket/ }).click();
  await page.getByRole("menuitemcheckbox", { name: "High" }).click();
  await expect(page.getByText(`${number}: priority High`)).toBeVisible();
  expect((await kept()).priority).toBe("high");
  await page.getByRole("button", { name: "Undo" }).last().click();
  await expect(ticket.getByRole("button", { name: "Priority of the ticket: None" })).toBeVisible();
  await expect.poll(async () => (await kept()).priority).toBe(null);

  await page
    .getByRole("heading", { name: /^Torn strap/ })
    .first()
    .click();
  await page.keyboard.press("s");
  await page.getByRole("combobox", { name: "Status of the ticket" }).fill("Closed");
  await expect(page.getByRole("option", { name: /Closed/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(ticket).toContainText("Closed");
  await expect(page.getByText(/closed the conversation with the ticket .*Torn strap/).first()).toBeVisible();
  await page.locator("button.events").last().click();
  await expect(page.getByText(/set the ticket .*Torn strap.* to .*Closed/).first()).toBeVisible();
  expect((await kept()).closed_at).not.toBe(null);
  const status = async () => (await api(world, "GET", `/api/conversations/${routed.id}`)).status;
  expect(await status()).toBe("closed");

  // Somebody else opens it again: it shows by itself.
  await api(world, "PATCH", `/api/tickets/${routed.tickets[0].id}`, {
    stage_id: routed.tickets[0].stage_id,
    owner_id: di,
  });
  await expect(ticket).toContainText("New");
  await expect(ticket).toContainText("Di Fjell");
  expect(await status(), "what the ticket closed it opens again").toBe("open");

  await ticket.getByRole("button", { name: "Category of the ticket: None" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Billing" }).click();
  await expect(page.getByText(`${number}: category Billing`)).toBeVisible();
  const renamed = `${routed.tickets[0].name}, and a second one that is torn in three places`;
  await ticket.getByTitle("Rename the ticket").click();
  await page.getByRole("textbox", { name: "Rename the ticket" }).fill("not kept");
  await page.keyboard.press("Escape");
  await ticket.getByTitle("Rename the ticket").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Rename the ticket" }).fill(renamed);
  await page.keyboard.press("Enter");
  await expect(page.getByText(`${number} is renamed`)).toBeVisible();
  await expect(ticket).toContainText(renamed);
  expect(await kept()).toMatchObject({ name: renamed, category: "billing_issue" });

  await page.getByRole("button", { name: "Add a ticket" }).click();
  await page.getByRole("menuitem", { name: "Make a ticket" }).click();
  await expect(page.getByRole("article", { name: /^T-/ })).toHaveCount(2);
  await ticket.hover();
  await ticket.getByRole("button", { name: `Take away the link to ${number}` }).click();
  await expect(ticket).toHaveCount(0);
  await page.getByRole("button", { name: "Add a ticket" }).click();
  await page.getByRole("menuitem", { name: "Link a ticket" }).click();
  const dialog = page.getByRole("dialog", { name: "Link a ticket" });
  await dialog.getByLabel("Words of its name").fill(renamed);
  await dialog.getByRole("button", { name: new RegExp(number) }).click();
  await expect(ticket).toHaveCount(1);
  await expect(page.getByText(`Linked to ${number}`)).toBeVisible();
  await axe(page, "tickets beside a conversation");
  if (SHOTS) await shots(page, SHOTS, "tickets-aside");

  // For the whole account: what closes along, and what counts.
  await page.goto(`${world.innboks.url}/settings/tickets`);
  await page.getByRole("switch", { name: "Close a ticket with its last open conversation" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  const account = () => api(world, "GET", "/api/account");
  expect((await account()).closing_closes_tickets).toBe(true);
  await api(world, "PATCH", `/api/conversations/${routed.id}`, { status: "closed" });
  expect((await kept()).closed_at).not.toBe(null);
  await page.getByRole("button", { name: "Undo" }).last().click();
  await expect.poll(async () => (await account()).closing_closes_tickets).toBe(false);
  const most = page.getByLabel("Tickets a contact can have");
  await most.fill("a few");
  await most.press("Enter");
  await expect(page.getByRole("alert")).toHaveText("A whole number from 0 to 1,000,000.");
  await most.fill("500");
  await most.press("Enter");
  await expect.poll(async () => (await account()).tickets_per_contact_max).toBe(500);
  await axe(page, "tickets of the account");
  // What a channel's tickets begin with is set there, and one comes from either to the other.
  const line = page.getByRole("list", { name: "Channel by channel" }).getByRole("listitem");
  await expect(line.filter({ hasText: "Support mail" })).toContainText("no ticket is opened");
  await page.getByRole("link", { name: "Change the tickets of Support mail" }).click();
  const wanted = page.getByRole("switch", { name: "Treat incoming conversations as support tickets" });
  await wanted.check();
  await page.getByRole("form", { name: "Tickets" }).getByRole("button", { name: "Save" }).click();
  const ofChannel = () => api(world, "GET", `/api/channel-accounts/${world.beginning.channel}/tickets`);
  await expect.poll(async () => (await ofChannel()).is_on).toBe(true);
  await page.getByRole("link", { name: "Tickets of all channels" }).click();
  await expect(most).toHaveValue("500");
  await expect(line.filter({ hasText: "Support mail" })).toContainText("Support pipeline · New");
  await page.getByRole("button", { name: "Undo" }).last().click();
  await expect.poll(async () => (await ofChannel()).is_on).toBe(false);
  if (SHOTS) await shots(page, SHOTS, "tickets-settings");
  await api(world, "PATCH", "/api/account", { tickets_per_contact_max: 10_000 });
});
