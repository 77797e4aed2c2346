/* What is promised of a team's mail, played as people do it: whose mailbox it is, who is told, under whom a mail is filed, and what customers see. */
import type { Page } from "@playwright/test";
import { api, choose, conversationWith } from "./checks";
import { expect, fillComposer, test, type World } from "./fixtures";
import { readable } from "./mailbox";
import { person } from "./people";

const CARL = "carl@customer.example";

/** Fills the first step of connecting an address by forwarding. */
async function beginEmail(page: Page, world: World, name: string, address: string): Promise<void> {
  await page.goto(`${world.innboks.url}/settings/channels/connect-email`);
  await page.getByLabel("Name in the inbox").fill(name);
  await page.getByLabel("Address", { exact: true }).fill(address);
  await page.getByText("More settings").click();
  await page.getByLabel("SMTP server").fill("127.0.0.1");
  await page.getByLabel("SMTP port").fill(String(world.mailbox.port));
  await page.getByLabel("SMTP encryption").selectOption("none");
}

const goOn = (page: Page) => page.getByRole("button", { name: "Continue", exact: true }).click();

async function configure(page: Page, world: World): Promise<void> {
  await page.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}`);
  await expect(page.getByLabel("Company name")).toBeVisible();
}

async function save(page: Page): Promise<void> {
  await page.getByRole("tabpanel").getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
}

/** Answers a customer in the browser; what their mail program got. */
async function answers(page: Page, world: World, subject: string, text: string): Promise<string> {
  await world.write({ from: `Maja Lindqvist <maja@customer.example>`, subject, text: "Hello" });
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: new RegExp(subject) }).click();
  await fillComposer(page, /^Reply through/, text);
  await page.keyboard.press("Control+Enter");
  return readable((await world.mailbox.waitFor(text)).raw);
}

test("one's own mailbox is nobody else's, and the same address is not connected as the team's, too", async ({
  inbox: page,
  world,
}) => {
  test.slow();
  await beginEmail(page, world, "Just mine", "support@x.example");
  await choose(page.getByRole("radio", { name: /^Mine alone/ }));
  await expect(page.getByLabel("Inbox name")).toHaveValue("Amina Yusuf's mail");
  await expect(page.getByText("Draft saved")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("radio", { name: /^Mine alone/ }), "it is part of what is kept").toBeChecked();
  await goOn(page);
  await expect(page.getByRole("button", { name: "Send a test" }), "it is connected").toBeVisible();
  await page.locator("#main").getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("article", { name: "Just mine" }).getByText("Yours alone")).toBeVisible();

  const { items } = await api(world, "GET", "/api/channel-accounts");
  const mine = items.find((one: { name: string }) => one.name === "Just mine");
  expect(mine.owner_id).toBe(world.beginning.myId);
  const inboxes = (await api(world, "GET", "/api/inboxes")).items;
  expect(inboxes.find((one: { id: string }) => one.id === mine.inbox_id)).toMatchObject({
    access: "members",
    member_ids: [world.beginning.myId],
  });
  await page.goto(`${world.innboks.url}/settings/channels/${mine.id}`);
  await expect(page.getByText("Yours alone")).toBeVisible();

  await beginEmail(page, world, "The team's", "support@x.example");
  await expect(page.getByRole("radio", { name: /^The team's/ })).toBeChecked();
  await goOn(page);
  await expect(page.getByRole("alert")).toContainText(
    "support@x.example is connected as the personal mailbox of Amina Yusuf.",
  );
});

test("what a colleague forwards is filed under the customer, or with the switch off under the colleague", async ({
  inbox: page,
  world,
}) => {
  test.slow();
  await person(world, "Bo Sandvik");
  const forward = (subject: string) =>
    world.write({
      from: "Bo Sandvik <bo@tindra.example>",
      subject: `Fwd: ${subject}`,
      text: [
        "Can you take this?",
        "",
        "---------- Forwarded message ---------",
        `From: Carl Berg <${CARL}>`,
        "Date: Mon, 2 Nov 2026 at 09:00",
        `Subject: ${subject}`,
        "To: <bo@tindra.example>",
        "",
        "My zip is broken.",
        "",
      ].join("\n"),
    });
  await forward("Broken zip");
  await page.getByRole("link", { name: /Broken zip/ }).click();
  await expect(page.getByRole("complementary", { name: /Carl Berg/ })).toContainText(CARL);

  await configure(page, world);
  const original = page.getByRole("switch", { name: "Use the original sender for forwarded emails" });
  await expect(original, "it is on at first (R-131)").toBeChecked();
  await original.uncheck();
  await save(page);
  // What receives knows of it within seconds: till then another one is forwarded.
  let turn = 0;
  await expect
    .poll(async () => {
      await forward(`Torn strap ${++turn}`);
      return (await conversationWith(world, `Fwd: Torn strap ${turn}`)).contact?.address;
    })
    .toBe("bo@tindra.example");
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: new RegExp(`Torn strap ${turn}\\b`) }).click();
  await expect(page.getByRole("complementary", { name: /Bo Sandvik/ })).toContainText("bo@tindra.example");
  await expect(page.getByRole("complementary", { name: /Carl Berg/ })).toHaveCount(0);
  await configure(page, world);
  await original.check();
  await save(page);
});

test("a contact's owner gets what the contact writes, and while away a mail about it", async ({
  inbox: page,
  world,
}) => {
  test.slow();
  const bo = await person(world, "Bo Sandvik");
  const carl = async (subject: string) => {
    await world.write({ from: `Carl Berg <${CARL}>`, subject, text: `${subject}?` });
    return conversationWith(world, subject);
  };
  const { contact } = await carl("Old zip");
  await api(world, "PATCH", `/api/contacts/${contact?.id}`, { owner_id: bo });
  await page.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}/automation`);
  const panel = page.getByRole("tabpanel", { name: "Automation" });
  await panel.getByRole("switch", { name: "Assign conversations automatically" }).check();
  await choose(panel.getByRole("radio", { name: /^The contact's owner/ }));
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("The rule of Support mail is saved")).toBeVisible();
  // It holds in every process within three seconds.
  let nth = 0;
  const next = async () => {
    nth += 1;
    return (await carl(`New zip ${nth}`)).assignee_id;
  };
  await expect.poll(next, { timeout: 30_000 }).toBe(bo);

  await api(world, "PATCH", `/api/users/${bo}/availability`, { status: "away" });
  expect((await carl("Torn strap")).assignee_id, "it waits for whoever is there").toBeNull();
  const { to, raw } = await world.mailbox.waitFor("Subject: New message from Carl Berg");
  expect(to).toEqual(["bo@tindra.example"]);
  expect(Buffer.from(raw.split("\r\n\r\n")[1] ?? "", "base64").toString()).toContain("Torn strap?");
  await page.goto(`${world.innboks.url}/inbox/unassigned`);
  await page.getByRole("link", { name: /Torn strap/ }).click();
  await page.getByRole("button", { name: /^2 events/ }).click();
  await expect(page.getByText("Rule Support mail: nobody was available")).toBeVisible();
  const told = "Bo Sandvik owns this contact and is away, so it was sent to them by email";
  await expect(page.getByText(told)).toBeVisible();
});

test("customers see the person and the company, or the company alone, and each token as the one who answers", async ({
  inbox: page,
  world,
}) => {
  test.slow();
  await configure(page, world);
  await page.getByLabel("Company name").fill("X Ltd");
  await page.getByLabel("From name").selectOption({ label: "Person and company" });
  await choose(page.getByRole("radio", { name: "HTML" }));
  await page
    .getByRole("textbox", { name: "Signature" })
    .fill("<p>first {{first_name}} last {{last_name}} full {{full_name}}</p>");
  await save(page);
  const both = await answers(page, world, "Both names", "This is from the two of us.");
  expect(both).toMatch(/^From: "?Amina Yusuf at X Ltd"? <support@tindra\.example>/m);
  expect(both).toContain("first Amina last Yusuf full Amina Yusuf");
  expect(both).not.toContain("{{");

  await configure(page, world);
  await page.getByLabel("From name").selectOption({ label: "The company only" });
  await save(page);
  // The worker hears of it within three seconds; what leaves before that has the name of before.
  let nth = 0;
  await expect(async () => {
    nth += 1;
    const company = await answers(page, world, `One name ${nth}`, `This is from the company, ${nth}.`);
    expect(company).toMatch(/^From: "?X Ltd"? <support@tindra\.example>/m);
  }).toPass();
  await configure(page, world);
  await page.getByLabel("From name").selectOption({ label: "Person and company" });
  await page.getByLabel("Company name").fill("");
  await choose(page.getByRole("radio", { name: "HTML" }));
  await page.getByRole("textbox", { name: "Signature" }).fill("");
  await save(page);
});

test("without tickets their step is not there, and with them it is", async ({ inbox: page, world }) => {
  test.setTimeout(240_000);
  const steps = page.getByRole("list", { name: "Steps" }).getByRole("button");
  await page.goto(`${world.innboks.url}/settings/channels/connect-email`);
  await expect(steps).toHaveText([/Account/, /Details/, /Assignment/, /Tickets/]);
  await world.innboks.cli("ticketing", "off");
  try {
    await page.reload();
    await expect(steps).toHaveText([/Account/, /Details/, /Assignment/]);
    await page.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}/automation`);
    await expect(page.getByRole("switch", { name: "Assign conversations automatically" })).toBeVisible();
    await expect(page.getByRole("switch", { name: /support tickets/ })).toHaveCount(0);
  } finally {
    await world.innboks.cli("ticketing", "on");
  }
  await page.reload();
  await expect(page.getByRole("switch", { name: /support tickets/ })).toBeVisible();
});
