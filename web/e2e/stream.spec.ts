/* News arrives once each, in order, whatever stands between the browser and the server. */
import { expect, type Page } from "@playwright/test";
import { api, axe, conversationWith } from "./checks";
import { test, type World } from "./fixtures";
import { type Proxy as Between, openProxy } from "./proxy";
import { ADMIN } from "./server";

async function openThrough(page: Page, proxy: Between, path = "/inbox/open"): Promise<void> {
  const { email, password } = ADMIN;
  const answer = await page.context().request.post(`${proxy.url}/api/session`, {
    data: { email, password },
    headers: { origin: proxy.url },
  });
  expect(answer.status()).toBe(201);
  await page.goto(`${proxy.url}${path}`);
}

/** The texts of the comments of a conversation, as they stand on the page. */
const shown = (page: Page) => page.locator("[data-pane=thread] article").filter({ hasText: /news \d+/ });

/** Their numbers, read by going through the whole thread, of which only what is in sight is drawn. One that stands there twice is told twice. */
const numbers = (page: Page) =>
  page.evaluate(async () => {
    const article = document.querySelector("[data-pane=thread] article");
    let log = article?.parentElement ?? null;
    while (log && !(log.scrollHeight > log.clientHeight && getComputedStyle(log).overflowY !== "visible"))
      log = log.parentElement;
    const times = new Map<number, number>();
    const look = () => {
      const now = new Map<number, number>();
      for (const one of document.querySelectorAll("[data-pane=thread] article")) {
        const number = Number(/news (\d+)/.exec(one.textContent ?? "")?.[1]);
        if (number) now.set(number, (now.get(number) ?? 0) + 1);
      }
      for (const [number, count] of now) times.set(number, Math.max(count, times.get(number) ?? 0));
    };
    look();
    if (log) {
      for (let top = log.scrollHeight; top > 0; top -= log.clientHeight / 2) {
        log.scrollTop = top;
        await new Promise((drawn) => setTimeout(drawn, 60));
        look();
      }
      log.scrollTop = log.scrollHeight;
    }
    return [...times].sort(([a], [b]) => a - b).flatMap(([number, count]) => Array<number>(count).fill(number));
  });

async function conversationOf(world: World, subject: string): Promise<string> {
  await world.write({ from: "Per Dahl <per@dahl.example>", subject, text: "Hello" });
  return (await conversationWith(world, subject)).id;
}

const say = (world: World, id: string, text: string) =>
  api(world, "POST", `/api/conversations/${id}/messages`, { type: "comment", text });

test("a line that breaks at random loses nothing and doubles nothing", async ({ page, world }) => {
  test.setTimeout(240_000);
  const proxy = await openProxy(world.innboks.url);
  const id = await conversationOf(world, "Bad line");
  await openThrough(page, proxy, `/inbox/open/${id}`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  for (let at = 1; at <= 60; at++) {
    await say(world, id, `news ${at}`);
    if (random() < 0.25) proxy.breakAll();
    if (random() < 0.08) {
      proxy.isCut = true;
      proxy.breakAll();
      setTimeout(() => {
        proxy.isCut = false;
      }, 700);
    }
  }
  proxy.isCut = false;
  await expect.poll(() => numbers(page), { timeout: 60_000 }).toHaveLength(60);
  expect(await numbers(page)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
  await page.reload();
  await expect(shown(page).last()).toContainText("news 60");
  await proxy.close();
});

for (const stream of ["refuse", "hold"] as const)
  test(`where a proxy does ${stream} the stream, news comes by asking, and the page says why`, async ({
    page,
    world,
  }) => {
    test.setTimeout(240_000);
    const proxy = await openProxy(world.innboks.url);
    proxy.stream = stream;
    const id = await conversationOf(world, `Office proxy ${stream}`);
    await openThrough(page, proxy, `/inbox/open/${id}`);
    await expect.poll(() => proxy.counts.polls, { timeout: 30_000 }).toBeGreaterThan(1);
    for (let at = 1; at <= 5; at++) await say(world, id, `news ${at}`);
    await expect.poll(() => numbers(page), { timeout: 5000 }).toEqual([1, 2, 3, 4, 5]);
    await page.getByRole("link", { name: /^Live/ }).click();
    const result = page.locator(".connectionresult");
    await expect(result).toContainText("News comes, but later than it should", { timeout: 40_000 });
    await expect(page.locator(".check.warn")).toContainText(
      stream === "refuse" ? "The stream is refused on the way" : "holds the stream back",
    );
    await expect(page.getByText("proxy_buffering off")).toBeVisible();
    await expect(
      page.getByText("The browser asks", { exact: false }).or(page.getByText("the browser asks")),
    ).toBeVisible();
    await axe(page, `the connection, ${stream}`);
    await proxy.close();
  });

test("the connection page finds nothing wrong where nothing is, and says when the server is away", async ({
  page,
  world,
}) => {
  const proxy = await openProxy(world.innboks.url);
  await openThrough(page, proxy, "/settings/connection");
  await expect(page.locator(".connectionresult")).toHaveText("Everything works.");
  await expect(page.locator(".check.ok")).toHaveCount(8);
  await axe(page, "a connection that works");
  proxy.isCut = true;
  proxy.breakAll();
  await page.getByRole("button", { name: "Test again" }).click();
  await expect(page.locator(".connectionresult")).toContainText("The server cannot be reached");
  await proxy.close();
});

test("a laptop that slept catches up when it wakes", async ({ page, world }) => {
  test.setTimeout(240_000);
  const proxy = await openProxy(world.innboks.url);
  const id = await conversationOf(world, "Asleep");
  await openThrough(page, proxy, `/inbox/open/${id}`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await say(world, id, "news 1");
  await expect.poll(() => numbers(page)).toEqual([1]);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  // While it sleeps the line dies without a word, as lines do.
  proxy.isCut = true;
  proxy.breakAll();
  for (let at = 2; at <= 6; at++) await say(world, id, `news ${at}`);
  proxy.isCut = false;
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await expect.poll(() => numbers(page), { timeout: 20_000 }).toEqual([1, 2, 3, 4, 5, 6]);
  await proxy.close();
});

test("a server that is killed and comes back goes on where it was", async ({ page, world }) => {
  test.setTimeout(240_000);
  const id = await conversationOf(world, "Restarted");
  const proxy = await openProxy(world.innboks.url);
  await openThrough(page, proxy, `/inbox/open/${id}`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await say(world, id, "news 1");
  await world.innboks.stop("SIGKILL");
  await world.innboks.start();
  await say(world, id, "news 2");
  await say(world, id, "news 3");
  await expect.poll(() => numbers(page), { timeout: 45_000 }).toEqual([1, 2, 3]);
  await proxy.close();
});
