/* The steps of a set-up as they stand: one that cannot be read, and what is drawn beside them (picture 03a). */
import { api } from "./api";
import { expect, test } from "./fixtures";

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
    await expect(told).toBeVisible({ timeout: 15_000 });
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
