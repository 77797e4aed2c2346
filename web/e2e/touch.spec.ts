/* The settings by finger, on a narrow phone: everything is large enough to be met, nothing is cut, and the page itself does not scroll. */
import { api, cutTexts, smallTargets } from "./checks";
import { expect, test } from "./fixtures";
import { person } from "./people";

test("what an admin sets up about people, assignment and channels is met by a finger at 360 px", async ({
  browser,
  inbox,
  world,
}) => {
  test.setTimeout(360_000);
  const bo = await person(world, "Bo Sandvik");
  await api(world, "PATCH", `/api/users/${bo}/availability`, {
    time_zone: "America/New_York",
    country: "NO",
    hours: [{ day: 0, from: "08:00", to: "11:30" }],
    absences: [{ starts_at: "2032-01-02T00:00:00Z", ends_at: "2032-01-05T00:00:00Z", note: "Skiing" }],
  });
  const role = await api(world, "POST", "/api/roles", { name: "Seasonal hands in the stores", permissions: [] });
  const team = await api(world, "POST", "/api/teams", { name: "Tents", main_member_ids: [bo] });
  const { channel } = world.beginning;
  // Its page then leads to the quarantine.
  await world.write({ from: "", raw: "To: support@tindra.example\r\nSubject: From nobody\r\n\r\nHello\r\n" });
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  });
  await context.addCookies(await inbox.context().cookies());
  const page = await context.newPage();
  const people = ["availability", `availability/${bo}`, "hours", "people", `people/${bo}`, "roles", "teams"];
  const channels = ["channels", `channels/${channel}`, `channels/${channel}/automation`, "channels/connect-email"];
  for (const at of [...people, ...channels, "routing", "inboxes", "brand", "tickets", "profile"]) {
    await page.goto(`${world.innboks.url}/settings/${at}`);
    await expect(page.getByRole("heading").first()).toBeVisible();
    await expect(page.locator(".skeleton")).toHaveCount(0, { timeout: 20_000 });
    expect(await page.evaluate(() => matchMedia("(pointer: coarse)").matches)).toBe(true);
    await expect.poll(() => smallTargets(page), at).toEqual([]);
    expect.soft(await cutTexts(page), at).toEqual([]);
    const tooHigh = () => page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
    expect.soft(await tooHigh(), `${at} scrolls beside its pane`).toBeLessThanOrEqual(1);
  }
  await context.close();
  await api(world, "DELETE", `/api/roles/${role.id}`);
  await api(world, "DELETE", `/api/teams/${team.id}`);
});

test("a long name of a role is read to its end, however wide the window is", async ({ inbox, world }) => {
  const name = "Seasonal hands in the stores of the north and the west";
  const role = await api(world, "POST", "/api/roles", { name, permissions: [] });
  await inbox.goto(`${world.innboks.url}/settings/roles`);
  const field = inbox.getByRole("textbox", { name: `Name of ${name}` });
  await expect(field).toHaveValue(name);
  for (const width of [1440, 900, 360]) {
    await inbox.setViewportSize({ width, height: 900 });
    const cut = field.evaluate((one) => [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight]);
    expect(await cut, `at ${width}`).toEqual([0, 0]);
  }
  await api(world, "DELETE", `/api/roles/${role.id}`);
});
