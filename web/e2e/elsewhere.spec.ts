/* Another way out: an answer that was taken back keeps the way that was chosen for it, and one that did not arrive goes again another way, once. */
import type { Page } from "@playwright/test";
import { api, conversationWith } from "./checks";
import { look, open, reply } from "./composing";
import { expect, setUndoSend, test, type World } from "./fixtures";
import { readable } from "./mailbox";

/** A second address of the team. */
async function connectSales(world: World): Promise<{ id: string }> {
  const config = { method: "forwarding", address: "sales@tindra.example" };
  const mailbox = { smtp_host: "127.0.0.1", smtp_port: world.mailbox.port, smtp_tls: "none" };
  return api(world, "POST", "/api/channel-accounts", {
    kind: "email",
    name: "Sales mail",
    config: { ...config, ...mailbox },
  });
}

const form = (page: Page) => page.getByRole("form", { name: "Reply" });
const mails = (world: World, words: string) => world.mailbox.received.filter((mail) => mail.raw.includes(words));
const header = (raw: string, name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(raw)?.[1]?.trim();

test("an answer that is taken back comes back with all that was chosen for it, and leaves that way", async ({
  inbox,
  world,
}) => {
  await connectSales(world);
  await setUndoSend(world, 30);
  await inbox.reload();
  await open(inbox, world, "All that was chosen");
  await form(inbox)
    .getByRole("button", { name: /Support mail|support@tindra/ })
    .click();
  await inbox.getByRole("menuitemcheckbox", { name: /sales@tindra/ }).click();
  await form(inbox).getByRole("button", { name: "Subject", exact: true }).click();
  await inbox.getByRole("textbox", { name: "Subject" }).fill("An offer from the shop");
  await form(inbox).getByRole("button", { name: "Remove the quoted text" }).click();
  await reply(inbox).click();
  await inbox.keyboard.type("With an offer.");
  await inbox.keyboard.press("Control+Enter");
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  const stands = async () => {
    await expect(inbox.getByRole("textbox", { name: "Reply through Sales mail" })).toHaveText("With an offer.");
    await expect(inbox.getByRole("textbox", { name: "Subject" })).toHaveValue("An offer from the shop");
    await expect(form(inbox).getByText(/^Quoted text/)).toHaveCount(0);
  };
  await stands();
  // What came while it waited is news to it.
  await inbox.reload();
  await expect(inbox.locator(".composetext.rich")).toBeVisible();
  await stands();
  await setUndoSend(world, 0);
  await reply(inbox).click();
  await inbox.keyboard.press("Control+Enter");
  const { raw } = await world.mailbox.waitFor("With an offer.");
  expect(header(raw, "From")).toContain("sales@tindra.example");
  expect(header(raw, "Subject")).toBe("An offer from the shop");
  expect(readable(raw)).not.toContain("About All that was chosen");
  expect(mails(world, "With an offer.")).toHaveLength(1);
});

test("what did not arrive goes another way with its formatting and files: once, though the answer is lost and one presses again", async ({
  inbox,
  world,
}) => {
  test.setTimeout(240_000);
  const sales = await connectSales(world);
  await inbox.reload();
  await open(inbox, world, "Refused here");
  const { id } = await conversationWith(world, "Refused here");
  world.mailbox.refuse("5.7.1 not from this address");
  await reply(inbox).click();
  await inbox.keyboard.type("Here is ");
  await inbox.keyboard.press("Control+b");
  await inbox.keyboard.type("the offer");
  await inbox
    .locator("form.composer input[aria-label='Attach a file']")
    .setInputFiles({ name: "offer.txt", mimeType: "text/plain", buffer: Buffer.from("Fourteen tents") });
  await expect(inbox.getByRole("button", { name: "Remove offer.txt" })).toBeVisible();
  await inbox.keyboard.press("Control+Enter");
  const answers = inbox.getByRole("article").filter({ hasText: "the offer" });
  const instead = inbox.getByRole("button", { name: "Sales mail instead" });
  await expect(instead).toBeVisible({ timeout: 20_000 });
  await look(inbox, "instead");
  world.mailbox.refuse(null);
  let lost = 0;
  await inbox.route("**/api/conversations/*/messages", async (route) => {
    if (route.request().method() !== "POST" || lost) return route.fallback();
    lost++;
    await route.fetch();
    await route.abort("connectionreset");
  });
  await instead.dblclick();
  await expect(instead).toHaveCount(0);
  const { raw } = await world.mailbox.waitFor("offer.txt");
  await expect(answers).toHaveCount(2);
  await expect(answers.last().getByText(/^(Sent|Delivered)$/)).toBeVisible({ timeout: 20_000 });
  expect(lost).toBe(1);
  expect(header(raw, "From")).toContain("sales@tindra.example");
  expect(readable(raw)).toContain("<strong>the offer</strong>");
  expect(raw).toContain(Buffer.from("Fourteen tents").toString("base64"));
  await inbox.reload();
  await expect(answers).toHaveCount(2);
  // What did not arrive stays marked, needs nobody any more, and cannot go out a second time.
  await expect(answers.first().getByText(/^Not delivered: .* It got through another way/)).toBeVisible();
  await expect(inbox.getByRole("button", { name: /^(Retry|Sales mail instead)$/ })).toHaveCount(0);
  const { items } = await api(world, "GET", `/api/conversations/${id}/messages`);
  const out = items.filter((one: { direction: string }) => one.direction === "out");
  expect(out.map((one: { channel_account_id: string }) => one.channel_account_id).at(-1)).toBe(sales.id);
  expect([out.length, mails(world, "offer.txt").length]).toEqual([2, 1]);
});
