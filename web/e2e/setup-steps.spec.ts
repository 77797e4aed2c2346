/* The steps of a set-up as they stand: one that cannot be read, and what is drawn beside them (picture 03a). */
import { api } from "./api";
import { choose } from "./checks";
import { expect, signIn, test } from "./fixtures";

test("a step that cannot be read says so in its place and offers no way on, until it is there", async ({
  inbox: page,
  world,
}) => {
  const account = `/api/channel-accounts/${world.beginning.channel}`;
  const heading = { assignment: "Who gets new conversations?", tickets: "Open a ticket for each conversation?" };
  for (const [step, title] of Object.entries(heading)) {
    await api(world, "PATCH", account, { setup_step: step });
    const asked = new RegExp(`${account}/${step}$`);
    await page.route(asked, (route) => route.fulfill({ status: 500, contentType: "application/json", body: "{}" }));
    await page.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}/setup`);
    const told = page.getByRole("main").getByRole("alert");
    await expect(told).toBeVisible();
    const foot = page.locator(".wizard > footer");
    await expect(foot.getByRole("button", { name: "Back" })).toBeVisible();
    await expect(foot.locator("[aria-busy=true], [type=submit]"), "nothing runs, and nothing can be sent").toHaveCount(
      0,
    );
    await page.unroute(asked);
    await told.getByRole("button", { name: "Retry" }).click();
    await expect(page.getByRole("heading", { name: title })).toBeVisible();
    await expect(foot.locator("[type=submit]")).toBeEnabled();
  }
  await api(world, "PATCH", account, { setup_step: null });
});

test("while it is being connected the form stands still, so that nothing typed then is lost", async ({
  inbox: page,
  world,
}) => {
  const channel = { name: "Slow mail", address: "slow@tindra.example" };
  let letGo = () => {};
  const gate = new Promise<void>((open) => {
    letGo = open;
  });
  await page.route("**/api/channel-accounts", async (route) => {
    if (route.request().method() === "POST") await gate;
    await route.continue();
  });
  await page.goto(`${world.innboks.url}/settings/channels/connect-email`);
  await choose(page.getByRole("radio", { name: "Forwarding" }));
  await page.getByLabel("Name in the inbox").fill(channel.name);
  const address = page.getByLabel("Address", { exact: true });
  await address.fill(channel.address);
  await address.press("Enter");
  await expect(address).toBeDisabled();
  await expect(page.getByRole("radio", { name: "Gmail" })).toBeDisabled();
  letGo();
  await expect(page.getByLabel("Address to forward to")).toBeVisible();
  await expect(page.getByRole("button", { name: "Continue", exact: true }), "the hands go on here").toBeFocused();
  await choose(page.getByRole("radio", { name: "Gmail" }));
});

test("beside a set-up the first card stands where it is drawn, and its fields are as high as drawn", async ({
  inbox: page,
  world,
}) => {
  const gap = () =>
    page.evaluate(() => {
      const heading = document.querySelector(".wizardbody > aside h3")?.getBoundingClientRect();
      const card = document.querySelector(".wizardbody > aside .rowlist")?.getBoundingClientRect();
      return [heading?.top, card && heading ? card.top - heading.bottom : null];
    });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${world.innboks.url}/settings/channels/connect-email`);
  await expect(page.getByText("Not tried yet").first()).toBeVisible();
  expect(await gap()).toEqual([88, 14]);
  expect((await page.getByLabel("Name in the inbox").locator("..").boundingBox())?.height).toBe(34);
});

test("a signature as markup is shown in its colours, without what runs, and says which tokens are none", async ({
  page,
  world,
}) => {
  // Not the page that takes every word of the browser's policy for a fault: here it has something to refuse.
  await signIn(page, world.innboks.url);
  const account = `/api/channel-accounts/${world.beginning.channel}`;
  const { config } = await api(world, "GET", account);
  const me = await api(world, "GET", "/api/users/me");
  await api(world, "PATCH", account, { setup_step: "details" });
  await page.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}/setup`);
  await page.getByRole("radio", { name: "HTML" }).check({ force: true });
  const markup = page.getByRole("textbox", { name: "Signature" });
  await expect(page.getByText("Signature", { exact: true }).first(), "its name stands once").toBeVisible();
  const seen = await page
    .getByText("Signature", { exact: true })
    .evaluateAll((all) => all.filter((one) => one.clientWidth > 1).length);
  expect(seen).toBe(1);
  await markup.fill(
    '<p style="color: rgb(12, 34, 56); position: fixed" onclick="document.title=1">{{ first_name }} {{firstname}}</p><script>document.title = "ran"</script>',
  );
  const line = page.frameLocator(".mailcard iframe").getByText(`${me.first_name} {{firstname}}`);
  await expect(line).toHaveCSS("color", "rgb(12, 34, 56)");
  await expect(line).toHaveCSS("position", "static");
  await expect(page.getByText("Customers read this as it stands, because it is no token: {{firstname}}")).toBeVisible();
  await markup.fill("<p>{{first_name}}</p>");
  await expect(page.getByText("because it is no token")).toHaveCount(0);
  expect(await page.title()).not.toMatch(/^(1|ran)$/);
  await api(world, "PATCH", account, { setup_step: null, config });
});

test("on a phone the preview stands whole behind its button, and the check begins at its top", async ({
  inbox: page,
  world,
}) => {
  const account = `/api/channel-accounts/${world.beginning.channel}`;
  await page.setViewportSize({ width: 360, height: 740 });
  await api(world, "PATCH", account, { setup_step: "details" });
  await page.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}/setup`);
  await expect(page.getByLabel("Company name")).toBeVisible();
  await expect(page.locator(".mailcard iframe")).toBeAttached();
  await page.getByRole("button", { name: "Preview" }).click();
  const frame = page.locator(".mailcard iframe");
  await expect(frame).toBeVisible();
  await expect.poll(async () => (await frame.boundingBox())?.height).toBeGreaterThan(120);
  const [title, by] = [page.getByRole("heading", { name: "Preview" }), page.getByText("as sent by")];
  const [one, other] = [await title.boundingBox(), await by.boundingBox()];
  if (!one || !other) throw new Error("not drawn");
  const width = await title.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect().width;
  });
  expect(other.x >= one.x + width || other.y >= one.y + one.height, "they do not stand upon each other").toBe(true);
  await page.goto(`${world.innboks.url}/settings/channels/connect-email`);
  await page.getByText("More settings").click();
  await page.getByText("More settings").evaluate((element) => element.scrollIntoView());
  await page.getByRole("button", { name: "Connection check" }).click();
  await expect(page.getByRole("heading", { name: "Connection check" })).toBeInViewport();
  await api(world, "PATCH", account, { setup_step: null });
});
