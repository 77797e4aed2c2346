/* Two people with one inbox before them: what one does stands at the other at once, and of two answers one is held until its writer has seen the other. */
import type { Browser, Page } from "@playwright/test";
import { api, conversationWith } from "./checks";
import { reply } from "./composing";
import { expect, test, type World, watchForErrors } from "./fixtures";
import { enter, person } from "./people";

async function asSigrid(browser: Browser, world: World): Promise<Page> {
  await person(world, "Sigrid Moe");
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Oslo" });
  const page = await context.newPage();
  await enter(page, world, "sigrid@tindra.example");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  return page;
}

const row = (page: Page, subject: string) => page.getByTestId("rows").getByRole("link", { name: new RegExp(subject) });
const sent = (world: World, words: string) => world.mailbox.received.filter((mail) => mail.raw.includes(words)).length;

test("of two who answer at once the second is held, sees what went, and sends it all the same or throws it away", async ({
  inbox: amina,
  world,
  browser,
}) => {
  for (const subject of ["Tent pegs", "Another one"])
    await world.write({ from: "Maja Lind <maja@lind.example>", subject, text: "Can you help?" });
  const sigrid = await asSigrid(browser, world);
  const errors = watchForErrors(sigrid);
  for (const page of [amina, sigrid]) {
    await row(page, "Tent pegs").click();
    await expect(page.locator(".composetext.rich")).toBeVisible();
  }
  await expect(amina.getByText("Sigrid is reading")).toBeVisible();
  await expect(sigrid.getByText("Amina is reading")).toBeVisible();
  await reply(amina).click();
  await amina.keyboard.type("Aluminium ones.");
  await expect(sigrid.locator(".collision")).toContainText("Amina is writing a reply");
  await expect(row(sigrid, "Tent pegs").getByText("Amina writing")).toBeVisible();
  await reply(sigrid).click();
  await sigrid.keyboard.type("Steel ones.");
  await expect(row(amina, "Tent pegs").getByText("Sigrid writing")).toBeVisible();
  // Each is asked once, because the other writes too.
  await amina.keyboard.press("Control+Enter");
  await amina.locator(".collision").getByRole("button", { name: "Send anyway" }).click();
  await world.mailbox.waitFor("Aluminium ones.");
  await expect(sigrid.getByRole("article").filter({ hasText: "Aluminium ones." })).toBeVisible();
  await expect(row(sigrid, "Tent pegs").getByText("Amina writing")).toHaveCount(0);

  await sigrid.keyboard.press("Control+Enter");
  const held = sigrid.locator(".composer .banner");
  await expect(held).toContainText("A newer message has arrived");
  await expect(held).toContainText("Amina Yusuf: Aluminium ones.");
  await expect(reply(sigrid)).toHaveText("Steel ones.");
  await held.getByRole("button", { name: "Discard" }).click();
  await expect(reply(sigrid)).toHaveText("");
  await expect(held).toHaveCount(0);
  // Thrown away by mistake, it is there again.
  await sigrid.getByRole("button", { name: /^Undo/ }).click();
  await expect(reply(sigrid)).toHaveText("Steel ones.");
  await expect(held).toContainText("A newer message has arrived");
  await held.getByRole("button", { name: "Discard" }).click();
  await sigrid.reload();
  await expect(sigrid.getByRole("article").filter({ hasText: "Aluminium ones." })).toBeVisible();
  await expect(reply(sigrid)).toHaveText("");
  expect(sent(world, "Steel ones.")).toBe(0);

  // The other way round: both go, each once, and nothing is left of the question.
  await reply(sigrid).click();
  await sigrid.keyboard.type("Six of them.");
  await reply(amina).click();
  await amina.keyboard.type("Ten of them.");
  await expect(amina.locator(".collision")).toContainText("Sigrid is writing a reply");
  await expect(sigrid.locator(".collision")).toContainText("Amina is writing a reply");
  await sigrid.keyboard.press("Control+Enter");
  await sigrid.locator(".collision").getByRole("button", { name: "Send anyway" }).click();
  await world.mailbox.waitFor("Six of them.");
  await expect(amina.getByRole("article").filter({ hasText: "Six of them." })).toBeVisible();
  await amina.keyboard.press("Control+Enter");
  const question = amina.locator(".composer .banner");
  await expect(question).toContainText("Sigrid Moe: Six of them.");
  await question.getByRole("button", { name: "Send anyway" }).click();
  await world.mailbox.waitFor("Ten of them.");
  await expect(question).toHaveCount(0);
  await row(amina, "Another one").click();
  await expect(amina.getByRole("heading", { name: "Another one" })).toBeVisible();
  await row(amina, "Tent pegs").click();
  await expect(amina.getByRole("article").filter({ hasText: "Ten of them." })).toHaveCount(1);
  await expect(question).toHaveCount(0);
  expect([sent(world, "Six of them."), sent(world, "Ten of them.")]).toEqual([1, 1]);
  await sigrid.context().close();
  expect(errors).toEqual([]);
});

test("what one does with a conversation stands at the other at once, and each has read their own", async ({
  inbox: amina,
  world,
  browser,
}) => {
  const mail = { from: "Pål Vik <pal@vik.example>", subject: "Torn hem", messageId: "<hem-1@vik.example>" };
  await world.write({ ...mail, text: "It came like this." });
  await world.write({ from: "Pål Vik <pal@vik.example>", subject: "Left alone", text: "Nothing to do here." });
  const { id } = await conversationWith(world, mail.subject);
  const sigrid = await asSigrid(browser, world);
  const unread = { name: /^Unread.*Torn hem/ };
  for (const page of [amina, sigrid]) await expect(page.getByRole("link", unread)).toBeVisible();
  await row(amina, mail.subject).click();
  await expect(amina.getByRole("link", unread)).toHaveCount(0);
  // Until the server has it: the other one's is apart all the same.
  await expect
    .poll(async () => (await api(world, "GET", `/api/conversations/${id}`)).is_unread, { message: "Amina read it" })
    .toBe(false);
  await expect(sigrid.getByRole("link", unread)).toBeVisible();
  await row(sigrid, mail.subject).click();
  await expect(sigrid.getByRole("link", unread)).toHaveCount(0);
  await amina.keyboard.press("u");
  await expect(amina.getByRole("link", unread)).toBeVisible();
  await expect(sigrid.getByRole("link", unread)).toHaveCount(0);

  await row(amina, mail.subject).click();
  await expect(amina.getByRole("heading", { name: mail.subject })).toBeVisible();
  await amina.keyboard.press("Shift+I");
  await expect(sigrid.getByRole("button", { name: "Assigned to Amina Yusuf" })).toBeVisible();
  await sigrid.keyboard.press("Shift+I");
  await expect(amina.getByRole("button", { name: "Assigned to Sigrid Moe" })).toBeVisible();

  // Closed by one, it leaves both lists; who has it open goes on seeing it.
  await sigrid.keyboard.press("e");
  await expect(row(sigrid, mail.subject)).toHaveCount(0);
  await expect(row(amina, mail.subject)).toHaveCount(0);
  await expect(amina.getByRole("heading", { name: mail.subject })).toBeVisible();
  await expect(amina.getByRole("button", { name: "Reopen", exact: true })).toBeVisible();
  await expect(row(amina, "Left alone")).toBeVisible();
  // And comes back to both with what the customer writes, unread where it is not before one's eyes.
  await world.write({ ...mail, messageId: "<hem-2@vik.example>", inReplyTo: mail.messageId, text: "Still torn." });
  await expect(row(amina, mail.subject)).toBeVisible();
  await expect(sigrid.getByRole("link", unread)).toBeVisible();
  await expect(amina.getByRole("article").filter({ hasText: "Still torn." })).toBeVisible();
  await expect(amina.getByRole("link", unread)).toHaveCount(0);
  await sigrid.context().close();
});
