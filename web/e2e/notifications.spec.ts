/* What concerns a person reaches them: in the app, on the device, and without a network one reads on. */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { api, axe, conversationWith } from "./checks";
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
  await expect(bell).toBeVisible();
  await expect(inbox).toHaveTitle(/^\(1\) /);
  // With a dot, drawn here.
  await expect(inbox.locator("link[rel=icon]")).toHaveAttribute("href", /^data:image\/png/);
  await bell.click();
  const line = inbox.getByRole("link", { name: /New message from Ida Holm/ });
  await expect(line).toContainText("Or in green?");
  await axe(inbox, "what one is told");
  await line.click();
  await expect(inbox.getByText("Or in green?").first()).toBeVisible();
  await expect(inbox).not.toHaveTitle(/^\(\d/);
  await expect(inbox.locator("link[rel=icon]")).toHaveAttribute("href", "/icon.svg");
  await expect(inbox.getByRole("link", { name: "Notifications", exact: true })).toBeVisible();
});

/** How often this tab has sounded. A tone is two notes. */
const tones = (page: Page) => page.evaluate(() => (window as unknown as { notes: number }).notes / 2);

test("tone, title and icon follow what is unread of mine, in every tab, and one of them sounds", async ({
  inbox,
  world,
}) => {
  const { choices } = await api(world, "GET", "/api/notifications/settings");
  choices.message.sound = true;
  await api(world, "PUT", "/api/notifications/settings", choices);
  await inbox.context().addInitScript(() => {
    const heard = Object.assign(window, { notes: 0 });
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function (...at) {
      heard.notes++;
      return start.apply(this, at);
    };
  });
  const tabs = [await inbox.context().newPage(), await inbox.context().newPage()] as const;
  await inbox.close();
  for (const tab of tabs) {
    await tab.goto(`${world.innboks.url}/settings/profile`);
    await tab.waitForFunction(() =>
      performance.getEntriesByType("resource").some(({ name }) => name.includes("/assets/notifications-")),
    );
  }
  const counted = async (count: number, isDotted = count > 0) => {
    for (const tab of tabs) {
      await expect(tab).toHaveTitle(count ? new RegExp(`^\\(${count}\\) `) : /^[^(]/);
      await expect(tab.locator("link[rel=icon]")).toHaveAttribute("href", isDotted ? /^data:image/ : "/icon.svg");
    }
  };
  const sounded = async () => (await tones(tabs[0])) + (await tones(tabs[1]));
  const mail = (name: string, number: number) => ({
    from: "Ida Holm <ida@holm.example>",
    subject: name,
    messageId: `<${name}-${number}@holm.example>`,
    text: `${name} ${number}`,
    ...(number > 1 ? { inReplyTo: `<${name}-1@holm.example>` } : {}),
  });
  const ids: Record<string, string> = {};
  for (const name of ["Blue", "Green"]) {
    await world.write(mail(name, 1));
    const { id } = await conversationWith(world, name);
    ids[name] = id;
    const { last_message_id } = await api(world, "GET", `/api/conversations/${id}`);
    await api(world, "PUT", `/api/conversations/${id}/read`, { message_id: last_message_id });
    await api(world, "PATCH", `/api/conversations/${id}`, { assignee_id: world.beginning.myId });
  }
  await counted(0);
  // Of one's own doing one hears nothing.
  await api(world, "POST", `/api/conversations/${ids.Blue}/messages`, { type: "comment", text: "My own" });
  await world.write(mail("Blue", 2));
  await counted(1);
  await expect.poll(sounded).toBe(1);
  await world.write(mail("Green", 2));
  await counted(2);
  await expect.poll(sounded).toBe(2);
  expect(await Promise.all(tabs.map(tones))).toContain(0);

  // Read in one tab; then no longer mine.
  await tabs[1].goto(`${world.innboks.url}/inbox/mine/${ids.Blue}`);
  await counted(1);
  await api(world, "PATCH", `/api/conversations/${ids.Green}`, { assignee_id: null });
  await counted(0);
  // Back, and it counts again: nobody has read it.
  await api(world, "PATCH", `/api/conversations/${ids.Green}`, { assignee_id: world.beginning.myId });
  await counted(1);
  await tabs[1].close();

  const told = async () => (await api(world, "GET", "/api/notifications?limit=1")).items[0].about;
  // In quiet hours it is counted, and not heard. The tab that is left has taken over the sound.
  const before = await tones(tabs[0]);
  choices.quiet = { ...choices.quiet, is_on: true, begins: "00:00", ends: "23:59" };
  await api(world, "PUT", "/api/notifications/settings", choices);
  await world.write(mail("Blue", 3));
  await expect(tabs[0]).toHaveTitle(/^\(2\) /);
  await expect.poll(told).toBe("Blue 3");
  expect(await tones(tabs[0])).toBe(before);
  choices.quiet.is_on = false;
  await api(world, "PUT", "/api/notifications/settings", choices);
  await world.write(mail("Blue", 4));
  await expect.poll(() => tones(tabs[0])).toBe(before + 1);

  // Who is away hears nothing either.
  const stand = async (status: string) => {
    await api(world, "PATCH", `/api/users/${world.beginning.myId}/availability`, { status });
    await expect(tabs[0].getByRole("button", { name: new RegExp(`, ${status}: preferences`) }).first()).toBeVisible();
  };
  await stand("away");
  const isTold = tabs[0].waitForResponse((answer) => answer.url().endsWith("/api/notifications/unread"));
  await world.write(mail("Green", 3));
  await expect.poll(told).toBe("Green 3");
  await isTold;
  expect(await tones(tabs[0])).toBe(before + 1);
  await stand("available");
  await world.write(mail("Green", 4));
  await expect.poll(() => tones(tabs[0])).toBe(before + 2);
});

test("what one is told is chosen, kept, and tested by keyboard", async ({ inbox, world }) => {
  await inbox.goto(`${world.innboks.url}/settings/notifications`);
  const cell = inbox.getByRole("checkbox", { name: "New unassigned conversation: On my devices" });
  await expect(cell).not.toBeChecked();
  const saved = inbox.waitForResponse((answer) => answer.request().method() === "PUT");
  await cell.focus();
  await inbox.keyboard.press("Space");
  expect((await saved).status()).toBe(200);
  const quiet = inbox.getByRole("checkbox", { name: /Nothing on my devices.*at these times/ });
  const away = inbox.getByRole("checkbox", { name: /Nothing on my devices.*while I am away/ });
  await expect(away).toBeChecked();
  const mailWaits = inbox.getByRole("checkbox", { name: "Mail waits until I am back" });
  await mailWaits.click();
  await quiet.click();
  await expect(quiet).toBeChecked();
  await expect(inbox.getByLabel("From", { exact: true })).toHaveValue("18:00");
  await inbox.reload();
  await expect(cell).toBeChecked();
  await expect(mailWaits).toBeChecked();
  await expect(inbox.getByText("Time zone: Europe/Oslo")).toBeVisible();
  await axe(inbox, "how one is told");
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
  await expect(inbox.getByText(/Offline|Connecting/).first()).toBeVisible();
  await inbox.context().setOffline(false);
  await expect(inbox.getByText("Live", { exact: true })).toBeVisible({ timeout: 20_000 });
  await api(world, "GET", "/api/session");
});

test("a formatted mail is read without a network as its text, and as it is when the network is back", async ({
  inbox,
  world,
}) => {
  test.setTimeout(240_000);
  await world.write({
    from: "Tove Ness <tove@plain.example>",
    subject: "Formatted on the train",
    text: "The seats are at the window",
    html: "<p>The seats are at the <b>window</b></p>",
  });
  await expect(inbox.getByRole("link", { name: /Formatted on the train/ })).toBeVisible();
  await inbox.evaluate(() => navigator.serviceWorker.ready);
  await inbox.reload();
  await inbox.getByRole("link", { name: /Formatted on the train/ }).click();
  const mail = inbox.frameLocator("iframe.mailframe");
  await expect(mail.getByText("The seats are at the")).toBeVisible();
  const { id } = await conversationWith(world, "Formatted on the train");
  await expect
    .poll(() =>
      inbox.evaluate(async () =>
        (await (await caches.open("innboks-data")).keys()).map(({ url }) => new URL(url).pathname),
      ),
    )
    .toEqual(expect.arrayContaining(["/api/session", "/api/conversations", `/api/conversations/${id}/messages`]));
  const note = inbox.getByText("The formatted mail is not here without a connection. This is its text.");
  const article = inbox.getByRole("article").first();

  await inbox.context().setOffline(true);
  await inbox.reload();
  await expect(note).toBeVisible();
  await expect(article.getByText("The seats are at the window")).toBeVisible();
  await expect(inbox.locator("iframe.mailframe")).toHaveCount(0);
  await axe(inbox, "a mail without a network");
  if (process.env.SHOTS) await inbox.screenshot({ path: join(process.env.SHOTS, "mail-offline.png") });
  await inbox.context().setOffline(false);
  await expect(mail.getByText("The seats are at the")).toBeVisible({ timeout: 30_000 });
  await expect(note).toHaveCount(0);

  // The address of the frame is known, and the row comes back into sight while the line is cut.
  await inbox.context().setOffline(true);
  await inbox.keyboard.press("Escape");
  await inbox.getByRole("navigation", { name: "Views" }).getByRole("link", { name: /^Mine/ }).click();
  await inbox.goBack();
  await inbox.getByRole("link", { name: /Formatted on the train/ }).click();
  await expect(article.getByText("The seats are at the window")).toBeVisible();
  await expect(note).toBeVisible();
  await inbox.context().setOffline(false);
  await expect(mail.getByText("The seats are at the")).toBeVisible({ timeout: 30_000 });
});
