import { expect, fillComposer, test } from "./fixtures";

const MAJA = "Maja Lindqvist <maja@lindqvist.example>";

test("a mail comes to the screen by itself, is answered, and the answer reaches the customer threaded", async ({
  inbox,
  world,
}) => {
  const sent = await world.write({
    from: MAJA,
    subject: "Varde 3: seam leaks",
    text: "Hi, the floor seam at the door let water in.\n\nOn Mon, 2 Nov 2026 at 09:00 Support <support@tindra.example> wrote:\n> Thank you for your order.\n",
    messageId: "<seam-1@lindqvist.example>",
  });
  const row = inbox.getByRole("link", { name: /Unread.*Maja Lindqvist.*Varde 3/ });
  await expect(row).toBeVisible();

  await row.click();
  await expect(inbox.getByText("Hi, the floor seam at the door let water in.").last()).toBeVisible();
  await expect(inbox.getByText("Thank you for your order.")).toHaveCount(0);
  await inbox
    .getByRole("article")
    .getByRole("button", { name: /Quoted text/ })
    .click();
  await expect(inbox.getByText(/Thank you for your order\./)).toBeVisible();
  await expect(inbox.getByRole("link", { name: /Unread.*Varde 3/ })).toHaveCount(0);

  await inbox.getByRole("button", { name: "More about this message" }).first().click();
  await inbox.getByRole("menuitem", { name: "Why is this here?" }).click();
  await expect(inbox.getByText(/It began this conversation/)).toBeVisible();
  await inbox.keyboard.press("Escape");

  const text = "Sorry to hear that, Maja. A new one leaves today.";
  await fillComposer(inbox, /^Reply through/, text);
  await inbox.keyboard.press("Control+Enter");
  const answer = inbox.getByRole("article").filter({ hasText: text });
  await expect(answer).toHaveCount(1);
  await expect(answer.getByText(/^(Sent|Delivered)$/)).toBeVisible();
  const received = await world.mailbox.waitFor("A new one leaves today.");
  expect(received.to).toEqual(["maja@lindqvist.example"]);
  expect(received.raw).toContain(sent.messageId);
  await expect(inbox.getByRole("textbox", { name: /^Reply through/ })).toHaveText("");
});

test("what the customer writes next appears in the open thread without reload", async ({ inbox, world }) => {
  await world.write({
    from: "Henrik Dahl <henrik@dahl.example>",
    subject: "Wrong size",
    text: "It is too small.",
    messageId: "<size-1@dahl.example>",
  });
  await inbox.getByRole("link", { name: /Wrong size/ }).click();
  await expect(inbox.getByRole("article")).toHaveCount(1);
  await world.write({
    from: "Henrik Dahl <henrik@dahl.example>",
    subject: "Re: Wrong size",
    text: "And it is the wrong colour.",
    inReplyTo: "<size-1@dahl.example>",
    references: ["<size-1@dahl.example>"],
  });
  await expect(inbox.getByText("And it is the wrong colour.").last()).toBeVisible();
  await expect(inbox.getByRole("article")).toHaveCount(2);
});

test("a comment stays inside and is marked so", async ({ inbox, world }) => {
  await world.write({
    from: "Karim Haddad <karim@haddad.example>",
    subject: "Skare jacket",
    text: "Is it coming back?",
  });
  await inbox.getByRole("link", { name: /Skare jacket/ }).click();
  await inbox.getByRole("tab", { name: "Comment" }).click();
  await fillComposer(inbox, /^Comment/, "Gothenburg has two.");
  await inbox.getByRole("button", { name: "Add comment" }).click();
  const note = inbox.getByRole("article", { name: /^Internal comment by Amina/ });
  await expect(note).toContainText("Gothenburg has two.");
  await expect(note).toContainText("Only your team sees this");
  expect(world.mailbox.received.some((mail) => mail.raw.includes("Gothenburg"))).toBe(false);
});

test("of a message that may have left a person decides: it did, or it goes again", async ({ inbox, world }) => {
  await world.write({ from: "Liv Berg <liv@berg.example>", subject: "Gloves", text: "Do they fit over a ring?" });
  await inbox.getByRole("link", { name: /Gloves/ }).click();
  const write = async (text: string) => {
    await fillComposer(inbox, /^Reply through/, text);
    await inbox.getByRole("button", { name: "Send", exact: true }).click();
    const answer = inbox.getByRole("article").filter({ hasText: text });
    await expect(answer.getByRole("button", { name: "It did leave" })).toBeVisible();
    return answer;
  };
  world.mailbox.hangUp(true);
  const first = await write("They do, one size up.");
  const row = inbox.getByRole("link", { name: /Gloves.*A message may not have been delivered/ });
  await expect(row).toContainText("Not certain");
  await expect(row.locator("xpath=..").getByRole("button", { name: "Retry" })).toHaveCount(0);
  await expect(inbox.locator(".threadhead .chip.bad")).toHaveText("Not certain");
  await first.getByRole("button", { name: "It did leave" }).click();
  await expect(first.getByText("Sent", { exact: true })).toBeVisible();
  const second = await write("We have them in black.");
  world.mailbox.hangUp(false);
  await second.getByRole("button", { name: "Send again" }).click();
  await expect(second.getByText(/^(Sent|Delivered)$/)).toBeVisible();
  await world.mailbox.waitFor("We have them in black.");
  expect(world.mailbox.received.some((mail) => mail.raw.includes("one size up"))).toBe(false);
});

test("a refused message says why, stays in sight, and goes after Retry", async ({ inbox, world }) => {
  await world.write({ from: "Oda Myhre <oda@myhre.example>", subject: "Boots", text: "When can I come?" });
  await inbox.getByRole("link", { name: /Boots/ }).click();
  world.mailbox.refuse("5.1.1 No such user here");
  await fillComposer(inbox, /^Reply through/, "Tomorrow from nine.");
  await inbox.getByRole("button", { name: "Send", exact: true }).click();
  await expect(inbox.getByText(/^Not delivered: /)).toBeVisible();
  await expect(inbox.getByRole("link", { name: /A message was not delivered/ })).toBeVisible();
  world.mailbox.refuse(null);
  await inbox.getByRole("article").getByRole("button", { name: "Retry" }).click();
  await expect(inbox.getByText(/^(Sent|Delivered)$/).last()).toBeVisible();
  await world.mailbox.waitFor("Tomorrow from nine.");
});

test("HTML is shown in a frame without script, and images from elsewhere wait to be asked for", async ({
  inbox,
  world,
}) => {
  await world.write({
    from: "Luis Ferreira <luis@ferreira.example>",
    subject: "Customs invoice",
    html: `<h2 onclick="alert(1)">Invoice 17</h2><script>document.title = "owned"</script><img src="https://tracker.example/p.png" onerror="parent.document.title='owned'">`,
  });
  await inbox.getByRole("link", { name: /Customs invoice/ }).click();
  const frame = inbox.frameLocator("iframe");
  await expect(frame.getByRole("heading", { name: "Invoice 17" })).toBeVisible();
  expect(await inbox.locator("iframe").getAttribute("sandbox")).toBe(
    "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
  );
  await expect(inbox.getByRole("button", { name: "Show images" })).toBeVisible();
  await expect(inbox).not.toHaveTitle(/owned/);
});

test("a mail from Outlook has the empty lines that its writer saw, and no others", async ({ inbox, world }) => {
  await world.write({
    from: "Peter Fenwick <peter@fenwick.example>",
    subject: "From Outlook",
    html: `<style>p.MsoNormal {margin: 0cm}</style><div class="WordSection1"><p class="MsoNormal">It has arrived.</p><p class="MsoNormal">&nbsp;</p><p class="MsoNormal">Peter</p></div>`,
  });
  await inbox.getByRole("link", { name: /From Outlook/ }).click();
  const frame = inbox.frameLocator("iframe");
  await expect(frame.getByText("It has arrived.")).toBeVisible();
  const tops = await frame.locator("p").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
  const line = await frame
    .locator("p")
    .first()
    .evaluate((one) => one.getBoundingClientRect().height);
  expect(tops[0]).toBeLessThan(4);
  expect(tops[2]).toBeCloseTo((tops[0] ?? 0) + 2 * line, 0);
});

test("an HTML answer shows its new words, and what it quotes when that is unfolded", async ({ inbox, world }) => {
  await world.write({
    from: "Sofie Lie <sofie@lie.example>",
    subject: "Re: Your order",
    text: "Friday suits me.\n\nOn Mon, 2 Nov 2026 at 09:00 Support <support@tindra.example> wrote:\n> When may we come?\n",
    html: `<p>Friday <b>suits</b> me.</p><div class="gmail_quote"><div>On Mon, 2 Nov 2026 at 09:00 Support &lt;support@tindra.example&gt; wrote:</div><blockquote class="gmail_quote">When may we come?</blockquote></div>`,
  });
  await inbox.getByRole("link", { name: /Your order/ }).click();
  const frame = inbox.frameLocator("iframe");
  await expect(frame.getByText("Friday suits me.")).toBeVisible();
  await expect(frame.getByText("When may we come?")).toHaveCount(0);
  await inbox
    .getByRole("article")
    .getByRole("button", { name: /Quoted text/ })
    .click();
  await expect(inbox.getByRole("article").getByText(/When may we come\?/)).toBeVisible();
});

test("a file goes up with the answer and reaches the customer", async ({ inbox, world }) => {
  await world.write({
    from: "Priya Nair <priya@nair.example>",
    subject: "Group order",
    text: "Fourteen tents, please.",
    cc: "club@hikers.example",
  });
  await inbox.getByRole("link", { name: /Group order/ }).click();
  await expect(inbox.getByRole("article")).toBeVisible();
  await inbox.keyboard.press("a");
  await expect(inbox.getByText("club@hikers.example").last()).toBeVisible();
  await inbox
    .getByLabel("Attach a file", { exact: true })
    .and(inbox.locator("input"))
    .setInputFiles({ name: "offer.txt", mimeType: "text/plain", buffer: Buffer.from("Fourteen tents: 4 200") });
  await expect(inbox.getByRole("button", { name: "Remove offer.txt" })).toBeVisible();
  await fillComposer(inbox, /^Reply through/, "The offer is attached.");
  await inbox.keyboard.press("Control+Enter");
  const received = await world.mailbox.waitFor("The offer is attached.");
  expect(received.raw).toContain("offer.txt");
  expect(received.to).toContain("club@hikers.example");
});
