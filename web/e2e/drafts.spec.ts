/* No word of a draft is lost: another browser has it too, and a page that was killed. */
import type { Browser, Page } from "@playwright/test";
import { api, conversationWith, kept } from "./checks";
import { look, open, reply } from "./composing";
import { expect, test, type World } from "./fixtures";

const draftOf = (world: World, id: string) => api(world, "GET", `/api/conversations/${id}/draft?mode=reply`);

/** The same person on another device, which has nothing of what this one keeps. */
async function elsewhere(inbox: Page, browser: Browser, address: string): Promise<Page> {
  const away = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Oslo" });
  await away.addCookies(await inbox.context().cookies());
  const other = await away.newPage();
  await other.goto(address);
  await expect(other.locator(".composetext.rich")).toBeVisible();
  return other;
}

test("a draft is there in another browser, and after a page that was killed", async ({ inbox, world, browser }) => {
  test.setTimeout(240_000);
  await open(inbox, world, "Half an answer");
  const { id } = await conversationWith(world, "Half an answer");
  await reply(inbox).click();
  await inbox.keyboard.type("Half of what I");
  await expect
    .poll(
      async () => (await api(world, "GET", `/api/conversations/${id}/draft?mode=reply`).catch(() => null))?.text ?? "",
    )
    .toContain("Half of");
  const away = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Oslo" });
  await away.addCookies(await inbox.context().cookies());
  const other = await away.newPage();
  await other.goto(`${world.innboks.url}/inbox/open/${id}`);
  await expect(reply(other)).toHaveText("Half of what I");
  await reply(other).click();
  await other.keyboard.press("Control+End");
  await other.keyboard.type(" meant");
  // The first browser is told and asked, and its own words stay until then.
  await expect(inbox.getByText("A newer draft from another device:")).toBeVisible();
  await expect(reply(inbox)).toHaveText("Half of what I");
  await look(inbox, "newer");
  await inbox.getByRole("button", { name: "Use it" }).click();
  await expect(reply(inbox)).toHaveText("Half of what I meant");
  await away.close();

  await reply(inbox).click();
  await inbox.keyboard.press("Control+End");
  await inbox.keyboard.type(" to say");
  await kept(inbox, "Half of what I meant to say");
  const session = await inbox.context().newCDPSession(inbox);
  await Promise.race([session.send("Page.crash").catch(() => undefined), inbox.waitForEvent("crash")]);
  const fresh = await inbox.context().newPage();
  await fresh.goto(`${world.innboks.url}/inbox/open/${id}`);
  await expect(reply(fresh)).toHaveText("Half of what I meant to say");
});

test("an answer begun on one device and sent from another is held when the customer has written since", async ({
  inbox,
  world,
  browser,
}) => {
  const mail = {
    from: "Ella Korhonen <ella@korhonen.example>",
    subject: "Begun at home",
    messageId: "<home@korhonen.example>",
  };
  await world.write({ ...mail, text: "Can I have the red one?" });
  await inbox.getByRole("link", { name: /Begun at home/ }).click();
  await expect(inbox.locator(".composetext.rich")).toBeVisible();
  const { id } = await conversationWith(world, mail.subject);
  await reply(inbox).click();
  await inbox.keyboard.type("The red one is yours.");
  await expect.poll(async () => (await draftOf(world, id))?.text).toBe("The red one is yours.");
  await inbox.goto("about:blank");
  await world.write({
    ...mail,
    messageId: "<home-2@korhonen.example>",
    inReplyTo: mail.messageId,
    text: "Blue, I mean.",
  });
  await expect.poll(async () => (await api(world, "GET", `/api/conversations/${id}`)).message_count).toBe(2);

  const other = await elsewhere(inbox, browser, `${world.innboks.url}/inbox/open/${id}`);
  await expect(reply(other)).toHaveText("The red one is yours.");
  await expect(other.getByRole("article").filter({ hasText: "Blue, I mean." })).toBeVisible();
  await reply(other).click();
  await other.keyboard.press("Control+Enter");
  const held = other.locator(".composer .banner");
  await expect(held).toContainText("A newer message has arrived");
  await expect(held).toContainText("Blue, I mean.");
  await expect(reply(other)).toHaveText("The red one is yours.");
  expect(world.mailbox.received).toHaveLength(0);
  await held.getByRole("button", { name: "Send anyway" }).click();
  await world.mailbox.waitFor("The red one is yours.");
  await other.context().close();
});

test("a draft that is sent from two devices is one mail, also when one of them had no line", async ({
  inbox,
  world,
  browser,
}) => {
  await open(inbox, world, "From both");
  const { id } = await conversationWith(world, "From both");
  await reply(inbox).click();
  await inbox.keyboard.type("The red one is yours.");
  await expect.poll(async () => (await draftOf(world, id))?.text).toBe("The red one is yours.");
  const other = await elsewhere(inbox, browser, `${world.innboks.url}/inbox/open/${id}`);
  await expect(reply(other)).toHaveText("The red one is yours.");
  await inbox.context().setOffline(true);
  await reply(inbox).click();
  await inbox.keyboard.press("Control+Enter");
  await expect(inbox.getByText("Waiting for connection")).toBeVisible();
  await reply(other).click();
  await other.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("The red one is yours.");
  await inbox.context().setOffline(false);
  await expect(inbox.getByText("Waiting for connection")).toHaveCount(0);
  await expect(inbox.getByRole("article")).toHaveCount(2);
  const { items } = await api(world, "GET", `/api/conversations/${id}/messages`);
  expect(items.filter((one: { type: string }) => one.type === "reply")).toHaveLength(1);
  await other.context().close();
});

test("a subject, people or files alone are a draft too: they survive a reload and are there on another device", async ({
  inbox,
  world,
  browser,
}) => {
  await open(inbox, world, "Not a word yet");
  const { id } = await conversationWith(world, "Not a word yet");
  const form = inbox.locator("form.composer");
  const subject = (page: Page) => page.getByRole("textbox", { name: "Subject" });
  await form.getByRole("button", { name: "Subject", exact: true }).click();
  await subject(inbox).fill("Your tent, from the shop");
  await form.getByRole("button", { name: "Cc", exact: true }).click();
  await form.getByRole("combobox", { name: "Cc", exact: true }).fill("boss@tindra.example,");
  await form.getByRole("combobox", { name: "Cc", exact: true }).press("Enter");
  await kept(inbox, "boss@tindra.example");
  await inbox.reload();
  await expect(subject(inbox)).toHaveValue("Your tent, from the shop");
  const chip = (page: Page) => page.getByRole("button", { name: "Remove boss@tindra.example" });
  await expect(chip(inbox)).toBeVisible();
  await expect.poll(async () => (await draftOf(world, id))?.subject).toBe("Your tent, from the shop");
  const other = await elsewhere(inbox, browser, `${world.innboks.url}/inbox/open/${id}`);
  await expect(subject(other)).toHaveValue("Your tent, from the shop");
  await expect(chip(other)).toBeVisible();

  // Only a file, added here: it is offered there, where something else has been begun.
  await inbox
    .locator("form.composer input[aria-label='Attach a file']")
    .setInputFiles({ name: "offer.txt", mimeType: "text/plain", buffer: Buffer.from("Yours") });
  await expect(inbox.locator("form.composer").getByText("offer.txt")).toBeVisible();
  await expect(other.locator(".composer .banner")).toContainText("offer.txt");
  await other.getByRole("button", { name: "Use it" }).click();
  await expect(other.locator("form.composer .files, form.composer").getByText("offer.txt").first()).toBeVisible();

  // Taken out again, nothing is left, here or there.
  await chip(other).click();
  await subject(other).fill("Re: Not a word yet");
  await other.getByRole("button", { name: "Remove offer.txt" }).click();
  await expect.poll(() => draftOf(world, id)).toBeFalsy();
  await other.context().close();
});

test("what was written without a server, in a page that went, is with the server once the conversation is open again", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "In the tunnel");
  const { id } = await conversationWith(world, "In the tunnel");
  await world.innboks.stop("SIGTERM");
  await reply(inbox).fill("It is dark in here.");
  await kept(inbox, "It is dark in here.");
  await inbox.goto("about:blank");
  await world.innboks.start();
  expect(await draftOf(world, id)).toBeFalsy();
  await inbox.goto(`${world.innboks.url}/inbox/open/${id}`);
  await expect.poll(async () => (await draftOf(world, id))?.text).toBe("It is dark in here.");
});

test("what has been sent does not come back, though the server's draft of it was asked for before", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Only once");
  const { id } = await conversationWith(world, "Only once");
  let letGo = () => {};
  const gate = new Promise<void>((opened) => {
    letGo = opened;
  });
  const held = new Promise<void>((isHeld) =>
    inbox.route("**/draft?mode=reply", async (route) => {
      if (route.request().method() !== "GET") return route.fallback();
      const answer = await route.fetch();
      if ((await answer.text()).includes("Said once")) isHeld();
      await gate;
      await route.fulfill({ response: answer });
    }),
  );
  await reply(inbox).click();
  await inbox.keyboard.type("Said once.");
  await held;
  await inbox.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("Said once.");
  const late = inbox.waitForResponse(
    (one) => one.url().includes("/draft?mode=reply") && one.request().method() === "GET",
  );
  letGo();
  await (await late).finished();
  await expect.poll(() => draftOf(world, id)).toBeFalsy();
  await inbox.evaluate(() => new Promise(requestAnimationFrame));
  await expect(reply(inbox)).toHaveText("");
});
