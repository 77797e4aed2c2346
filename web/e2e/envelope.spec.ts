/* Who gets an answer, and what is written on it: what stands in the composer's lines against what the receiving server heard, in its envelope and in the headers. */
import type { Page } from "@playwright/test";
import { open, reply } from "./composing";
import { expect, test, type World } from "./fixtures";

const line = (page: Page, name: string) => page.locator("form.composer").getByRole("combobox", { name, exact: true });
const chips = (page: Page) =>
  page
    .locator("form.composer .addresses")
    .getByRole("button", { name: /^Remove / })
    .evaluateAll((all) => all.map((one) => (one.getAttribute("aria-label") ?? "").replace("Remove ", "")));

/** One header of a mail, unfolded; undefined when it has none. */
function header(raw: string, name: string): string | undefined {
  const head = (raw.split(/\r?\n\r?\n/)[0] ?? "").replace(/\r?\n[ \t]+/g, " ");
  return new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1];
}

/** All that was told to the receiving server of this answer. */
function heard(world: World, words: string) {
  const mails = world.mailbox.received.filter(({ raw }) => raw.includes(words));
  return {
    raws: mails.map(({ raw }) => raw),
    from: mails.map(({ from }) => from),
    to: mails.flatMap(({ to }) => to).sort(),
  };
}

async function connectSecond(world: World): Promise<void> {
  await world.innboks.cli(
    "connect",
    "email",
    "--name",
    "Shop mail",
    "method=forwarding",
    "address=shop@tindra.example",
    "smtp_host=127.0.0.1",
    `smtp_port=${world.mailbox.port}`,
    "smtp_tls=none",
  );
}

test("an answer to all leaves out our own addresses, and a blind copy stands in no header of anybody's mail", async ({
  inbox,
  world,
}) => {
  await connectSecond(world);
  await inbox.reload();
  const { messageId } = await world.write({
    from: "Priya Nair <priya@nair.example>",
    to: "Support <support@tindra.example>, Partner <partner@tents.example>",
    cc: "shop@tindra.example, Club <club@hikers.example>, SUPPORT@tindra.example",
    subject: "Fourteen tents",
    text: "Please answer all of us.",
  });
  await inbox.getByRole("link", { name: /Fourteen tents/ }).click();
  await expect(inbox.locator(".composetext.rich")).toBeVisible();
  await inbox.locator(".log").click({ position: { x: 5, y: 5 } });
  await inbox.keyboard.press("a");
  await expect.poll(() => chips(inbox)).toEqual(["priya@nair.example", "partner@tents.example", "club@hikers.example"]);

  // Another To, one less in Cc, and somebody whom the others do not see.
  await inbox.getByRole("button", { name: "Remove priya@nair.example" }).click();
  await line(inbox, "To").fill("Priya at home <priya@home.example>,");
  await inbox.getByRole("button", { name: "Remove club@hikers.example" }).click();
  await inbox.locator("form.composer").getByRole("button", { name: "Bcc", exact: true }).click();
  await line(inbox, "Bcc").fill("secret@auditor.example,");
  await reply(inbox).click();
  await inbox.keyboard.type("All of you get this.");
  await inbox.keyboard.press("Control+Enter");
  const words = "All of you get this.";
  await expect
    .poll(() => heard(world, words).to)
    .toEqual(["partner@tents.example", "priya@home.example", "secret@auditor.example"]);
  const { raws, from } = heard(world, words);
  for (const raw of raws) {
    expect(raw.toLowerCase()).not.toContain("secret@auditor.example");
    expect(header(raw, "Bcc")).toBeUndefined();
    expect(header(raw, "To")).toMatch(/Priya at home <priya@home\.example>/);
    expect(header(raw, "Cc")).toMatch(/partner@tents\.example/);
    expect(header(raw, "Cc")).not.toMatch(/club@|shop@|support@/i);
    expect(header(raw, "From")).toContain("<support@tindra.example>");
    expect(header(raw, "In-Reply-To")).toBe(messageId);
    expect(header(raw, "Subject")).toBe("Re: Fourteen tents");
  }
  expect(new Set(from).size).toBe(1);
  // Our own thread says who got it blind.
  await expect(inbox.getByRole("article").last().locator(".to")).toContainText("secret@auditor.example");

  // Who was in copy stays in it the next time; the blind one does not become visible.
  await inbox.locator(".log").click({ position: { x: 5, y: 5 } });
  await inbox.keyboard.press("a");
  await expect.poll(() => chips(inbox)).toContain("partner@tents.example");
  expect(await chips(inbox)).not.toContain("secret@auditor.example");
});

test("an answer leaves by another of our addresses, and is threaded all the same", async ({ inbox, world }) => {
  await connectSecond(world);
  await inbox.reload();
  await open(inbox, world, "Which address");
  await inbox
    .locator("form.composer")
    .getByRole("button", { name: /support@tindra\.example/ })
    .click();
  await inbox.getByRole("menuitemcheckbox", { name: "shop@tindra.example" }).click();
  const box = inbox.getByRole("textbox", { name: /^Reply through Shop mail/ });
  await box.click();
  await inbox.keyboard.type("From the shop.");
  await inbox.locator("form.composer").getByRole("button", { name: "Subject", exact: true }).click();
  await inbox.getByRole("textbox", { name: "Subject" }).fill("Your tent, from the shop");
  await box.click();
  await inbox.keyboard.press("Control+Enter");
  const { raw, to } = await world.mailbox.waitFor("From the shop.");
  expect(to).toEqual(["ella@korhonen.example"]);
  expect(header(raw, "From")).toContain("<shop@tindra.example>");
  expect(header(raw, "Subject")).toBe("Your tent, from the shop");
  expect(header(raw, "In-Reply-To")).toMatch(/^<.+>$/);
  // What the customer answers to it comes back here.
  await world.write({
    from: "Ella Korhonen <ella@korhonen.example>",
    subject: "Re: Your tent, from the shop",
    text: "Thank you, shop.",
    inReplyTo: header(raw, "Message-ID") ?? "",
  });
  await expect(inbox.getByRole("article")).toHaveCount(3);
  await expect(inbox.getByText("Thank you, shop.").last()).toBeVisible();
});

test("an answer reminds if nobody writes back, and says so on the screen", async ({ inbox, world }) => {
  await open(inbox, world, "Will they answer");
  await reply(inbox).click();
  await inbox.keyboard.type("Does Friday suit you?");
  await inbox.getByRole("button", { name: "More ways to send" }).click();
  await inbox
    .getByRole("menuitem", { name: /remind me/i })
    .first()
    .click();
  await inbox
    .getByRole("dialog", { name: "Send, and remind me if there is no answer" })
    .getByRole("button", { name: /Tomorrow morning/ })
    .click();
  await expect(inbox.locator(".toast")).toContainText("Sent, back tomorrow 08:00 if there is no answer");
  await expect(inbox.locator(".reminderchip")).toContainText("tomorrow 08:00");
  const { raw } = await world.mailbox.waitFor("Does Friday suit you?");
  // They answer: nothing is left to remind of.
  await world.write({
    from: "Ella Korhonen <ella@korhonen.example>",
    subject: "Re: Will they answer",
    text: "It does.",
    inReplyTo: header(raw, "Message-ID") ?? "",
  });
  await expect(inbox.getByText("It does.").last()).toBeVisible();
  await expect(inbox.locator(".reminderchip")).toHaveCount(0);
});
