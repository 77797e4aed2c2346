/* Views and the list: what is due first, filters, saved views, choosing rows, density, the phone; by keyboard, and checked by axe. */
import type { APIRequestContext, Page } from "@playwright/test";
import { api } from "./api";
import { axe, choose } from "./checks";
import { expect, fillComposer, test } from "./fixtures";

const rowOf = (inbox: Page, name: string) => inbox.getByRole("link", { name: new RegExp(name) });

interface Listed {
  items: { id: string; subject: string; due_at: string | null }[];
}

/** What the API knows, as the person who is signed in. */
async function listed(inbox: Page, query = "view=open"): Promise<Listed["items"]> {
  const answer = await inbox.request.get(`${origin(inbox)}/api/conversations?${query}`);
  return ((await answer.json()) as Listed).items;
}

const origin = (inbox: Page) => new URL(inbox.url()).origin;
const go = (inbox: Page, path: string) => inbox.goto(origin(inbox) + path);

async function change(inbox: Page, subject: string, part: object): Promise<void> {
  const found = (await listed(inbox, "view=all&limit=100")).find((one) => one.subject === subject);
  expect(found, subject).toBeTruthy();
  await patch(inbox.request, origin(inbox), `/api/conversations/${found?.id}`, part);
}

async function patch(request: APIRequestContext, from: string, path: string, data: object): Promise<void> {
  const answer = await request.patch(from + path, { data, headers: { origin: from } });
  expect(answer.status(), await answer.text()).toBe(200);
}

// On a phone the list stands there alone, and what is main is another page.
const check = (inbox: Page) => axe(inbox, "a view", ["landmark-one-main"]);

test("what is due first stands first, in groups with clocks", async ({ inbox, world }) => {
  for (const name of ["Clock one", "Clock two"])
    await world.write({ from: `${name} <${name.replace(" ", ".")}@due.example>`, subject: name, text: "When?" });
  await expect(rowOf(inbox, "Clock two")).toBeVisible();
  await expect(inbox.getByRole("heading", { name: /^Later today/ })).toBeVisible();
  await expect(rowOf(inbox, "Clock one")).toContainText(/Reply \d h/);

  const target = (seconds: number | null) =>
    patch(inbox.request, origin(inbox), `/api/inboxes/${world.beginning.inbox.id}`, { reply_within_s: seconds });
  await target(1200);
  await expect(inbox.getByRole("heading", { name: /^Reply now/ })).toBeVisible();
  await expect(rowOf(inbox, "Clock one")).toContainText(/Reply (19|20) min/);
  await check(inbox);

  await rowOf(inbox, "Clock one").click();
  await fillComposer(inbox, /^Reply through/, "Soon.");
  await inbox.keyboard.press("Control+Enter");
  const waiting = inbox.getByRole("region", { name: /^Waiting for customer/ });
  await expect(waiting.getByRole("link", { name: /Clock one/ })).toBeVisible({ timeout: 20_000 });
  await target(14_400);
  const due = async () => Date.parse((await listed(inbox)).find((one) => one.subject === "Clock two")?.due_at ?? "");
  await expect.poll(async () => (await due()) - Date.now(), { timeout: 20_000 }).toBeGreaterThan(3_600_000);
  await expect(inbox.getByRole("heading", { name: /^Later today/ })).toBeVisible();

  await inbox.getByRole("button", { name: /^Sorted/ }).click();
  await inbox.getByRole("menuitemcheckbox", { name: "Newest first" }).click();
  await expect(inbox).toHaveURL(/sort=newest/);
  await expect(inbox.getByRole("heading", { name: /^Later today/ })).toHaveCount(0);
  await inbox.goBack();
  await expect(inbox.getByRole("heading", { name: /^Later today/ })).toBeVisible();
});

test("filters hold at once, stand in the address, and are saved as a view, by keyboard", async ({ inbox, world }) => {
  for (const name of ["Filter one", "Filter two"])
    await world.write({ from: `${name} <${name.replace(" ", ".")}@filter.example>`, subject: name, text: "Hm" });
  await expect(rowOf(inbox, "Filter two")).toBeVisible();
  await change(inbox, "Filter two", { priority: "urgent" });
  await expect(rowOf(inbox, "Filter two")).toContainText("Urgent");

  await inbox.keyboard.press("v");
  const panel = inbox.getByRole("dialog", { name: "Filter" });
  await expect(panel.getByLabel("Status")).toBeFocused();
  await check(inbox);
  await panel.locator("summary", { hasText: "Priority" }).press("Enter");
  await panel.getByLabel("Urgent").press("Space");
  await expect(inbox).toHaveURL(/priorities=urgent/);
  await expect(rowOf(inbox, "Filter one")).toHaveCount(0);
  await expect(rowOf(inbox, "Filter two")).toBeVisible();

  await panel.getByRole("button", { name: "Save as view" }).press("Enter");
  const dialog = inbox.getByRole("dialog", { name: "Save as view" });
  await dialog.getByLabel("Name").fill("Urgent ones");
  await choose(dialog.getByLabel("flag"));
  await check(inbox);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(inbox.getByRole("heading", { name: "Urgent ones", level: 1 })).toBeVisible();
  await expect(inbox).toHaveURL(/\/inbox\/saved-\d+$/);
  await inbox.reload();
  await expect(rowOf(inbox, "Filter two")).toBeVisible();
  await expect(rowOf(inbox, "Filter one")).toHaveCount(0);

  // News comes and goes in it without asking.
  await change(inbox, "Filter one", { priority: "urgent" });
  await expect(rowOf(inbox, "Filter one")).toBeVisible();
  await change(inbox, "Filter one", { priority: "low" });
  await expect(rowOf(inbox, "Filter one")).toHaveCount(0);

  const views = inbox.getByRole("navigation", { name: "Views" });
  await views.getByRole("button", { name: "Menu of Urgent ones" }).focus();
  await inbox.keyboard.press("Enter");
  await inbox.getByRole("menuitem", { name: "Delete" }).press("Enter");
  await expect(views.getByRole("link", { name: /Urgent ones/ })).toHaveCount(0);
  await inbox.keyboard.press("z");
  await expect(views.getByRole("link", { name: /Urgent ones/ })).toBeVisible();
});

test("what belongs to a ticket is a filter, and comes and goes in the list as tickets do", async ({ inbox, world }) => {
  for (const name of ["Ticket one", "Ticket two"])
    await world.write({ from: `${name} <${name.replace(" ", ".")}@filter.example>`, subject: name, text: "Hm" });
  await expect(rowOf(inbox, "Ticket two")).toBeVisible();
  const ids = Object.fromEntries((await listed(inbox)).map((one) => [one.subject, one.id]));
  const make = (name: string) => api(world, "POST", `/api/conversations/${ids[name]}/tickets`, {});
  const first = await make("Ticket one");
  await inbox.keyboard.press("v");
  const panel = inbox.getByRole("dialog", { name: "Filter" });
  await panel.getByLabel("Ticket", { exact: true }).selectOption("With a ticket");
  await expect(rowOf(inbox, "Ticket two")).toHaveCount(0);
  await make("Ticket two");
  await expect(rowOf(inbox, "Ticket two")).toBeVisible();
  await panel.getByLabel("Ticket", { exact: true }).selectOption("Without a ticket");
  await api(world, "DELETE", `/api/conversations/${ids["Ticket one"]}/tickets/${first.id}`);
  await expect(rowOf(inbox, "Ticket one")).toBeVisible();
  await world.write({ from: "Ticket three <three@filter.example>", subject: "Ticket three", text: "Hm" });
  await expect(rowOf(inbox, "Ticket three")).toBeVisible();
});

test("what matches nothing says so and offers the way back", async ({ inbox }) => {
  await go(inbox, "/inbox/open?assignees=me&priorities=low&waiting_longer_than_s=604800");
  await expect(inbox.getByRole("heading", { name: "No one matches these filters" })).toBeVisible();
  await check(inbox);
  await inbox.getByRole("button", { name: "Clear filters" }).click();
  await expect(inbox).toHaveURL(/\/inbox\/open\?sort=due$/);
  for (const [view, heading] of [
    ["mentions", "No mentions"],
    ["drafts", "No drafts"],
    ["snoozed", "Nothing snoozed"],
    ["sent", "Nothing sent yet"],
    ["trash", "The trash is empty"],
    ["saved-999", "This view is gone"],
  ]) {
    await go(inbox, `/inbox/${view}`);
    await expect(inbox.getByRole("heading", { name: heading })).toBeVisible();
  }
});

test("rows are chosen by key, in a row, and all of the view", async ({ inbox, world }) => {
  for (const name of ["Pick one", "Pick two", "Pick three"])
    await world.write({ from: `${name} <${name.replace(" ", ".")}@pick.example>`, subject: name, text: "Hm" });
  // Each comes by itself, and the last may be drawn first.
  for (const name of ["Pick one", "Pick two", "Pick three"]) await expect(rowOf(inbox, name)).toBeVisible();
  await inbox.keyboard.press("j");
  await inbox.keyboard.press("x");
  await expect(inbox.getByRole("toolbar", { name: "Selection" })).toContainText("1 selected");
  await inbox.keyboard.press("Shift+J");
  await inbox.keyboard.press("Shift+J");
  await expect(inbox.getByRole("toolbar", { name: "Selection" })).toContainText("3 selected");
  await check(inbox);
  await inbox.keyboard.press("Shift+X");
  const open = (await listed(inbox, "view=open&limit=100")).length;
  await expect(inbox.getByRole("toolbar", { name: "Selection" })).toContainText(`${open} selected`);
  await inbox.getByRole("button", { name: "End selection" }).click();
  await expect(inbox.getByRole("toolbar", { name: "Selection" })).toHaveCount(0);
});

test("rows are compact when one wants them so, and the views fold away", async ({ inbox, world }) => {
  await world.write({ from: "Dense <dense@look.example>", subject: "Dense", text: "Hm" });
  await expect(rowOf(inbox, "Dense")).toBeVisible();
  const height = async () => (await inbox.locator("li.conv").first().boundingBox())?.height;
  expect(await height()).toBe(74);
  await go(inbox, "/settings/appearance");
  await expect(inbox.getByRole("heading", { name: "Appearance", level: 1 })).toBeVisible();
  await check(inbox);
  await inbox.getByLabel("Rows of the list").selectOption("compact");
  await go(inbox, "/inbox/open");
  await expect(rowOf(inbox, "Dense")).toBeVisible();
  expect(await height()).toBe(52);
  await check(inbox);
  await go(inbox, "/settings/appearance");
  await inbox.getByLabel("Rows of the list").selectOption("comfortable");
  await go(inbox, "/inbox/open");

  const views = inbox.getByRole("navigation", { name: "Views" });
  await expect(views).toBeVisible();
  await expect(rowOf(inbox, "Dense")).toBeVisible();
  await inbox.keyboard.press("[");
  await expect(views).toBeHidden();
  await inbox.keyboard.press("[");
  await views.getByRole("button", { name: "Set aside" }).click();
  await expect(views.getByRole("link", { name: "Trash" })).toBeVisible();
  await inbox.reload();
  await expect(views.getByRole("link", { name: "Trash" })).toBeVisible();
  await inbox.setViewportSize({ width: 1024, height: 768 });
  await expect(views).toBeHidden();
  await inbox.getByRole("button", { name: "Views" }).click();
  await inbox.getByRole("menuitemcheckbox", { name: /Closing soon/ }).click();
  await expect(inbox.getByRole("heading", { name: "Closing soon", level: 1 })).toBeVisible();
});

test("on a phone a row is swept aside, and that is undone", async ({ inbox, world }) => {
  await world.write({ from: "Swept <swept@phone.example>", subject: "Sweep me", text: "Hm" });
  await inbox.setViewportSize({ width: 360, height: 740 });
  await expect(rowOf(inbox, "Sweep me")).toBeVisible();
  await check(inbox);
  expect(await inbox.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  const sweep = (by: number) =>
    inbox.locator("li.conv", { hasText: "Sweep me" }).evaluate((row, dx) => {
      const box = row.getBoundingClientRect();
      const at = (type: string, x: number) =>
        row.dispatchEvent(
          new PointerEvent(type, {
            bubbles: true,
            pointerType: "touch",
            pointerId: 1,
            clientX: box.x + 150 + x,
            clientY: box.y + 30,
          }),
        );
      row.setPointerCapture = () => undefined;
      at("pointerdown", 0);
      at("pointermove", dx / 4);
      at("pointermove", dx);
      return new Promise((done) =>
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            at("pointerup", dx);
            done(null);
          }),
        ),
      );
    }, by);
  await sweep(160);
  await expect(rowOf(inbox, "Sweep me")).toHaveCount(0);
  await inbox.getByRole("button", { name: /^Undo/ }).click();
  await expect(rowOf(inbox, "Sweep me")).toBeVisible();
  await sweep(-160);
  await expect(inbox.getByText("Snoozed until tomorrow morning")).toBeVisible();
  await expect.poll(async () => (await listed(inbox, "view=snoozed")).map((one) => one.subject)).toContain("Sweep me");
  await go(inbox, "/inbox/snoozed");
  await expect(rowOf(inbox, "Sweep me")).toBeVisible();
});

test("a row has a menu by the right button and by key, and says that it is snoozed, and that a draft of mine is in it", async ({
  inbox,
  world,
}) => {
  await world.write({ from: "Rita Right <rita@right.example>", subject: "Press me right", text: "Hm" });
  const row = rowOf(inbox, "Press me right");
  await row.click({ button: "right" });
  const menu = inbox.getByRole("menu", { name: "What can be done with Rita Right" });
  await menu.getByRole("menuitem", { name: /^Assign to me/ }).click();
  await expect(inbox.locator("li.conv", { hasText: "Press me right" }).getByTitle("Amina Yusuf")).toBeVisible();
  await expect(inbox).toHaveURL(/\/inbox\/open$/);
  // By key: the focus goes back to the row, and nothing is opened.
  await row.focus();
  await inbox.keyboard.press("Shift+F10");
  await expect(menu).toBeVisible();
  await inbox.keyboard.press("Escape");
  await expect(row).toBeFocused();
  await row.click();
  await inbox.getByRole("textbox", { name: /^Reply through/ }).click();
  await inbox.keyboard.type("Not finished");
  await expect(row).toHaveAccessibleName(/Draft$/);
  await row.click({ button: "right" });
  await menu.getByRole("menuitem", { name: /^Snooze/ }).click();
  await expect(row).toHaveCount(0);
  await inbox.goto(`${world.innboks.url}/inbox/snoozed`);
  await expect(row).toHaveAccessibleName(/Snoozed until .*, Draft$/);
});

test("the mark of a draft goes where the draft goes, also while the number of drafts stays the same", async ({
  inbox,
  world,
}) => {
  for (const subject of ["Begun here", "Begun there"])
    await world.write({ from: `Dora Draft <dora@${subject.slice(-4)}.example>`, subject, text: "Hm" });
  await expect(rowOf(inbox, "Begun there")).toBeVisible();
  const from = origin(inbox);
  const draft = async (subject: string, text: string) => {
    const id = (await listed(inbox, "view=all&limit=100")).find((one) => one.subject === subject)?.id;
    const where = `${from}/api/conversations/${id}/draft?mode=reply`;
    const headers = { origin: from };
    const answer = text
      ? await inbox.request.put(where, { data: { text }, headers })
      : await inbox.request.delete(where, { headers });
    expect(answer.ok(), await answer.text()).toBe(true);
  };
  await draft("Begun here", "Not finished");
  await expect(rowOf(inbox, "Begun here")).toHaveAccessibleName(/Draft$/);
  await draft("Begun here", "");
  await draft("Begun there", "Not finished either");
  await expect(rowOf(inbox, "Begun there")).toHaveAccessibleName(/Draft$/);
  await expect(rowOf(inbox, "Begun here")).not.toHaveAccessibleName(/Draft$/);
});
