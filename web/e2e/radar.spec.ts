/* What is stuck: a badge for everybody, with what to do, and gone when it is mended. The empty page: states.spec.ts. */
import { join } from "node:path";
import { api, axe, colleague, conversationWith, shots } from "./checks";
import { expect, test } from "./fixtures";

const SHOTS = process.env.SHOTS;
const RADA = { name: "Rada Example", email: "rada@tindra.example", password: "slow-river-under-ice" };

test("an answer that was not delivered shows at once, leads to it, and goes when it is mended", async ({
  inbox,
  world,
}) => {
  const badge = inbox.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /stuck/ });
  const row = inbox.getByRole("listitem").filter({ hasText: "An answer was not delivered" });
  await world.write({ from: "Maja <maja@customer.example>", subject: "Will it come", text: "Will it?" });
  const { id } = await conversationWith(world, "Will it come");
  world.mailbox.refuse("5.1.1 not today");
  const reply = { type: "reply", text: "Yes.", hold_s: 0 };
  const sent = await api(world, "POST", `/api/conversations/${id}/messages`, reply);
  await badge.click();
  await expect(row).toContainText("Retry, reach them another way, or mark it there as dealt with.");
  await axe(inbox, "what is stuck");
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "radar.png") });
  await row.getByRole("link", { name: "Show" }).click();
  await expect(inbox).toHaveURL(new RegExp(`/inbox/failed/${id}`));
  await expect(inbox.getByRole("main")).toContainText("Will it?");

  await inbox.goto(`${world.innboks.url}/radar`);
  await expect(row).toBeVisible();
  world.mailbox.refuse(null);
  await api(world, "POST", `/api/messages/${sent.id}/retry`, {});
  await world.mailbox.waitFor("Yes.");
  await expect(row).toHaveCount(0);
});

test("an answer that is dealt with stays marked and puts the badge out, and Undo brings it back", async ({
  inbox,
  world,
}) => {
  const badge = inbox.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /stuck/ });
  await world.write({ from: "Odd <odd@customer.example>", subject: "Nobody there", text: "Are you?" });
  const { id } = await conversationWith(world, "Nobody there");
  world.mailbox.refuse("5.1.1 no such mailbox");
  await api(world, "POST", `/api/conversations/${id}/messages`, { type: "reply", text: "We are.", hold_s: 0 });
  await expect(badge).toBeVisible();
  await inbox.goto(`${world.innboks.url}/inbox/open/${id}`);
  const main = inbox.getByRole("main");
  const deal = main.getByRole("button", { name: "Dealt with", exact: true });
  await deal.click();
  await expect(main).toContainText("You dealt with it");
  await expect(badge).toHaveCount(0);
  await inbox.getByRole("button", { name: "Undo" }).click();
  await expect(badge).toBeVisible();
  await expect(main.getByRole("button", { name: "Retry" })).toBeVisible();
  if (SHOTS) await shots(inbox, SHOTS, "not-dealt-with");

  await deal.press("Enter");
  await expect(main).toContainText("There is no mailbox with this address");
  await expect(main.getByRole("button", { name: "Not dealt with" })).toBeFocused();
  await expect(badge).toHaveCount(0);
  expect((await api(world, "GET", "/api/conversations?view=failed")).items).toEqual([]);
  await axe(inbox, "an answer that was dealt with");
  if (SHOTS) await shots(inbox, SHOTS, "dealt-with");
  expect(await inbox.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await main.getByRole("button", { name: "Not dealt with" }).click();
  await expect(badge).toBeVisible();

  // The same person is reached by a later answer: then it is over by itself.
  world.mailbox.refuse(null);
  await api(world, "POST", `/api/conversations/${id}/messages`, { type: "reply", text: "Now we are.", hold_s: 0 });
  await expect(main).toContainText("A later answer got through");
  await expect(badge).toHaveCount(0);
});

test("an agent sees on a phone what concerns their inboxes, and is led to it", async ({ browser, world }) => {
  await world.write({
    from: "",
    raw: "To: support@tindra.example\r\nSubject: Torn\r\nDate: Mon, 2 Nov 2026 09:00:00 +0100\r\n\r\nHalf.\r\n",
  });
  await expect.poll(async () => (await api(world, "GET", "/api/deliveries")).items.length).toBeGreaterThan(0);
  await colleague(world, RADA);
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  const { email, password } = RADA;
  const headers = { origin: world.innboks.url };
  await context.request.post(`${world.innboks.url}/api/session`, { data: { email, password }, headers });
  const page = await context.newPage();
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: /stuck/ }).click();
  const row = page.getByRole("listitem").filter({ hasText: "to Support mail could not be read" });
  await expect(row).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  if (SHOTS) await page.screenshot({ path: join(SHOTS, "radar-phone.png") });
  await row.getByRole("link", { name: "Quarantine" }).click();
  await expect(page).toHaveURL(/settings\/quarantine/);
  await context.close();
});

test("a channel that is silent longer than it ever was says so, administrators are told, and a test that comes back puts it out", async ({
  inbox,
  world,
}) => {
  test.setTimeout(360_000); // two looks for what is stuck, a minute each
  const config = {
    method: "forwarding",
    address: "shop@tindra.example",
    company_name: "Tindra Shop",
    smtp_host: "127.0.0.1",
    smtp_port: world.mailbox.port,
    smtp_tls: "none",
  };
  const inbox_id = world.beginning.inbox.id;
  const shop = { kind: "email", name: "Shop mail", inbox_id, config };
  const { id, hosted_address } = await api(world, "POST", "/api/channel-accounts", shop);
  await inbox.goto(`${world.innboks.url}/settings/channels`);
  const card = inbox.getByRole("article", { name: "Shop mail" });
  await expect(card).toContainText("Connected");
  await world.innboks.fallSilent(id, 5.5 * 3600);

  // The card, and a badge for everybody that leads to it.
  await expect(card).toContainText("Unusually quiet for 5 h");
  await expect(card).toContainText(/Normally a message every 1\d min\. Test it\./);
  await axe(inbox, "a quiet channel");
  if (SHOTS) await shots(inbox, SHOTS, "quiet-card");
  const badge = inbox.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /stuck/ });
  await badge.click();
  const row = inbox.getByRole("listitem").filter({ hasText: "Shop mail is unusually quiet" });
  await expect(row).toContainText("Send a test to it");
  if (SHOTS) await shots(inbox, SHOTS, "quiet-radar");
  await row.getByRole("link").click();
  await expect(inbox).toHaveURL(new RegExp(`/settings/channels/${id}`));
  if (SHOTS) await shots(inbox, SHOTS, "quiet-page");

  // Administrators are told, too: by the bell, which leads to the channel, and by mail.
  const bell = inbox.getByRole("link", { name: /^Notifications, \d+ unread$/ });
  await bell.click({ timeout: 90_000 });
  const line = inbox.getByRole("listitem").filter({ hasText: "Shop mail is unusually quiet" });
  await expect(line).toContainText("Send a test to it");
  await axe(inbox, "told of a quiet channel");
  if (SHOTS) await shots(inbox, SHOTS, "quiet-told");
  await line.getByRole("link", { name: /^Unread, Shop mail/ }).click();
  await expect(inbox).toHaveURL(new RegExp(`/settings/channels/${id}`));
  await expect(bell).toHaveCount(0);
  const alarm = await world.mailbox.waitFor("To: Amina Yusuf <amina@tindra.example>");
  const words = Buffer.from(alarm.raw.split("\r\n\r\n")[1] ?? "", "base64").toString();
  expect(words).toContain("“Shop mail” is unusually quiet.");

  // The one thing to do about it.
  await inbox.goto(`${world.innboks.url}/settings/channels`);
  await card.getByRole("button", { name: "Send a test: Shop mail", exact: true }).click();
  const dialog = inbox.getByRole("dialog");
  await expect(dialog).toContainText("Waiting for it to come back");
  await world.mailbox.passOn(world.innboks.smtpPort, hosted_address, /\[test \d+-[0-9a-f]+\]/);
  await expect(dialog).toContainText("It came back", { timeout: 30_000 });
  await inbox.keyboard.press("Escape");
  const isToday = await inbox.evaluate(() => new Date(Date.now() - 5.5 * 3_600_000).getDate() === new Date().getDate());
  await expect(card).toContainText(`Connected, last message ${isToday ? "5 hr ago" : "yesterday"}`);
  await expect(badge).toHaveCount(0);
  await inbox.goto(`${world.innboks.url}/notifications`);
  await expect(line).toContainText("Over: Shop mail is unusually quiet", { timeout: 90_000 });
  if (SHOTS) await shots(inbox, SHOTS, "quiet-over");
});

test("several answers that should have left are named one by one", async ({ inbox, world }) => {
  const names = ["Ola", "Per"];
  for (const name of names) {
    await world.write({ from: `${name} <${name}@late.example>`, subject: `Late for ${name}`, text: "When?" });
    const { id } = await conversationWith(world, `Late for ${name}`);
    await api(world, "POST", `/api/conversations/${id}/messages`, { type: "reply", text: "Soon.", hold_s: 30 });
    await world.innboks.late(id, 600);
  }
  await inbox.goto(`${world.innboks.url}/radar`);
  const row = inbox.getByRole("listitem").filter({ hasText: "2 answers should have left" });
  await row.getByText("Show the 2 conversations").press("Enter");
  const links = row.getByRole("list").getByRole("link");
  await expect(links).toHaveText(names.map((name) => `${name} · Late for ${name}`));
  await axe(inbox, "answers that should have left");
  if (SHOTS) await shots(inbox, SHOTS, "unsent");
  await links.last().click();
  await expect(inbox).toHaveURL(/\/inbox\/all\/\d+/);
  await expect(inbox.getByRole("heading", { name: "Late for Per" })).toBeVisible();
});
