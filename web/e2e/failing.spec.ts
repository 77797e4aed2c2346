/* Each part that waits for an answer of its own: when that does not come it says so where it would stand, and one press brings it. */
import type { Locator, Page } from "@playwright/test";
import { api, axe, conversationWith, pressOf, stuck } from "./checks";
import { expect, test } from "./fixtures";

interface Part {
  name: string;
  path: string;
  /** What is asked for, of which the server then says that something is wrong with it. */
  asks: RegExp;
  /** Where it is said. */
  within?: (page: Page) => Locator;
  /** What is there only with the answer. */
  brings: (page: Page) => Locator;
}

test("what cannot be loaded says so in its place, and comes at a press", async ({ browser, inbox, world }) => {
  test.setTimeout(480_000);
  await world.write({ from: "Una Moe <una@moe.example>", subject: "Failing parts", text: "Hello" });
  const { id, contact } = await conversationWith(world, "Failing parts");
  const person = contact?.id ?? "";
  await api(world, "POST", `/api/contacts/${person}/notes`, { text: "Rings back on Friday" });
  const [account] = (await api(world, "GET", "/api/channel-accounts")).items;
  const { user } = await api(world, "GET", "/api/session");
  const about = (page: Page) => page.getByRole("complementary", { name: /About/ });
  const thread = `/inbox/open/${id}`;
  const book = `/contacts/${person}`;
  const automation = `/settings/channels/${account.id}/automation`;
  const PARTS: Part[] = [
    {
      name: "what is known of a contact, beside a conversation",
      path: thread,
      asks: new RegExp(`/api/contacts/${person}$`),
      within: about,
      brings: (page) => about(page).getByRole("button", { name: "Write to una@moe.example" }),
    },
    {
      name: "notes",
      path: thread,
      asks: /\/notes\?/,
      within: about,
      brings: (page) => about(page).getByText("Rings back on Friday"),
    },
    {
      name: "other ways to a contact",
      path: thread,
      asks: /\/reach$/,
      within: about,
      brings: (page) => about(page).getByText("Support mail").first(),
    },
    {
      name: "the list of contacts",
      path: "/contacts",
      asks: /\/api\/contacts\?/,
      brings: (page) => page.getByRole("link", { name: "Una Moe" }),
    },
    {
      name: "the page of a contact",
      path: book,
      asks: new RegExp(`/api/contacts/${person}$`),
      brings: (page) => page.getByRole("heading", { name: "Una Moe", exact: true }),
    },
    {
      name: "a contact's story",
      path: book,
      asks: /\/timeline\?/,
      within: (page) => page.getByRole("region", { name: "Timeline" }),
      brings: (page) => page.getByRole("link", { name: /Failing parts/ }).first(),
    },
    {
      name: "the assignment rules",
      path: "/settings/routing",
      asks: /\/api\/assignment-rules$/,
      brings: (page) => page.getByRole("link", { name: /Support mail/ }),
    },
    {
      name: "skills",
      path: "/settings/routing",
      asks: /\/api\/skills$/,
      brings: (page) => page.getByRole("region", { name: "Languages" }),
    },
    {
      name: "one rule",
      path: automation,
      asks: /\/assignment$/,
      brings: (page) => page.getByRole("complementary", { name: "What this rule does" }),
    },
    {
      name: "tickets of a channel",
      path: automation,
      asks: /\/channel-accounts\/\d+\/tickets$/,
      brings: (page) => page.getByRole("form", { name: "Tickets" }),
    },
    {
      name: "notifications",
      path: "/notifications",
      asks: /\/api\/notifications\?/,
      brings: (page) => page.getByRole("main").getByText("Failing parts").first(),
    },
    {
      name: "what is told",
      path: "/settings/notifications",
      asks: /\/api\/notifications\/settings$/,
      brings: (page) => page.getByRole("table").first(),
    },
    {
      name: "what is stuck",
      path: "/radar",
      asks: /\/api\/radar$/,
      brings: stuck,
    },
    {
      name: "working hours",
      path: "/settings/hours",
      asks: new RegExp(`/api/users/${user.id}/availability$`),
      brings: (page) => page.getByRole("heading", { name: /week/i }).first(),
    },
  ];
  // Nothing from the cache of what was read before.
  const context = await browser.newContext({ serviceWorkers: "block", reducedMotion: "reduce" });
  await context.addCookies(await inbox.context().cookies());
  const page = await context.newPage();
  await page.setViewportSize({ width: 1440, height: 900 });
  const isPressed = await pressOf(page, "Retry");
  for (const part of PARTS)
    await test.step(part.name, async () => {
      const problem = { title: "Error", status: 500, detail: "Something went wrong here. Try again." };
      await page.route(part.asks, async (route) =>
        route.request().method() === "GET" && !(await isPressed())
          ? route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify(problem) })
          : route.continue(),
      );
      await page.goto(world.innboks.url + part.path);
      const place = part.within?.(page) ?? page.getByRole("main");
      const told = place.getByRole("alert").filter({ hasText: "Something went wrong here." });
      await expect(told).toBeVisible();
      await axe(page, part.name);
      await told.getByRole("button", { name: "Retry" }).click();
      await expect(part.brings(page)).toBeVisible();
      await expect(told).toHaveCount(0);
      await page.unrouteAll({ behavior: "wait" }); // what is asked for meanwhile may still wait for the press
    });
  await context.close();
});
