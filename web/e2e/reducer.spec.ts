/* The one reducer against the truth: old state, brought up to date by the events that each write of the API leaves, must be what a fresh fetch gives. The
 * table covers every write that touches conversations and messages, also those that must change nothing there; a new one without an entry fails. What
 * an event says has to be asked for anew (stale.ts) counts as asked. No browser is needed. */
import { expect } from "@playwright/test";
import { apply, type Cache, type List } from "../src/api/apply";
import { sseReader } from "../src/api/sse";
import { staleKeys } from "../src/api/stale";
import type { Conversation, Message, Page, StreamEvent } from "../src/api/types";
import { test } from "./fixtures";
import { type Place, WRITES } from "./writes";

const VIEWS = ["open", "mine", "unassigned", "closed", "snoozed", "spam", "filtered", "trash", "failed", "all"];
const TOUCHES = /^\/api\/(conversations|messages|tags|rearrangements|reminders)(\/|$)/;

async function fetchAll({ call }: Place, also: Iterable<string>): Promise<Cache> {
  const lists: List[] = [];
  for (const view of VIEWS)
    for (const sort of ["newest", "due"] as const) {
      const page = await call<Page<Conversation>>("GET", `/api/conversations?view=${view}&sort=${sort}&limit=100`);
      lists.push({ filter: { view, sort }, pages: { pages: [page], pageParams: [null] } });
    }
  const ids = new Set([...also, ...lists.flatMap((list) => list.pages.pages[0]?.items.map((row) => row.id) ?? [])]);
  const cache: Cache = { lists, conversations: {}, messages: {}, contacts: {}, notes: {} };
  for (const id of ids) {
    const row = await call<Conversation | null>("GET", `/api/conversations/${id}`).catch(() => null);
    if (row?.id !== id) continue; // gone, or merged into another
    const page = await call<Page<Message>>("GET", `/api/conversations/${id}/messages?limit=200`);
    (cache.conversations as Record<string, Conversation>)[id] = row;
    (cache.messages as Record<string, unknown>)[id] = { pages: [page], pageParams: [null] };
  }
  return cache;
}

/** What of a cache can be compared: rows without one person's place of reading, which news for everybody does not tell. */
function shown(cache: Cache, known: Cache, applied: Cache, fresh: Cache) {
  const bare = ({ read_message_id: _place, ...row }: Conversation) => row;
  return {
    lists: Object.fromEntries(
      cache.lists.map(({ filter, pages }) => [
        `${filter.view} ${filter.sort}`,
        pages.pages.flatMap((page) => page.items.map(bare)),
      ]),
    ),
    conversations: Object.fromEntries(
      Object.entries(cache.conversations)
        .filter(([id]) => id in known.conversations && id in applied.conversations && id in fresh.conversations)
        .map(([id, row]) => [id, bare(row)]),
    ),
    messages: Object.fromEntries(
      Object.entries(cache.messages)
        // What was dropped is asked for anew when somebody looks.
        .filter(([id]) => id in known.messages && id in applied.messages && id in fresh.messages)
        .map(([id, pages]) => [id, pages.pages.flatMap((page) => page.items)]),
    ),
  };
}

test("events bring old state to what a fresh fetch gives, for every write of the API", async ({ world }) => {
  test.setTimeout(300_000);
  const ask = (method: string, path: string, body?: unknown) =>
    fetch(world.innboks.url + path, {
      method,
      headers: { authorization: `Bearer ${world.token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await ask(method, path, body);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  };
  for (const name of ["one", "two", "three", "four"])
    await world.write({ from: `${name} <${name}@customer.example>`, subject: `Case ${name}`, text: "Hello" });
  const list = () => call<Page<Conversation>>("GET", "/api/conversations?view=open&sort=oldest&limit=100");
  await expect.poll(async () => (await list()).items.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(4);
  const accounts = await call<Page<{ id: string }>>("GET", "/api/channel-accounts");
  const place: Place = {
    world,
    me: (await call<{ id: string }>("GET", "/api/users/me")).id,
    ids: (await list()).items.filter((row) => row.subject.startsWith("Case ")).map((row) => row.id),
    call,
    kept: {
      account: accounts.items[0]?.id ?? "",
      inbox: (await call<{ id: string }>("POST", "/api/inboxes", { name: "Second inbox" })).id,
    },
  };

  const described = (await (await ask("GET", "/api/schema")).json()) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const all = Object.entries(described.paths).flatMap(([path, methods]) =>
    TOUCHES.test(path)
      ? Object.entries(methods)
          .filter(([method]) => method !== "get")
          .map(([, operation]) => operation.operationId)
      : [],
  );
  const covered = new Set(WRITES.map(([operation]) => operation));
  expect(
    all.filter((operation) => !covered.has(operation)),
    "say in WRITES what this does",
  ).toEqual([]);

  let cursor = "";
  const news = async (wait: number): Promise<StreamEvent[]> => {
    const told = sseReader()(await (await ask("GET", `/api/events/poll?after=${cursor}&wait=${wait}`)).text());
    cursor = told.at(-1)?.id ?? cursor;
    return told
      .map((raw) => ({ type: raw.event, data: JSON.parse(raw.data) }) as StreamEvent)
      .filter((event) => !["cursor", "hello"].includes(event.type));
  };
  cursor = sseReader()(await (await ask("GET", "/api/events/poll?wait=0")).text()).at(-1)?.id ?? "";
  // What one write ends with is what the next begins with.
  let stale = await fetchAll(place, place.ids);
  for (const [operation, words, write] of WRITES) {
    let cache = stale;
    const old = new Set<unknown>();
    const hear = (event: StreamEvent) => {
      cache = apply(cache, event, { me: place.me, reading: null, now: Date.now() });
      for (const [noun, one] of staleKeys(event, [])) if (one === undefined) old.add(noun);
    };
    await write(place);
    let fresh = cache;
    for (let isQuiet = false; !isQuiet; ) {
      for (let events = await news(1); events.length; events = await news(0)) events.forEach(hear);
      fresh = await fetchAll(place, place.ids);
      const late = await news(1);
      late.forEach(hear);
      isQuiet = late.length === 0;
    }
    // The page would have asked for these.
    if (old.has("conversations")) cache = { ...cache, lists: fresh.lists };
    if (old.has("conversation")) cache = { ...cache, conversations: fresh.conversations };
    expect.soft(shown(cache, stale, cache, fresh), `${operation}: ${words}`).toEqual(shown(fresh, stale, cache, fresh));
    stale = fresh;
  }
});
