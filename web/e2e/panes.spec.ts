/* A part of the screen that cannot be drawn, because the server's answer is not what it should be, stops alone: the others live on, and so does what is written. */
import { join } from "node:path";
import type { Page, Route } from "@playwright/test";
import { axe, conversationWith, kept } from "./checks";
import { expect, fillComposer, test } from "./fixtures";

const WORDS = "This part has stopped";

/** The server's own answer, changed on its way. */
async function bend(
  page: Page,
  path: RegExp,
  change: (answer: Record<string, unknown>) => object,
): Promise<() => Promise<void>> {
  const bent = async (route: Route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: change(await answer.json()) });
  };
  await page.route(path, bent);
  // Of what is still on its way the server's answer has not come.
  return () => page.unrouteAll({ behavior: "wait" });
}

const look = async (page: Page, name: string) => {
  await axe(page, name, [], async (theme) => {
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}-${theme}.png`) });
  });
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0);
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}-${width}.png`) });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
};

test("a pane that cannot be drawn is replaced alone, and drawn again", async ({ browser, inbox, world }) => {
  test.setTimeout(360_000);
  await world.write({ from: "Siri Lund <siri@panes.example>", subject: "Panes", text: "The message itself" });
  const { id, contact } = await conversationWith(world, "Panes");
  const context = await browser.newContext({ serviceWorkers: "block", viewport: { width: 1440, height: 900 } });
  await context.addCookies(await inbox.context().cookies());
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  const at = `${world.innboks.url}/inbox/open/${id}`;
  const list = page.locator("[data-pane=list]");
  const thread = page.locator("[data-pane=thread]");
  const about = page.locator("[data-pane=context]");
  const message = thread.getByText("The message itself");
  const editor = page.getByRole("textbox", { name: /^Reply through/ });
  const again = (pane: typeof list) => pane.getByRole("button", { name: "Try again" });

  await page.goto(at);
  await fillComposer(page, /^Reply through/, "Nobody may lose this");
  await kept(page, "Nobody may lose this");

  // The contact: what stands in the thread goes on, and so does writing.
  let mend = await bend(page, new RegExp(`/api/contacts/${contact?.id}$`), () => ({ id: contact?.id }));
  await page.reload();
  await expect(about.getByRole("heading", { name: WORDS })).toBeVisible();
  await expect(message).toBeVisible();
  await expect(editor).toHaveText("Nobody may lose this");
  await look(page, "crash-context");
  await about.getByText("Details", { exact: true }).click();
  await about.getByRole("button", { name: "Copy" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain(`/inbox/open/${id}`);
  await mend();
  await again(about).click();
  await expect(about.getByText("siri@panes.example").first()).toBeVisible();

  // The messages: list and contact go on, and what was written is there when they are.
  mend = await bend(page, new RegExp(`/api/conversations/${id}/messages`), (answer) => ({
    ...answer,
    items: (answer.items as object[]).map((one) => ({ ...one, attachments: null, recipients: null })),
  }));
  await page.reload();
  await expect(thread.getByRole("heading", { name: WORDS }).first()).toBeVisible();
  await expect(about.getByText("siri@panes.example").first()).toBeVisible();
  await expect(list.getByRole("link", { name: /Panes/ })).toBeVisible();
  await look(page, "crash-thread");
  await mend();
  const composer = page.locator(".composer");
  await again(thread).first().click();
  await expect(message).toBeVisible();
  // It looks at the messages, too.
  await again(composer).click();
  await expect(editor).toHaveText("Nobody may lose this");

  // The list: the thread goes on.
  mend = await bend(page, /\/api\/conversations\?/, (answer) => ({ ...answer, items: [{ id }] }));
  await page.reload();
  await expect(list.getByRole("heading", { name: WORDS })).toBeVisible();
  await expect(editor).toHaveText("Nobody may lose this");
  await look(page, "crash-list");
  await mend();
  await again(list).click();
  await expect(list.getByRole("link", { name: /Panes/ })).toBeVisible();

  // A page of the settings: the way to the others is there.
  mend = await bend(page, /\/api\/tags/, () => ({ items: [null] }));
  await page.goto(`${world.innboks.url}/settings/tags`);
  await expect(page.getByRole("main").getByRole("heading", { name: WORDS })).toBeVisible();
  await look(page, "crash-settings");
  await page.getByRole("navigation", { name: "Settings" }).first().getByRole("link", { name: "Profile" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Profile" })).toBeVisible();
  await mend();
  await context.close();
});
