/* Lists of 50 000 conversations: what is drawn of them, where the keys lead, and one act on 500 at once. On a server of its own: no other story could begin
 * with an empty inbox behind it. */
import type { Page } from "@playwright/test";
import { api, type Beginning } from "./api";
import { axe } from "./checks";
import { expect, makeWorld, signIn, test, type World } from "./fixtures";
import { enter, person } from "./people";

const MANY = 50_000;

let world: World;
let main: Beginning["channel"];

test.beforeAll(async () => {
  test.setTimeout(360_000);
  world = await makeWorld();
  main = world.beginning.channel;
  await world.innboks.fillList(main, MANY);
});
test.afterAll(async () => {
  await world.mailbox.close();
  await world.innboks.remove();
});

const row = (page: Page, subject: string) =>
  page.locator("[data-row]").and(page.getByRole("link", { name: new RegExp(`, ${subject}(,|$)`) }));
const rows = (page: Page) => page.getByTestId("rows");
const placeOfFocus = (page: Page) => page.locator("li:has([data-row]:focus)");

test("of 50 000 conversations a screenful is drawn, End and Home, J and K go over the borders of pages, and what was chosen stays chosen", async ({
  page,
}) => {
  await signIn(page, world.innboks.url);
  await page.goto(`${world.innboks.url}/inbox/open?sort=newest`);
  await expect(row(page, `Letter ${MANY}`)).toBeVisible();
  await expect(page.locator(".listhead .count")).toHaveText("99+");
  await page.keyboard.press("j");
  await expect(row(page, `Letter ${MANY}`)).toBeFocused();
  await page.keyboard.press("x");
  const bar = page.getByRole("toolbar", { name: "Selection" });
  await expect(bar).toContainText("1 selected");

  // Each End shows the last of what is here, and fetches on; the row with the focus is left behind, and keeps it.
  for (const least of [50, 150, 250, 350, 450]) {
    await page.keyboard.press("End");
    await expect
      .poll(() => page.locator("li.conv").last().getAttribute("aria-posinset").then(Number))
      .toBeGreaterThan(least);
    await expect(row(page, `Letter ${MANY}`)).toBeFocused();
    expect(await page.locator("li.conv").count()).toBeLessThan(60);
  }
  await expect(row(page, `Letter ${MANY}`)).not.toBeInViewport();
  await page.keyboard.press("Home");
  await expect(row(page, `Letter ${MANY}`)).toBeInViewport();
  await expect(rows(page).getByRole("checkbox", { checked: true })).toHaveCount(1);

  // Over the border between the first page and the second, and back; the rows say where they stand.
  await rows(page).evaluate((list) => list.scrollTo(0, 48 * 74));
  await row(page, `Letter ${MANY - 48}`).click();
  await expect(page.getByRole("main").getByRole("heading", { name: `Letter ${MANY - 48}` })).toBeVisible();
  for (const nth of [49, 50, 51]) {
    await page.keyboard.press("j");
    await expect(row(page, `Letter ${MANY - nth}`)).toBeFocused();
    await expect(row(page, `Letter ${MANY - nth}`)).toBeInViewport();
  }
  await expect(placeOfFocus(page)).toHaveAttribute("aria-posinset", "52");
  for (const nth of [50, 49]) {
    await page.keyboard.press("k");
    await expect(row(page, `Letter ${MANY - nth}`)).toBeFocused();
  }
  await expect(bar).toContainText("1 selected");

  // Esc leads to the list; from there J goes on from the row that was left. Another view and back: the list stands where it stood.
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/inbox\/open\?sort=newest$/);
  await expect(row(page, `Letter ${MANY - 49}`)).toBeFocused();
  await page.keyboard.press("j");
  await expect(row(page, `Letter ${MANY - 50}`)).toBeFocused();
  const top = await rows(page).evaluate((list) => list.scrollTop);
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await expect(page.getByRole("heading", { name: "Mine", level: 1 })).toBeVisible();
  await page.goBack();
  await expect(row(page, `Letter ${MANY - 50}`)).toBeInViewport();
  expect(await rows(page).evaluate((list) => list.scrollTop)).toBe(top);

  // The other end of it.
  await page.getByRole("button", { name: /^Sorted/ }).click();
  await page.getByRole("menuitemcheckbox", { name: "Oldest first" }).click();
  await expect(row(page, "Letter 1")).toBeVisible();
});

test("500 are closed at once with their progress; what one may not change is said and stays, and Undo brings back the rest", async ({
  page,
}) => {
  test.setTimeout(360_000);
  // Bo reads what an administrator may read, and is no member of Repairs.
  const bo = await person(world, "Bo Sandvik");
  const roles = (await api(world, "GET", "/api/roles")).items as { id: string; key: string | null }[];
  await api(world, "PATCH", `/api/users/${bo}`, { role_id: roles.find((role) => role.key === "admin")?.id });
  const repairs = await api(world, "POST", "/api/inboxes", { name: "Repairs", access: "members", member_ids: [] });
  const printed = await world.innboks.cli(
    "connect",
    "email",
    "--name",
    "Repairs mail",
    "--inbox",
    repairs.id,
    "method=forwarding",
    "address=repairs@tindra.example",
    "smtp_host=127.0.0.1",
    `smtp_port=${world.mailbox.port}`,
    "smtp_tls=none",
  );
  await world.innboks.fillList(main, 480, "urgent");
  await world.innboks.fillList((JSON.parse(printed) as { id: string }).id, 20, "urgent");

  await enter(page, world, "bo@tindra.example");
  await page.goto(`${world.innboks.url}/inbox/open?priorities=urgent&sort=newest`);
  await expect(page.locator("li.conv").first()).toBeVisible();
  await page.keyboard.press("Shift+X");
  await expect(page.getByRole("toolbar", { name: "Selection" })).toContainText("500 selected");

  // The first bundle waits until its rows are seen to be gone, for what is refused comes back with its answer; the second until the progress has been looked at.
  const seen = [() => {}, () => {}];
  const looks = seen.map((_, at) => new Promise<void>((done) => (seen[at] = done)));
  let asked = 0;
  await page.route("**/api/conversations/bulk", async (route) => {
    await looks[asked++];
    await route.continue();
  });
  await page.keyboard.press("e");
  await expect(page.locator("li.conv")).toHaveCount(0);
  seen[0]?.();
  await expect(page.getByRole("progressbar", { name: "Closing conversations" })).toHaveAttribute("value", "50");
  await expect(page.getByText("50 of 500")).toBeVisible();
  await axe(page, "a bulk change under way");
  seen[1]?.();
  await expect(page.getByText("480 closed")).toBeVisible();
  const alert = page.getByRole("alert").filter({ hasText: "20 conversations were left as they were" });
  await expect(alert).toContainText("member");
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  await expect(page.locator("li.conv").first()).toHaveAttribute("aria-setsize", "20");
  const counted = async (status: string) => {
    const path = `/api/conversations?view=${status}&priorities=urgent&sort=newest&limit=100`;
    return (await api(world, "GET", path)).items.length as number;
  };
  expect(await counted("closed")).toBe(100);

  await page.getByRole("status").filter({ hasText: "480 closed" }).getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("480 conversations are as they were")).toBeVisible();
  // What was refused had nothing to undo, so it is not refused again.
  await expect(page.getByRole("alert")).toHaveCount(1);
  expect(await counted("closed")).toBe(0);
  await expect(row(page, "Letter 480")).toBeVisible();
});
