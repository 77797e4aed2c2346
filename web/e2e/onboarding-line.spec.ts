/* A server's first hour for hands that are quicker than the line, and with a worker that dies. Each story begins with an empty server. */
import { expect, test } from "@playwright/test";
import { fillAccount, go, heading } from "./firstRun";
import { ADMIN, type Innboks, startInnboks } from "./server";

let innboks: Innboks;
test.beforeEach(async () => {
  test.setTimeout(360_000);
  innboks = await startInnboks();
});
test.afterEach(() => innboks.remove());

test("who is quicker than what the second step reads presses once, and goes on when it is there", async ({ page }) => {
  await fillAccount(page, innboks);
  let letGo = () => {};
  const gate = new Promise<void>((opened) => {
    letGo = opened;
  });
  await page.route(/\/api\/(inboxes|users\/\d+\/availability)$/, async (route) => {
    if (route.request().method() === "GET") await gate;
    await route.fallback();
  });
  await go(page);
  await expect(page.getByLabel("Inbox name")).toBeFocused();
  await page.getByLabel("Company name").fill(ADMIN.account);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Continue" })).toHaveAttribute("aria-busy", "true");
  letGo();
  await expect(heading(page, "Where do your customers write today?")).toBeVisible();
  const inboxes = await page.evaluate(() => fetch("/api/inboxes").then((answer) => answer.json()));
  expect(
    inboxes.items.map(({ name }: { name: string }) => name),
    "the one that is there, and no second",
  ).toEqual(["Support"]);
});

test("on a slow line each step says that it is under way, and is taken once", async ({ page }) => {
  await fillAccount(page, innboks);
  const asked: string[] = [];
  await page.route(/\/api\//, async (route) => {
    const { method, url } = { method: route.request().method(), url: new URL(route.request().url()).pathname };
    if (method !== "GET") asked.push(`${method} ${url}`);
    await new Promise((wait) => setTimeout(wait, 1500));
    await route.continue();
  });
  const button = page.getByRole("button", { name: "Continue" });
  await button.dblclick();
  await expect(button).toHaveAttribute("aria-busy", "true");
  await expect(heading(page, "Name your inbox")).toBeVisible();
  await expect(button).not.toHaveAttribute("aria-busy", "true");
  await button.click();
  await expect(button).toHaveAttribute("aria-busy", "true");
  await expect(heading(page, "Where do your customers write today?")).toBeVisible();
  await page.getByRole("button", { name: "Look around with demo data first" }).click();
  await expect(page).toHaveURL(/\/inbox\/open$/, { timeout: 20_000 });
  for (const once of ["POST /api/setup", "POST /api/demo"])
    expect(
      asked.filter((one) => one === once),
      once,
    ).toHaveLength(1);
});

test("a worker that is killed in the middle of loading leaves nothing twice", async ({ page }) => {
  await fillAccount(page, innboks);
  await go(page);
  await go(page);
  await page.getByRole("button", { name: "Look around with demo data first" }).click();
  await expect(page.getByText(/^Loading demo data, [1-9]\d* %$/).first()).toBeVisible({ timeout: 60_000 });
  await innboks.stop("SIGKILL");
  await innboks.start();
  await page.reload();
  await expect(page.getByRole("button", { name: "Demo data", exact: true })).toBeVisible({ timeout: 150_000 });
  const inboxes: { items: { name: string }[] } = await page.evaluate(() =>
    fetch("/api/inboxes").then((answer) => answer.json()),
  );
  expect(inboxes.items.map(({ name }) => name).sort()).toEqual(["Support", "Tindra returns", "Tindra support"]);
});
