/* What has no room in one line breaks where one would break it oneself, and nothing of what is said is lost: at the width of a usual screen and of a phone. */
import { api, conversationWith } from "./checks";
import { look, open, reply } from "./composing";
import { expect, test } from "./fixtures";

const REASON =
  "5.1.1 This mailbox was closed in spring: whoever wants to write to them asks at the office in Umea first";
const PHONE = { width: 360, height: 740 };

test("why an answer did not leave has the whole width, with what can be done in one line below", async ({
  inbox,
  world,
}) => {
  world.mailbox.refuse(REASON);
  await open(inbox, world, "Refused at length");
  await reply(inbox).click();
  await inbox.keyboard.type("It is on its way.");
  await inbox.keyboard.press("Control+Enter");
  const trouble = inbox.getByRole("article").locator(".trouble");
  const reason = trouble.getByText(/^Not delivered: /);
  await expect(reason).toBeVisible();
  const buttons = trouble.getByRole("button");
  await expect(buttons).toHaveCount(2);
  for (const viewport of [{ width: 1440, height: 900 }, PHONE]) {
    await inbox.setViewportSize(viewport);
    const box = async (one: typeof reason) => (await one.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const [whole, said, retry, deal] = [
      await box(trouble),
      await box(reason),
      await box(buttons.first()),
      await box(buttons.last()),
    ];
    expect(said.width, String(viewport.width)).toBeGreaterThan(whole.width * 0.8);
    expect(retry.y).toBeGreaterThanOrEqual(said.y + said.height);
    expect(deal.y).toBe(retry.y);
    expect(retry.x).toBe(said.x);
  }
  await inbox.setViewportSize({ width: 1440, height: 900 });
  await look(inbox, "refused-at-length");
});

test("on a phone one reads who wrote, how far it is, and that only the team sees a comment", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Read whole");
  await inbox.setViewportSize(PHONE);
  await reply(inbox).click();
  await inbox.keyboard.type("By thumb");
  await inbox.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("By thumb");
  await inbox.getByRole("tab", { name: "Comment" }).click();
  await inbox.getByRole("textbox", { name: /^Comment/ }).click();
  await inbox.keyboard.type("Between us");
  await inbox.keyboard.press("Control+Enter");
  const note = inbox.getByRole("article", { name: /^Internal comment/ });
  const answer = inbox.getByRole("article").filter({ hasText: "By thumb" });
  for (const text of [
    note.getByText("Only your team sees this"),
    note.getByText("Amina Yusuf"),
    answer.getByRole("heading", { name: "Amina Yusuf" }),
    answer.getByText(/^(Sent|Delivered)$/),
  ]) {
    await expect(text).toBeVisible();
    expect(await text.evaluate((one) => one.scrollWidth <= one.clientWidth || one.clientWidth === 0)).toBe(true);
  }
});

test("a picker opened by its key stands in sight on a phone, also where its button does not", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Far to the right");
  const { id } = await conversationWith(world, "Far to the right");
  await api(world, "PATCH", `/api/conversations/${id}`, {
    snoozed_until: new Date(Date.now() + 86_400_000).toISOString(),
  });
  await inbox.setViewportSize(PHONE);
  const button = inbox.getByRole("main").getByRole("button", { name: "Add a tag" });
  await expect.poll(async () => (await button.boundingBox())?.x ?? 0).toBeGreaterThan(PHONE.width);
  await inbox.locator("[data-pane=thread]").focus();
  await inbox.keyboard.press("l");
  const picker = inbox.getByRole("dialog", { name: "Tags" });
  await expect(picker).toBeVisible();
  const { x, width } = (await picker.boundingBox()) ?? { x: -1, width: 0 };
  expect(x).toBeGreaterThanOrEqual(0);
  expect(x + width).toBeLessThanOrEqual(PHONE.width);
});

test("on a phone a conversation's head says first what went wrong, and the customer's face leads to what is known of them", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Head of a phone");
  world.mailbox.hangUp(true);
  await inbox.setViewportSize(PHONE);
  await reply(inbox).click();
  await inbox.keyboard.type("May have left");
  await inbox.keyboard.press("Control+Enter");
  const head = inbox.locator(".threadhead");
  const chip = head.getByText("Not certain");
  await expect(chip).toBeVisible();
  world.mailbox.hangUp(false);
  await expect(chip).toBeInViewport({ ratio: 1 });
  const name = head.getByRole("heading", { name: "Ella Korhonen" });
  expect(await name.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true);

  const [face, words] = [await head.locator(".avatar").first().boundingBox(), await name.boundingBox()];
  expect((words?.x ?? 0) - ((face?.x ?? 0) + (face?.width ?? 0)), "the face stands beside the name").toBeGreaterThan(4);

  // That it was answered stands beside to whom it went, and not alone in a line below.
  const mail = inbox.getByRole("article").filter({ hasText: "About Head of a phone" }).first();
  const [mark, to] = [
    await mail.locator(".marks", { hasText: "Answered" }).boundingBox(),
    await mail.locator(".to").boundingBox(),
  ];
  const middle = (mark?.y ?? 0) + (mark?.height ?? 0) / 2;
  expect(middle).toBeGreaterThan(to?.y ?? 0);
  expect(middle).toBeLessThan((to?.y ?? 0) + (to?.height ?? 0));

  await head.getByRole("button", { name: "Hide or show the context" }).click();
  await expect(inbox.getByRole("complementary", { name: /About/ })).toBeVisible();
  await inbox.keyboard.press("Escape");
  await expect(head.getByRole("button", { name: "Hide or show the context" })).toBeFocused();
  await look(inbox, "head-of-a-phone");
});

test("on a phone the settings break no word apart and leave nothing beyond the edge", async ({ inbox, world }) => {
  await inbox.setViewportSize(PHONE);
  await inbox.goto(`${world.innboks.url}/settings/routing`);
  const rule = inbox.getByRole("listitem").filter({ hasText: "Support mail" });
  const lines = await rule.getByRole("heading").evaluate((one) => {
    const words = document.createRange();
    words.selectNodeContents(one.firstChild ?? one);
    return words.getClientRects().length;
  });
  expect(lines, "“Support mail” in one line").toBe(1);
  await inbox.goto(`${world.innboks.url}/settings/tags`);
  const colours = inbox.getByRole("radiogroup").first().locator("label");
  await expect(colours.last()).toBeInViewport({ ratio: 1 });
});
