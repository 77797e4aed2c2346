/* What a screen reader is told without being asked. How many at most in what time: src/ui/announce.test.ts. Who writes: live.spec.ts. */
import { expect } from "@playwright/test";
import { api, conversationWith, listen } from "./checks";
import { fillComposer, test } from "./fixtures";
import { openProxy } from "./proxy";

test("new conversations in the list are told as a number", async ({ inbox, world }) => {
  const told = await listen(inbox);
  for (const name of ["One", "Two", "Three"])
    await world.write({ from: `${name} <${name}@many.example>`, subject: `Told ${name}`, text: "Hello" });
  const count = async () =>
    (await told())
      .map((text) => Number(/^(\d+) new conversations?$/.exec(text)?.[1] ?? 0))
      .reduce((sum, one) => sum + one, 0);
  await expect.poll(count, { timeout: 20_000 }).toBe(3);
  // An answer in one of them is no new conversation, and nothing is said of what is not open.
  const { id } = await conversationWith(world, "Told One");
  await api(world, "POST", `/api/conversations/${id}/messages`, { type: "comment", text: "Not for the ears" });
  await inbox.getByRole("link", { name: /Told One/ }).click();
  await expect(inbox.getByText("Not for the ears").last()).toBeVisible();
  expect(await count()).toBe(3);
  expect((await told()).join()).not.toContain("Not for the ears");
});

test("what is written in the open conversation is told, and what was not delivered", async ({ inbox, world }) => {
  const first = { from: "Nora Vik <nora@vik.example>", subject: "Read to me", messageId: "<read-1@vik.example>" };
  await world.write({ ...first, text: "Are you there?" });
  await inbox.getByRole("link", { name: /Read to me/ }).click();
  await expect(inbox.getByRole("article")).toHaveCount(1);
  const told = await listen(inbox);
  await world.write({ ...first, messageId: "<read-2@vik.example>", inReplyTo: first.messageId, text: "Friday works" });
  await expect.poll(told, { timeout: 20_000 }).toContain("Nora Vik: Friday works");
  world.mailbox.refuse("5.1.1 nobody of this name here");
  await fillComposer(inbox, /^Reply through/, "Then Friday");
  await inbox.keyboard.press("Control+Enter");
  await expect
    .poll(told, { timeout: 20_000 })
    .toContainEqual(expect.stringMatching(/^Not delivered to (Nora Vik|nora@vik.example)$/));
  expect((await told()).join()).not.toContain("Then Friday");
  world.mailbox.refuse(null);
});

test("that the connection is back is told", async ({ inbox: page, world }) => {
  const proxy = await openProxy(world.innboks.url);
  // Cut only when the page has all it needs.
  const ready = Promise.all([
    page.waitForResponse(/assets\/Thread-.*\.js/),
    page.waitForResponse(/assets\/spoken-.*\.js/),
  ]);
  await page.goto(`${proxy.url}/inbox/open`);
  await ready;
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const told = await listen(page);
  proxy.isCut = true;
  proxy.breakAll();
  await expect(page.getByText("Connecting", { exact: true })).toBeVisible();
  proxy.isCut = false;
  await expect.poll(told, { timeout: 45_000 }).toContain("Back online");
  await proxy.close();
});

test("who wants to hears what customers write in other conversations, and nobody else", async ({ inbox, world }) => {
  await inbox.goto(`${world.innboks.url}/settings/notifications`);
  const box = inbox.getByRole("checkbox", { name: "Read out what customers write in other conversations" });
  await expect(box).not.toBeChecked();
  await box.check();
  await expect
    .poll(async () => (await api(world, "GET", "/api/users/me")).preferences.spoken)
    .toEqual({ has_others: true });
  await inbox.goto(`${world.innboks.url}/inbox/open`);
  await expect(inbox.getByText("Live", { exact: true })).toBeVisible();
  const told = await listen(inbox);
  await world.write({ from: "Eli Foss <eli@other.example>", subject: "Elsewhere", text: "Is it ready?" });
  await expect.poll(told, { timeout: 20_000 }).toContain("In another conversation, Eli Foss: Is it ready?");
  const { id } = await conversationWith(world, "Elsewhere");
  await api(world, "POST", `/api/conversations/${id}/messages`, { type: "comment", text: "Between us" });
  await world.write({ from: "Jo Dal <jo@other.example>", subject: "Elsewhere too", text: "And mine?" });
  await expect.poll(told, { timeout: 20_000 }).toContain("In another conversation, Jo Dal: And mine?");
  const all = (await told()).join();
  expect(all).not.toContain("Between us");
  expect(all).not.toContain("new conversation");
});

test("that the session has ended is told at once, in the dialog that says so", async ({ inbox, world }) => {
  await inbox.context().clearCookies();
  // Whatever is asked for next is told so. The page may have asked by itself by now, and then the dialog lies over the link.
  await inbox
    .getByRole("navigation", { name: "Views" })
    .getByRole("link", { name: /^Closed/ })
    .dispatchEvent("click");
  const dialog = inbox.getByRole("dialog");
  await expect(dialog.getByLabel("Password", { exact: true })).toBeVisible();
  await expect(dialog.locator("[aria-live=assertive]")).toContainText("You were signed out. What you wrote is kept.");
  await inbox.context().addCookies(world.cookies);
});
