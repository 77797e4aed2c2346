import { kept } from "./checks";
import { expect, test } from "./fixtures";
import { ADMIN } from "./server";

const field = { name: /^Reply through/ };

test("what was written survives a reload and is on the server too", async ({ inbox, world }) => {
  await world.write({
    from: "Ella Korhonen <ella@korhonen.example>",
    subject: "Rain trousers",
    text: "Size L, please.",
  });
  await inbox.getByRole("link", { name: /Rain trousers/ }).click();
  const saved = inbox.waitForResponse(
    (answer) => answer.url().includes("/draft") && answer.request().method() === "PUT",
  );
  await inbox.getByRole("textbox", field).fill("Half a thought");
  await kept(inbox, "Half a thought");
  await inbox.reload();
  await expect(inbox.getByRole("textbox", field)).toHaveText("Half a thought");
  await inbox.getByRole("textbox", field).fill("Half a thought, and a bit");
  expect((await saved).status()).toBe(200);
  await inbox.evaluate(() => localStorage.clear());
  await inbox.reload();
  await expect(inbox.getByRole("textbox", field)).toHaveText("Half a thought, and a bit");
});

test("an answer waits when something newer came meanwhile, and goes when it is sent all the same", async ({
  inbox,
  world,
}) => {
  const first = {
    from: "Daniel Osei <daniel@osei.example>",
    subject: "Spare poles",
    messageId: "<poles-1@osei.example>",
  };
  await world.write({ ...first, text: "Do you have them?" });
  await inbox.getByRole("link", { name: /Spare poles/ }).click();
  await expect(inbox.getByRole("article")).toHaveCount(1);
  await inbox.getByRole("textbox", field).fill("Yes, two of them.");
  await world.write({
    ...first,
    messageId: "<poles-2@osei.example>",
    inReplyTo: first.messageId,
    text: "Never mind, I found one.",
  });
  await expect(inbox.getByRole("article")).toHaveCount(2);
  await inbox.getByRole("button", { name: "Send", exact: true }).click();
  await expect(inbox.getByText(/A newer message has arrived/)).toBeVisible();
  await expect(inbox.getByRole("textbox", field)).toHaveText("Yes, two of them.");
  await inbox.getByRole("button", { name: "Send anyway" }).click();
  await world.mailbox.waitFor("Yes, two of them.");
  expect(world.mailbox.received.filter((mail) => mail.raw.includes("Yes, two of them."))).toHaveLength(1);
});

test("without a server one reads on and writes on, and what waited goes out once when it is back", async ({
  inbox,
  world,
}) => {
  await world.write({ from: "Kari Nes <kari@nes.example>", subject: "Missed you", text: "Call me back?" });
  await inbox.getByRole("link", { name: /Missed you/ }).click();
  await expect(inbox.getByRole("article")).toHaveCount(1);
  await world.innboks.stop("SIGTERM");
  await expect(inbox.getByText("Connecting")).toBeVisible();
  await inbox.getByRole("textbox", field).fill("We call at ten.");
  await inbox.keyboard.press("Control+Enter");
  await expect(inbox.getByText("Waiting for connection")).toBeVisible();
  expect(
    await inbox.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("innboks.outbox.")).length),
  ).toBe(1);
  await world.innboks.start();
  await expect(inbox.getByText("Live", { exact: true })).toBeVisible({ timeout: 40_000 });
  await world.mailbox.waitFor("We call at ten.");
  await expect(inbox.getByRole("article").getByText(/^(Sent|Delivered)$/)).toBeVisible();
  expect(world.mailbox.received.filter((mail) => mail.raw.includes("We call at ten."))).toHaveLength(1);
  await world.write({ from: "Kari Nes <kari@nes.example>", subject: "Still live", text: "After the restart" });
  await expect(inbox.getByRole("link", { name: /Still live/ })).toBeVisible();
});

test("a session that ended asks for the password and keeps what was written", async ({ page, world }) => {
  const { signIn } = await import("./fixtures");
  await signIn(page, world.innboks.url);
  await world.write({ from: "Liv Moe <liv@moe.example>", subject: "Session", text: "Hello" });
  await page.getByRole("link", { name: /Session/ }).click();
  await page.getByRole("textbox", field).fill("Not to be lost");
  await page.context().clearCookies();
  await page.keyboard.press("Control+Enter");
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await expect(dialog).toBeVisible();
  await dialog.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(dialog).toHaveCount(0);
  await world.mailbox.waitFor("Not to be lost");
  await expect(page.getByRole("article").getByText(/^(Sent|Delivered)$/)).toBeVisible();
});

test("several tabs share one stream, and the next one takes over when its reader goes", async ({ inbox, world }) => {
  const context = inbox.context();
  const second = await context.newPage();
  let streams = 0;
  second.on("request", (request) => {
    if (request.url().includes("/api/events")) streams++;
  });
  await second.goto(`${world.innboks.url}/inbox/open`);
  await expect(second.getByText("Live", { exact: true })).toBeVisible();
  await world.write({ from: "Tuva Berg <tuva@berg.example>", subject: "Both tabs", text: "One" });
  await expect(inbox.getByRole("link", { name: /Both tabs/ })).toBeVisible();
  await expect(second.getByRole("link", { name: /Both tabs/ })).toBeVisible();
  expect(streams).toBe(0);
  const taken = second.waitForRequest("**/api/events");
  await inbox.close();
  expect((await taken).headers()["last-event-id"]).toBeTruthy();
  await world.write({ from: "Tuva Berg <tuva@berg.example>", subject: "Second tab", text: "Two" });
  await expect(second.getByRole("link", { name: /Second tab/ })).toBeVisible();
});
