// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it } from "vitest";
import { startListNews } from "./listNews";
import type { ListFilter } from "./lists";
import { applyNow, tellListeners } from "./live";
import { keys, listQuery, makeQueryClient } from "./queries";
import type { Conversation, ConversationList, StreamEvent } from "./types";

const ME = "1";
const client = makeQueryClient();
let stop: () => void;
let asked: { path: string; answer: (list: ConversationList) => void }[];

/** The line to the server: each request stays open until it is answered here. */
const line: typeof fetch = (input) =>
  new Promise((resolve) => {
    const path = new URL(String(input), location.origin);
    const answer = (list: ConversationList) => resolve(Response.json(list));
    asked.push({ path: path.searchParams.get("view") ?? path.pathname, answer });
  });

beforeEach(() => {
  asked = [];
  globalThis.fetch = line;
  stop = startListNews(client, ME);
});
afterEach(() => {
  stop();
  client.clear();
});

const row = (id: string, part: Partial<Conversation> = {}) =>
  ({
    id,
    inbox_id: "1",
    channel_account_id: "1",
    contact: { id: "9", name: "Maja", address: "maja@example.com" },
    status: "open",
    assignee_id: null,
    subject: "Tents",
    last_message_id: "30",
    last_message_at: "2026-11-22T10:00:00Z",
    last_direction: "in",
    waiting_since: "2026-11-22T10:00:00Z",
    due_at: null,
    failed_count: 0,
    uncertain_count: 0,
    is_spam: false,
    is_trashed: false,
    is_snoozed: false,
    priority: "normal",
    tag_ids: [],
    merged_into_id: null,
    is_unread: true,
    read_message_id: "0",
    ...part,
  }) as Conversation;
const page = (...items: Conversation[]): ConversationList => ({ items, next: null });
const tell = (type: string, data: unknown) => tellListeners({ type, data } as StreamEvent);
const rows = (filter: ListFilter) => client.getQueryData(listQuery(filter).queryKey)?.pages.flatMap((one) => one.items);
/** Begins to read a list. */
const ask = (filter: ListFilter) => void client.fetchInfiniteQuery(listQuery(filter));
const isAsked = (...views: string[]) => expect.poll(() => asked.map((one) => one.path)).toEqual(views);

const OPEN: ListFilter = { view: "open", sort: "newest" };

it("keeps a conversation read in a list whose answer was made before it was read", async () => {
  ask(OPEN);
  await isAsked("open");
  tell("read.changed", { conversation_id: "7", message_id: "30", is_unread: false });
  asked[0]?.answer(page(row("7"), row("8")));
  await expect.poll(() => rows(OPEN)?.map((one) => one.is_unread)).toEqual([false, true]);
  expect(rows(OPEN)?.[0]?.read_message_id).toBe("30");
});

it("keeps one unread that was marked so meanwhile", async () => {
  ask(OPEN);
  await isAsked("open");
  tell("read.changed", { conversation_id: "7", message_id: "0", is_unread: true });
  asked[0]?.answer(page(row("7", { is_unread: false, read_message_id: "30" })));
  await expect.poll(() => rows(OPEN)?.[0]).toMatchObject({ is_unread: true, read_message_id: "0" });
});

it("applies what was told while a page was on its way, and to later lists no more", async () => {
  ask(OPEN);
  await isAsked("open");
  tell("conversation.changed", { conversation: row("7", { status: "closed" }) });
  asked[0]?.answer(page(row("7"), row("8")));
  await expect.poll(() => rows(OPEN)?.map((one) => one.id)).toEqual(["8"]);
  const again: ListFilter = { view: "all", sort: "newest" };
  ask(again);
  await isAsked("open", "all");
  asked[1]?.answer(page(row("7")));
  await expect.poll(() => rows(again)?.[0]?.status).toBe("open");
});

it.each([
  ["sent", "message.added", { message: { author_id: ME, type: "reply" } }],
  ["sent", "message.removed", { conversation_id: "7", message_id: "30" }],
  ["mentions", "mention.changed", { conversation_id: "7", message_id: "30", seen: false }],
  ["drafts", "draft.changed", { conversation_id: "7" }],
])("asks again for %s after %s, and for no other list", async (view, type, data) => {
  for (const one of ["open", view])
    client.setQueryData(keys.list({ view: one }), { pages: [page()], pageParams: [null] });
  tell(type, data);
  const isOld = (one: string) => client.getQueryState(keys.list({ view: one }))?.isInvalidated;
  expect([isOld("open"), isOld(view)]).toEqual([false, true]);
});

it("does not ask again for what I sent because of a colleague's answer, a comment or a customer", () => {
  const sent = keys.list({ view: "sent" });
  client.setQueryData(sent, { pages: [page()], pageParams: [null] });
  for (const message of [
    { author_id: "2", type: "reply" },
    { author_id: ME, type: "comment" },
    { author_id: null, type: "message" },
  ])
    tell("message.added", { message });
  expect(client.getQueryState(sent)?.isInvalidated).toBe(false);
});

it("asks again where I was mentioned when that changed", () => {
  client.setQueryData(keys.mentioned, ["7"]);
  tell("mention.changed", { conversation_id: "7", message_id: "30", seen: true });
  expect(client.getQueryState(keys.mentioned)?.isInvalidated).toBe(true);
});

it("leaves what I sent in the order of my answers when a customer writes, and takes in no others", () => {
  const sent: ListFilter = { view: "sent", sort: "newest" };
  client.setQueryData(listQuery(sent).queryKey, { pages: [page(row("7"), row("8"))], pageParams: [null] });
  for (const id of ["8", "9"]) {
    const news = row(id, { last_message_at: "2026-11-22T11:00:00Z", subject: "News" });
    applyNow(client, { type: "conversation.changed", data: { conversation: news } }, ME);
  }
  expect(rows(sent)?.map((one) => [one.id, one.subject])).toEqual([
    ["7", "Tents"],
    ["8", "News"],
  ]);
});
