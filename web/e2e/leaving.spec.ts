/* How what is written leaves: by another channel account, by keyboard alone, with a snippet's field filled in, once although an answer of the server was lost, and not
 * at all when it is taken back in time. */
import type { Page } from "@playwright/test";
import { api, axe } from "./checks";
import { open, reply } from "./composing";
import { expect, setUndoSend, test, type World } from "./fixtures";

const pane = (page: Page) => page.getByRole("dialog", { name: "New conversation" });
const count = (world: World, text: string) => world.mailbox.received.filter((mail) => mail.raw.includes(text)).length;

test("a new conversation is written and sent by keyboard alone", async ({ inbox, world }) => {
  const { keyboard } = inbox;
  await world.write({ from: "Kari Nord <kari@known.example>", subject: "Known already", text: "Hello" });
  await expect(inbox.getByRole("link", { name: /Known already/ })).toBeVisible();
  await keyboard.press("n");
  const to = pane(inbox).getByRole("combobox", { name: "To", exact: true });
  await expect(to).toBeFocused();
  await axe(inbox, "a new conversation, empty");
  await keyboard.press("Control+Enter");
  await expect(pane(inbox).getByText("Add a recipient first")).toBeVisible();
  await expect(to).toBeFocused();
  await axe(inbox, "a new conversation for nobody");
  await keyboard.type("kari");
  await expect(pane(inbox).getByRole("option", { name: /Kari Nord/ })).toBeVisible();
  await axe(inbox, "people to choose");
  await keyboard.press("Enter");
  await expect(pane(inbox).getByRole("button", { name: /^Remove .*kari@known\.example/ })).toBeVisible();
  const subject = pane(inbox).getByRole("textbox", { name: "Subject" });
  for (let turn = 0; turn < 5 && !(await subject.evaluate((one) => one === document.activeElement)); turn++)
    await keyboard.press("Tab");
  await expect(subject).toBeFocused();
  await keyboard.type("By keyboard");
  await keyboard.press("Tab");
  const text = pane(inbox).getByRole("textbox", { name: /^Message through/ });
  await expect(text).toBeFocused();
  await keyboard.type("Not a hand left the keys.");
  await axe(inbox, "a new conversation, written");
  await keyboard.press("Control+Enter");
  await expect(pane(inbox)).toHaveCount(0);
  await expect(inbox.getByRole("heading", { name: "By keyboard" })).toBeVisible();
  await axe(inbox, "a new conversation, sent");
  expect((await world.mailbox.waitFor("Not a hand left the keys.")).to).toEqual(["kari@known.example"]);
});

test("a new conversation is held for undo, and taken back it stands in the pane again", async ({ inbox, world }) => {
  await setUndoSend(world, 30);
  await inbox.reload();
  await expect(inbox.getByText("Live", { exact: true })).toBeVisible();
  await inbox.keyboard.press("n");
  await inbox.keyboard.type("Mia Lund <mia@undo.example>,");
  await pane(inbox).getByRole("textbox", { name: "Subject" }).fill("Too early");
  await pane(inbox)
    .getByRole("textbox", { name: /^Message through/ })
    .click();
  await inbox.keyboard.type("Not yet ");
  await inbox.keyboard.press("Control+b");
  await inbox.keyboard.type("ready");
  await inbox.keyboard.press("Control+Enter");
  await expect(inbox.getByRole("heading", { name: "Too early" })).toBeVisible();
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  const text = pane(inbox).getByRole("textbox", { name: /^Message through/ });
  await expect(text).toHaveText("Not yet ready");
  await expect(text.locator("strong")).toHaveText("ready");
  await expect(pane(inbox).getByRole("textbox", { name: "Subject" })).toHaveValue("Too early");
  await expect(pane(inbox).getByRole("button", { name: /^Remove .*mia@undo\.example/ })).toBeVisible();
  await expect(inbox.getByRole("link", { name: /Too early/ })).toHaveCount(0);
  const { items } = await api(world, "GET", "/api/conversations?view=all");
  expect(items).toEqual([]);
  await setUndoSend(world, 0);
  await text.click();
  await inbox.keyboard.press("Control+End");
  await inbox.keyboard.type(" but now");
  await inbox.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("but now");
  expect(count(world, "Too early")).toBe(1);
});

test("an answer leaves by another address when that is chosen", async ({ inbox, world }) => {
  const config = { method: "forwarding", address: "sales@tindra.example" };
  const mailbox = { smtp_host: "127.0.0.1", smtp_port: world.mailbox.port, smtp_tls: "none" };
  await api(world, "POST", "/api/channel-accounts", {
    kind: "email",
    name: "Sales mail",
    config: { ...config, ...mailbox },
  });
  await inbox.reload();
  await open(inbox, world, "From sales");
  await inbox
    .getByRole("form", { name: "Reply" })
    .getByRole("button", { name: /Support mail|support@tindra/ })
    .click();
  await inbox.getByRole("menuitemcheckbox", { name: /Sales mail|sales@tindra/ }).click();
  await expect(inbox.getByRole("textbox", { name: "Reply through Sales mail" })).toBeVisible();
  await reply(inbox).click();
  await inbox.keyboard.type("With an offer.");
  await axe(inbox, "another address");
  await inbox.keyboard.press("Control+Enter");
  const mail = await world.mailbox.waitFor("With an offer.");
  expect(mail.raw).toMatch(/^From: .*sales@tindra\.example/m);
});

test("a snippet with a field is warned of once, filled in, and sent", async ({ inbox, world }) => {
  await api(world, "POST", "/api/snippets", {
    shortcut: "ready",
    text: "Hi {contact.first_name}, your {order.number|order} is ready.",
    is_shared: true,
  });
  await open(inbox, world, "Is it ready", "nobody.named@plain.example");
  await reply(inbox).click();
  await inbox.keyboard.type("/ready");
  await expect(inbox.getByRole("listbox", { name: "Suggestions" }).getByRole("option")).toHaveCount(1);
  await inbox.keyboard.press("Enter");
  await expect(reply(inbox)).toHaveText("Hi first name, your order is ready.");
  await inbox.keyboard.press("Control+Enter");
  await expect(inbox.getByRole("alert").filter({ hasText: "Fields left empty are left out" })).toBeVisible();
  await axe(inbox, "a field that is not filled in");
  expect(count(world, "is ready.")).toBe(0);
  // The warning has gone to the field, so that one types over it.
  await inbox.keyboard.type("Nora");
  await expect(reply(inbox)).toHaveText("Hi Nora, your order is ready.");
  await expect(inbox.getByText("1 field to fill in")).toHaveCount(0);
  await inbox.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("Hi Nora, your order is ready.");
});

test("when the answer of the server is lost nothing leaves twice", async ({ inbox, world }) => {
  test.setTimeout(240_000);
  await open(inbox, world, "Lost on the way");
  let lost = 0;
  const lose = async (path: string) => {
    lost = 0;
    await inbox.route(path, async (route) => {
      if (route.request().method() !== "POST" || lost) return route.fallback();
      lost++;
      await route.fetch();
      await route.abort("connectionreset");
    });
  };
  await lose("**/api/conversations/*/messages");
  await reply(inbox).click();
  await inbox.keyboard.type("Sent with a lost answer.");
  await inbox.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("Sent with a lost answer.");
  await expect(inbox.getByRole("article").filter({ hasText: "Sent with a lost answer." })).toHaveCount(1);
  await expect(inbox.getByRole("article").getByText(/^(Sent|Delivered)$/)).toBeVisible();
  expect(lost).toBe(1);

  await lose("**/api/conversations");
  await inbox.keyboard.press("Escape");
  await inbox.keyboard.press("n");
  await inbox.keyboard.type("lost@answer.example,");
  await pane(inbox).getByRole("textbox", { name: "Subject" }).fill("Begun with a lost answer");
  await pane(inbox)
    .getByRole("textbox", { name: /^Message through/ })
    .click();
  await inbox.keyboard.type("Once and no more.");
  await inbox.keyboard.press("Control+Enter");
  await expect(pane(inbox).locator(".hint.error")).toBeVisible();
  await world.mailbox.waitFor("Once and no more.");
  await inbox.keyboard.press("Control+Enter");
  await expect(pane(inbox)).toHaveCount(0);
  await expect(inbox.getByRole("heading", { name: "Begun with a lost answer" })).toBeVisible();
  expect(lost).toBe(1);
  await expect(inbox.getByRole("article").getByText(/^(Sent|Delivered)$/)).toBeVisible();
  expect(count(world, "Once and no more.")).toBe(1);
  expect(count(world, "Sent with a lost answer.")).toBe(1);
});
