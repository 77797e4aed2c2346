/* A page that slept: what it shows when it is back is what a page shows that has just been opened, nothing missing and nothing twice. */
import type { Page } from "@playwright/test";
import { api, conversationWith } from "./checks";
import { expect, test, type World } from "./fixtures";
import { openProxy } from "./proxy";

/** All that is seen of lists and of the conversation. */
const picture = (page: Page) =>
  page.evaluate(() => {
    const texts = (selector: string) =>
      [...document.querySelectorAll<HTMLElement>(selector)].map((one) => one.ariaLabel ?? one.innerText);
    return {
      // Without the time that is left: its chip moves on by quarters of an hour.
      rows: texts("[data-row]").map((words) => words.replace(/, Reply .*/, "")),
      views: texts("nav[aria-label=Views] a"),
      entries: texts("[data-pane=thread] article, [data-pane=thread] .sys"),
      header: texts(".threadhead button"),
      title: document.title,
    };
  });

/** Everything that can happen to conversations while one looks away. */
async function live(world: World, ids: Record<"open" | "closed" | "read" | "gone", string>): Promise<void> {
  const change = (id: string, part: object) => api(world, "PATCH", `/api/conversations/${id}`, part);
  const write = (part: object) => api(world, "POST", `/api/conversations/${ids.open}/messages`, part);
  await world.write({
    ...FIRST,
    messageId: "<asleep-2@vik.example>",
    inReplyTo: FIRST.messageId,
    text: "Are you there?",
  });
  await world.write({ from: "Nils Ny <nils@ny.example>", subject: "Came meanwhile", text: "Hello" });
  await write({ type: "comment", text: "Looked at it" });
  const { id } = await write({ type: "reply", text: "Never left", hold_s: 30 });
  await api(world, "DELETE", `/api/messages/${id}`);
  await write({ type: "reply", text: "This one left", hold_s: 0 });
  await world.mailbox.waitFor("This one left");
  const tag = await api(world, "POST", "/api/tags", { name: "asleep" });
  await change(ids.open, { add_tag_ids: [tag.id], priority: "high" });
  await change(ids.read, { assignee_id: world.beginning.myId });
  await change(ids.closed, { status: "closed" });
  await change(ids.gone, { is_trashed: true });
  const { last_message_id } = await api(world, "GET", `/api/conversations/${ids.read}`);
  await api(world, "PUT", `/api/conversations/${ids.read}/read`, { message_id: last_message_id });
  await conversationWith(world, "Came meanwhile");
}

const FIRST = { from: "Runa Vik <runa@vik.example>", subject: "Left open", messageId: "<asleep-1@vik.example>" };

for (const [length, cursor] of [
  ["minutes", null],
  ["weeks", "another.1.1"], // what the server has forgotten
] as const)
  test(`after ${length} of sleep the page shows what a new one shows`, async ({ inbox, world }) => {
    for (const subject of ["Was closed", "Was read", "Was thrown away"])
      await world.write({ from: "Per Dahl <per@dahl.example>", subject, text: `About ${subject}` });
    await world.write({ ...FIRST, text: "Good evening" });
    const idOf = async (subject: string) => (await conversationWith(world, subject)).id;
    const ids = {
      open: await idOf("Left open"),
      closed: await idOf("Was closed"),
      read: await idOf("Was read"),
      gone: await idOf("Was thrown away"),
    };
    const proxy = await openProxy(world.innboks.url);
    const page = await inbox.context().newPage();
    await inbox.close();
    await page.goto(`${proxy.url}/inbox/open/${ids.open}`);
    await expect(page.getByRole("article")).toHaveCount(1);
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    proxy.isCut = true;
    proxy.breakAll();
    proxy.resumeAt = cursor;
    await live(world, ids);
    proxy.isCut = false;
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    await expect(page.getByRole("article").filter({ hasText: "This one left" })).toBeVisible({ timeout: 20_000 });
    const fresh = await page.context().newPage();
    await fresh.goto(page.url());
    await expect(fresh.getByRole("article").filter({ hasText: "This one left" })).toBeVisible();
    await expect(fresh.getByText("Live", { exact: true })).toBeVisible();
    await expect(async () => expect(await picture(page)).toEqual(await picture(fresh))).toPass({ timeout: 40_000 });
    expect((await picture(page)).rows).toHaveLength(3);
    for (const words of ["Good evening", "Are you there?", "Looked at it", "This one left"])
      await expect(page.getByRole("article").filter({ hasText: words })).toHaveCount(1);
    await expect(page.getByText("Never left")).toHaveCount(0);
    await proxy.close();
  });
