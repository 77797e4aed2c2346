/* What concerns a person reaches them: in the app, on the device, and without a network one reads on. */
import AxeBuilder from "@axe-core/playwright";
import { api, conversationWith } from "./checks";
import { expect, test } from "./fixtures";

test("an answer in mine is told by the bell, in the title, and is read with the conversation", async ({
  inbox,
  world,
}) => {
  const bell = inbox.getByRole("link", { name: /^Notifications, \d+ unread$/ });
  const mail = { from: "Ida Holm <ida@holm.example>", subject: "Told by the bell", messageId: "<bell-1@holm.example>" };
  await world.write({ ...mail, text: "Do you have it in blue?" });
  await expect(bell).toBeVisible();
  await inbox.getByRole("link", { name: /Told by the bell/ }).click();
  await expect(inbox.getByRole("article")).toHaveCount(1);
  await inbox.keyboard.press("Shift+I");
  await expect.poll(async () => (await conversationWith(world, mail.subject)).assignee_id).toBeTruthy();
  await inbox.goto(`${world.innboks.url}/settings/profile`);
  await world.write({ ...mail, messageId: "<bell-2@holm.example>", inReplyTo: mail.messageId, text: "Or in green?" });
  await expect(bell).toBeVisible({ timeout: 15_000 });
  await expect(inbox).toHaveTitle(/^\(1\) /);
  // With a dot, drawn here.
  await expect(inbox.locator("link[rel=icon]")).toHaveAttribute("href", /^data:image\/png/);
  await bell.click();
  const line = inbox.getByRole("link", { name: /New message from Ida Holm/ });
  await expect(line).toContainText("Or in green?");
  const found = await new AxeBuilder({ page: inbox }).analyze();
  expect(found.violations.map((one) => one.id)).toEqual([]);
  await line.click();
  await expect(inbox.getByText("Or in green?").first()).toBeVisible();
  await expect(inbox).not.toHaveTitle(/^\(\d/);
  await expect(inbox.locator("link[rel=icon]")).toHaveAttribute("href", "/icon.svg");
  await expect(inbox.getByRole("link", { name: "Notifications", exact: true })).toBeVisible();
});

test("what one is told is chosen, kept, and tested by keyboard", async ({ inbox, world }) => {
  await inbox.goto(`${world.innboks.url}/settings/notifications`);
  const cell = inbox.getByRole("checkbox", { name: "New unassigned conversation: On my devices" });
  await expect(cell).not.toBeChecked();
  const saved = inbox.waitForResponse((answer) => answer.request().method() === "PUT");
  await cell.focus();
  await inbox.keyboard.press("Space");
  expect((await saved).status()).toBe(200);
  const quiet = inbox.getByRole("checkbox", { name: /Nothing on my devices/ });
  await quiet.click();
  await expect(quiet).toBeChecked();
  await expect(inbox.getByLabel("From", { exact: true })).toHaveValue("18:00");
  await inbox.reload();
  await expect(cell).toBeChecked();
  await expect(inbox.getByText("Time zone: Europe/Oslo")).toBeVisible();
  const found = await new AxeBuilder({ page: inbox }).analyze();
  expect(found.violations.map((one) => one.id)).toEqual([]);
});

test("a push is shown by the service worker", async ({ inbox, world }) => {
  await inbox.context().grantPermissions(["notifications"], { origin: world.innboks.url });
  await inbox.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  const devtools = await inbox.context().newCDPSession(inbox);
  const registered = new Promise<string>((done) =>
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const one = registrations.find((registration) => registration.scopeURL.startsWith(world.innboks.url));
      if (one) done(one.registrationId);
    }),
  );
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.deliverPushMessage", {
    origin: world.innboks.url,
    registrationId: await registered,
    data: JSON.stringify({ title: "New message from Ida", body: "In green?", url: "/inbox/mine/1", tag: "test" }),
  });
  const shown = () =>
    inbox.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map((one) => [one.title, one.body, one.data.url]);
    });
  await expect.poll(shown).toEqual([["New message from Ida", "In green?", "/inbox/mine/1"]]);
});

test("without a network the app opens, and what was read can be read again", async ({ inbox, world }) => {
  await inbox.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await world.write({ from: "Ola Berg <ola@berg.example>", subject: "Read on the train", text: "A long story." });
  await inbox.reload();
  await inbox.getByRole("link", { name: /Read on the train/ }).click();
  await expect(inbox.getByRole("article")).toHaveCount(1);
  await inbox.reload();
  await expect(inbox.getByRole("article")).toHaveCount(1);
  const { id } = await conversationWith(world, "Read on the train");
  const kept = () =>
    inbox.evaluate(async () =>
      (await (await caches.open("innboks-data")).keys()).map(({ url }) => new URL(url).pathname),
    );
  await expect
    .poll(kept)
    .toEqual(expect.arrayContaining(["/api/session", "/api/conversations", `/api/conversations/${id}/messages`]));
  await inbox.context().setOffline(true);
  await inbox.reload();
  await expect(inbox.getByRole("link", { name: /Read on the train/ })).toBeVisible();
  await expect(inbox.getByRole("article")).toHaveCount(1);
  await expect(inbox.getByText(/Offline|Connecting/).first()).toBeVisible({ timeout: 15_000 });
  await inbox.context().setOffline(false);
  await expect(inbox.getByText("Live", { exact: true })).toBeVisible({ timeout: 20_000 });
  await api(world, "GET", "/api/session");
});
