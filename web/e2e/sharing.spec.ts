/* What two people share: a saved view that is seen live, who has read what, who writes, and a link to a message. */
import type { Browser, Page } from "@playwright/test";
import { api } from "./api";
import { axe, conversationWith } from "./checks";
import { expect, test, type World } from "./fixtures";
import { enter, person } from "./people";

const row = (page: Page, subject: string) => page.locator("[data-row]").filter({ hasText: subject });
const views = (page: Page) => page.getByRole("navigation", { name: "Views" });
const write = (world: World, subject: string) =>
  world.write({ from: "Ivar Lie <ivar@shared.example>", subject, text: `${subject}?` });

async function asBo(browser: Browser, world: World): Promise<{ page: Page; id: string }> {
  const id = await person(world, "Bo Sandvik");
  const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(page, world, "bo@tindra.example");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  return { page, id };
}

test("a view with several filters is shared, and a colleague sees live what becomes of it", async ({
  inbox,
  world,
  browser,
}) => {
  for (const subject of ["Closed by Bo", "Open still"]) await write(world, subject);
  await expect(row(inbox, "Open still")).toBeVisible();
  const bo = await asBo(browser, world);
  const { id } = await conversationWith(world, "Closed by Bo");
  await api(world, "PATCH", `/api/conversations/${id}`, { status: "closed", assignee_id: bo.id });

  await inbox.goto(`${world.innboks.url}/inbox/all`);
  await expect(row(inbox, "Closed by Bo")).toBeVisible();
  await inbox.keyboard.press("v");
  const panel = inbox.getByRole("dialog", { name: "Filter" });
  await panel.getByLabel("Status").selectOption({ label: "Closed" });
  await panel.locator("summary", { hasText: "Assignee" }).click();
  await panel.getByLabel("Bo Sandvik").check();
  await panel.getByLabel("Last message").selectOption({ label: "The last 7 days" });
  await expect(row(inbox, "Closed by Bo")).toBeVisible();
  await expect(row(inbox, "Open still")).toHaveCount(0);
  await panel.getByRole("button", { name: "Save as view" }).click();
  const dialog = inbox.getByRole("dialog", { name: "Save as view" });
  await dialog.getByLabel("Name").fill("Done by Bo");
  await dialog.getByLabel("Share with everybody").check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(inbox).toHaveURL(/\/inbox\/saved-\d+$/);

  const theirs = views(bo.page).getByRole("link", { name: /Done by Bo/ });
  await theirs.click();
  await expect(row(bo.page, "Closed by Bo")).toBeVisible();
  await expect(row(bo.page, "Open still")).toHaveCount(0);
  // It is not theirs to change.
  await expect(views(bo.page).getByRole("button", { name: /^Menu of/ })).toHaveCount(0);

  // Another name, then other filters: both at once on the colleague's screen.
  const menu = async (name: string, what: string) => {
    await views(inbox)
      .getByRole("button", { name: `Menu of ${name}` })
      .focus();
    await inbox.keyboard.press("Enter");
    await inbox.getByRole("menuitem", { name: what }).click();
  };
  await menu("Done by Bo", "Edit view");
  const editing = inbox.getByRole("dialog", { name: "Edit view" });
  await editing.getByLabel("Name").fill("All of Bo's");
  await editing.getByRole("button", { name: "Save" }).click();
  await expect(views(bo.page).getByRole("link", { name: /All of Bo's/ })).toBeVisible();
  await inbox.keyboard.press("v");
  await panel.getByLabel("Status").selectOption({ label: "Any" });
  await panel.getByLabel("Bo Sandvik").uncheck();
  await expect(row(inbox, "Open still")).toBeVisible();
  await expect(row(bo.page, "Open still")).toHaveCount(0);
  await panel.getByRole("button", { name: "Save changes" }).click();
  await expect(row(bo.page, "Open still")).toBeVisible();

  // In the order that it was put in, and gone when it is deleted.
  await api(world, "POST", "/api/saved-views", { name: "Second", is_shared: true, filters: {}, sort: "due" });
  const order = (page: Page) => views(page).locator("a[href*='/inbox/saved-']");
  await expect(order(bo.page)).toHaveText([/All of Bo's/, /Second/]);
  await expect(order(inbox)).toHaveText([/All of Bo's/, /Second/]);
  await inbox.keyboard.press("Escape");
  await menu("Second", "Move up");
  await expect(order(bo.page)).toHaveText([/Second/, /All of Bo's/]);
  await menu("All of Bo's", "Delete");
  await expect(bo.page.getByRole("heading", { name: "This view is gone" })).toBeVisible();
  await axe(bo.page, "a view that is gone");
  await inbox.keyboard.press("z");
  await expect(order(bo.page)).toHaveText([/Second/, /All of Bo's/]);
  await bo.page.context().close();
});

test("read is each one's own, and the row says who reads and who writes", async ({ inbox, world, browser }) => {
  await write(world, "Read by one");
  await expect(row(inbox, "Read by one")).toHaveAccessibleName(/^Unread/);
  const bo = await asBo(browser, world);
  await expect(row(bo.page, "Read by one")).toHaveAccessibleName(/^Unread/);
  await row(bo.page, "Read by one").click();
  await expect(row(bo.page, "Read by one")).not.toHaveAccessibleName(/^Unread/);
  await expect(row(inbox, "Read by one")).toContainText("Bo reading");
  await expect(row(inbox, "Read by one")).toHaveAccessibleName(/^Unread/);
  await bo.page.locator(".composer [contenteditable=true]").click();
  await bo.page.keyboard.type("Of course");
  await expect(row(inbox, "Read by one")).toContainText("Bo writing");
  await expect(row(bo.page, "Read by one")).not.toContainText(/reading|writing/);
  await bo.page.context().close();
  await row(inbox, "Read by one").click();
  await expect(row(inbox, "Read by one")).not.toHaveAccessibleName(/^Unread/);
  // News makes it unread again for who is elsewhere.
  await inbox.goto(`${world.innboks.url}/settings/profile`);
  const { id } = await conversationWith(world, "Read by one");
  await api(world, "PATCH", `/api/conversations/${id}`, { is_unread: true });
  await inbox.goto(`${world.innboks.url}/inbox/open`);
  await expect(row(inbox, "Read by one")).toHaveAccessibleName(/^Unread/);
});

test("a sign-in in a browser of another language leads where it was to lead, in one's own language", async ({
  inbox,
  world,
  browser,
}) => {
  await write(world, "Read me first");
  await row(inbox, "Read me first").click();
  await expect(inbox).toHaveURL(/\/inbox\/open\/\d+$/);
  await person(world, "Bo Sandvik");
  const theirs = await (await browser.newContext({ locale: "nb-NO" })).newPage();
  await theirs.goto(inbox.url());
  await expect(theirs.getByRole("heading", { name: "Logg inn" })).toBeVisible();
  await theirs.getByLabel("E-post").fill("bo@tindra.example");
  await theirs.getByLabel("Passord", { exact: true }).fill("seven-quiet-herons-wade");
  await theirs.getByRole("button", { name: "Logg inn" }).click();
  await expect(theirs.getByRole("navigation", { name: "Views" })).toBeVisible();
  await expect(theirs).toHaveURL(inbox.url());
  await expect(theirs.getByRole("heading", { name: "Read me first" })).toBeVisible();
  // Whoever is signed in is not asked again.
  await theirs.goto(`${world.innboks.url}/sign-in`);
  await expect(theirs).toHaveURL(/\/inbox\/open$/);
});

test("a link to a message leads a colleague there through the sign-in, and tells nothing to who may not see it", async ({
  inbox,
  world,
  browser,
}) => {
  await inbox.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const first = {
    from: "Ivar Lie <ivar@shared.example>",
    subject: "Where is it",
    messageId: "<where-1@shared.example>",
  };
  await world.write({ ...first, text: "The first words." });
  await world.write({
    ...first,
    subject: "Re: Where is it",
    messageId: undefined,
    inReplyTo: first.messageId,
    text: "The second words.",
  });
  await row(inbox, "Where is it").click();
  const second = inbox.getByRole("article").filter({ hasText: "The second words." });
  await second.getByRole("button", { name: "More about this message" }).click();
  await inbox.getByRole("menuitem", { name: "Why is this here?" }).click();
  const why = inbox.getByRole("dialog", { name: "Why is this here?" });
  await expect(why.locator("code")).toContainText("where-1@shared.example");
  await why.getByRole("link", { name: "Show that message" }).click();
  await expect(inbox).toHaveURL(/#m\d+$/);
  await expect(inbox.getByRole("article").filter({ hasText: "The first words." })).toBeInViewport();

  // Copied beside a list that is only mine.
  await inbox.goto(inbox.url().replace(/\/inbox\/open/, "/inbox/all"));
  await second.getByRole("button", { name: "More about this message" }).click();
  await inbox.getByRole("menuitem", { name: "Copy link" }).click();
  await expect(inbox.getByText("Link copied")).toBeVisible();
  const link = await inbox.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/\/inbox\/open\/\d+#m\d+$/);

  await person(world, "Bo Sandvik");
  const theirs = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await theirs.goto(link);
  await theirs.getByLabel("Email").fill("bo@tindra.example");
  await theirs.getByLabel("Password", { exact: true }).fill("seven-quiet-herons-wade");
  await theirs.getByRole("button", { name: "Sign in" }).click();
  await expect(theirs).toHaveURL(link);
  await expect(theirs.locator(new URL(link).hash)).toBeInViewport();
  await expect(theirs.locator(new URL(link).hash)).toContainText("The second words.");

  const { id: closed } = await api(world, "POST", "/api/inboxes", {
    name: "Closed circle",
    access: "members",
    member_ids: [world.beginning.myId],
  });
  const { id } = await conversationWith(world, "Where is it");
  await api(world, "PATCH", `/api/conversations/${id}`, { inbox_id: closed });
  await expect(theirs.getByText("The second words.")).toHaveCount(0);
  await theirs.goto(`${world.innboks.url}/settings/profile`);
  await theirs.goto(link);
  await expect(theirs.getByRole("alert")).toContainText("There is no such conversation.");
  await expect(theirs.locator("body")).not.toContainText("Where is it");
  await expect(theirs).not.toHaveTitle(/Where is it/);
  await axe(theirs, "a link to what one may not see");
  await theirs.getByRole("main").getByRole("button", { name: "Back" }).click();
  await expect(theirs).toHaveURL(/\/inbox\/open$/);
  await theirs.context().close();
});
