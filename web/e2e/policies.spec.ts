/* What an inbox wants: a mail with another subject is asked about or begins anew, and what somebody has is answered by them alone (AHEAD 8, 9). */
import { api, axe, conversationWith, cutTexts, shots } from "./checks";
import { reply } from "./composing";
import { expect, test } from "./fixtures";
import { enter, person } from "./people";

const SHOTS = process.env.SHOTS;
const TOR = "Tor Rot <tor@rot.example>";

test("a mail with another subject is split off in one press, or belongs where it is for everybody", async ({
  inbox: page,
  world,
}) => {
  const first = await world.write({
    from: TOR,
    subject: "Tent pegs",
    text: "They bend.",
    messageId: "<p1@rot.example>",
  });
  await conversationWith(world, "Tent pegs");
  await world.write({ from: TOR, subject: "Your invoice 77", text: "It is wrong.", inReplyTo: first.messageId });
  await world.write({ from: TOR, subject: "SV: Your invoice 77", text: "And late.", inReplyTo: first.messageId });
  await page.getByRole("link", { name: /Tent pegs/ }).click();
  await expect(page.getByRole("main").getByRole("article")).toHaveCount(3);
  const suggestion = page.getByRole("note", { name: "Another subject" });
  await expect(suggestion, "the one that goes on with it is no news").toHaveCount(1);
  await expect(suggestion).toContainText("This mail has another subject. Split from here?");
  await expect(suggestion).toContainText("“Tent pegs” before, “Your invoice 77” now.");
  await axe(page, "a suggested split");
  if (SHOTS) await shots(page, SHOTS, "suggestion");

  await suggestion.getByRole("button", { name: "It belongs here" }).click();
  await expect(suggestion).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("main").getByRole("article")).toHaveCount(3);
  await expect(suggestion, "for everybody, and for good").toHaveCount(0);
  await api(world, "POST", `/api/messages/${await middle()}/split-suggestion`, { is_dismissed: false });
  await expect(suggestion).toHaveCount(1);
  await suggestion.getByRole("button", { name: "It belongs here" }).click();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(suggestion).toHaveCount(1);

  await suggestion.getByRole("button", { name: "Split from here" }).click();
  await expect(page.getByRole("heading", { name: "Your invoice 77", level: 2 })).toBeVisible();
  await expect(page.getByRole("main").getByRole("article")).toHaveCount(2);
  await page.getByRole("button", { name: /^Undo/ }).first().click();
  await expect(page.getByRole("heading", { name: "Tent pegs", level: 2 })).toBeVisible();
  await expect(page.getByRole("main").getByRole("article")).toHaveCount(3);
  await expect(suggestion).toHaveCount(1);

  async function middle(): Promise<string> {
    const one = await conversationWith(world, "Tent pegs");
    const { items } = await api(world, "GET", `/api/conversations/${one.id}/messages`);
    return items.find((message: { subject: string }) => message.subject === "Your invoice 77").id;
  }
});

test("where the inbox wants it, another subject begins a conversation that both tell of", async ({
  inbox: page,
  world,
}) => {
  const { id } = world.beginning.inbox;
  await page.goto(`${world.innboks.url}/settings/inboxes/${id}`);
  await page.getByLabel("An answer with another subject").selectOption("new");
  await page.getByLabel("Several people who answer one mail of ours").selectOption("together");
  await page.getByLabel("Machines that send the same subject again and again").selectOption("7");
  await page.getByRole("switch", { name: "Only the assignee answers" }).check();
  const now = async () => {
    const { items } = await api(world, "GET", "/api/inboxes");
    const one = items.find((found: { id: string }) => found.id === id);
    return [one.changed_subject, one.several_answers, one.same_subject_days, one.is_assignee_only];
  };
  await expect.poll(now).toEqual(["new", "together", 7, true]);
  await axe(page, "what an inbox wants");
  expect(await cutTexts(page)).toEqual([]);
  if (SHOTS) await shots(page, SHOTS, "settings");

  await page.goto(`${world.innboks.url}/inbox/open`);
  const first = await world.write({
    from: TOR,
    subject: "Tent pegs",
    text: "They bend.",
    messageId: "<p1@rot.example>",
  });
  await conversationWith(world, "Tent pegs");
  await world.write({ from: TOR, subject: "Your invoice 77", text: "It is wrong.", inReplyTo: first.messageId });
  await page.getByRole("link", { name: /Your invoice 77/ }).click();
  const main = page.getByRole("main");
  await expect(main.getByText("Tor Rot answered another conversation with another subject")).toBeVisible();
  if (SHOTS) await shots(page, SHOTS, "apart");
  await main.getByRole("button", { name: "More about this message" }).click();
  await page.getByRole("menuitem", { name: "Why is this here?" }).click();
  await expect(page.getByRole("dialog")).toContainText("In this inbox, that begins a conversation of its own");
  await page.keyboard.press("Escape");
  await main.getByRole("link", { name: "Show it" }).click();
  await expect(page.getByRole("heading", { name: "Tent pegs", level: 2 })).toBeVisible();
  await main.getByRole("link", { name: "Show it" }).click();
  await expect(page.getByRole("heading", { name: "Your invoice 77", level: 2 })).toBeVisible();

  await world.write({ from: "Monitor <monitor@robot.example>", subject: "Disk is full", text: "95 %" });
  await conversationWith(world, "Disk is full");
  await world.write({ from: "Monitor <monitor@robot.example>", subject: "Disk is full", text: "96 %" });
  await page.getByRole("link", { name: /Disk is full/ }).click();
  await expect(main.getByRole("article")).toHaveCount(2);
});

test("what a colleague has is theirs to answer: one takes it over, or asks, and what is written stays", async ({
  inbox: page,
  world,
  browser,
}) => {
  const sigridId = await person(world, "Sigrid Moe");
  await api(world, "PATCH", `/api/inboxes/${world.beginning.inbox.id}`, { is_assignee_only: true });
  await world.write({ from: TOR, subject: "Tent pegs", text: "They bend." });
  const one = await conversationWith(world, "Tent pegs");
  await api(world, "PATCH", `/api/conversations/${one.id}`, { assignee_id: sigridId });
  await page.getByRole("link", { name: /Tent pegs/ }).click();
  const banner = page.locator(".composer .banner.only");
  await expect(banner).toContainText("Sigrid Moe has this conversation. In this inbox only the assignee answers.");
  await reply(page).click();
  await page.keyboard.type("Aluminium ones do not.");
  await page.keyboard.press("Control+Enter");
  await expect(reply(page)).toHaveText("Aluminium ones do not.");
  await axe(page, "a colleague's conversation");
  if (SHOTS) await shots(page, SHOTS, "only");

  // A comment goes as ever; in it there is nothing to say about the assignee.
  await banner.getByRole("button", { name: "Ask to take over" }).click();
  await expect(banner).toContainText("Asked in a comment");
  const question = page.getByRole("article", { name: /^Internal comment/ });
  await expect(question).toContainText("@Sigrid Moe May I take this conversation over?");
  await expect(reply(page)).toHaveText("Aluminium ones do not.");

  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Oslo" });
  const sigrid = await context.newPage();
  await enter(sigrid, world, "sigrid@tindra.example");
  await expect(sigrid.getByRole("link", { name: /Tent pegs/ })).toBeVisible();
  const { items } = await sigrid.evaluate(() => fetch("/api/notifications").then((answer) => answer.json()));
  expect(
    items.some((told: { kind: string }) => told.kind === "mention"),
    "she is told",
  ).toBe(true);
  await sigrid.getByRole("link", { name: /Tent pegs/ }).click();
  await expect(sigrid.locator(".composetext.rich")).toBeVisible();
  await expect(sigrid.locator(".composer .banner.only"), "it is hers").toHaveCount(0);

  // What she wrote is hers as well: not sent again, taken back or settled by others.
  const later = new Date(Date.now() + 3_600_000).toISOString();
  await sigrid.evaluate(
    ([path, at]) =>
      fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ type: "reply", text: "Later then.", send_at: at }),
      }).then((answer) => answer.status),
    [`/api/conversations/${one.id}/messages`, later] as const,
  );
  const hers = page.getByRole("article").filter({ hasText: "Later then." });
  await expect(hers).toContainText("only the assignee answers here");
  await expect(hers.getByRole("button", { name: "Send now" })).toHaveCount(0);
  await expect(sigrid.getByRole("button", { name: "Send now" })).toBeVisible();
  if (SHOTS) await shots(page, SHOTS, "only-waiting");

  await banner.getByRole("button", { name: "Take over" }).click();
  await hers.getByRole("button", { name: "Cancel" }).click();
  await expect(hers).toHaveCount(0);
  await expect(banner).toHaveCount(0);
  await expect(sigrid.locator(".composer .banner.only")).toContainText("Amina Yusuf has this conversation");
  await expect(reply(page)).toHaveText("Aluminium ones do not.");
  await reply(page).click();
  await page.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("Aluminium ones do not.");
  await context.close();
});
