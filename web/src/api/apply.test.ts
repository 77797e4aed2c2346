import { describe, expect, it } from "vitest";
import { apply, type Cache, type Context } from "./apply";
import { belongs as belongsAt, type ListFilter } from "./lists";
import type { ConversationPages, MessagePages } from "./queries";
import type { Conversation, Message } from "./types";

const ME = "1";
const NOW = Date.parse("2026-11-22T12:00:00Z");
const context: Context = { me: ME, reading: null, now: NOW };
const belongs = (filter: ListFilter, row: Conversation, me: string) => belongsAt(filter, row, me, NOW);

const NOTHING = { last_entry: null, others_count: 0, failed_count: 0, uncertain_count: 0, spam_reason: null };
const NOT_DUE = { due_at: null, due_kind: null, due_from: null, merged_into_id: null };
const NOT_HELD = { held_for: null, held_until: null, dealt_with: null };

function conversation(id: string, part: Partial<Conversation> = {}): Conversation {
  return {
    id,
    inbox_id: "1",
    channel_account_id: "1",
    kind: "echo",
    contact: { id: "9", name: "Maja", address: "maja@example.com" },
    status: "open",
    assignee_id: null,
    subject: `Subject ${id}`,
    preview: "",
    message_count: 1,
    last_message_id: id,
    last_message_at: `2026-11-22T10:${id.padStart(2, "0")}:00Z`,
    last_direction: "in",
    waiting_since: "2026-11-22T10:00:00Z",
    ...NOTHING,
    ...NOT_DUE,
    is_spam: false,
    is_trashed: false,
    priority: "normal",
    is_snoozed: false,
    snoozed_until: null,
    tag_ids: [],
    is_unread: false,
    created_at: "2026-11-22T09:00:00Z",
    closed_at: null,
    ...part,
  };
}

function message(id: string, part: Partial<Message> = {}): Message {
  return {
    id,
    conversation_id: "5",
    channel_account_id: "1",
    type: "message",
    direction: "in",
    state: null,
    reason: "",
    code: "",
    text: `Text ${id}`,
    has_html: false,
    html: "",
    quoted: "",
    signature: "",
    subject: "",
    sender: { name: "Maja", address: "maja@example.com" },
    author_id: null,
    contact_id: null,
    reply_to: [],
    next_try_at: null,
    ...NOT_HELD,
    recipients: [],
    attachments: [],
    external_id: null,
    client_id: null,
    created_at: "2026-11-22T10:00:00Z",
    sent_at: null,
    why: {},
    origin: {},
    is_automatic: false,
    data: {},
    reactions: [],
    edits: [],
    has_source: false,
    ...part,
  };
}

const listOf = (filter: ListFilter, pages: Conversation[][], hasMore = false) => ({
  filter,
  pages: {
    pages: pages.map((items, at) => ({ items, next: at < pages.length - 1 || hasMore ? `c${at}` : null })),
    pageParams: pages.map(() => null),
  } satisfies ConversationPages,
});

const messagesOf = (...pages: Message[][]): MessagePages => ({
  pages: pages.map((items, at) => ({ items, next: at < pages.length - 1 ? `m${at}` : null })),
  pageParams: pages.map(() => null),
});

const cacheOf = (part: Partial<Cache>): Cache => ({
  lists: [],
  conversations: {},
  messages: {},
  contacts: {},
  notes: {},
  ...part,
});
const idsOf = (cache: Cache, at = 0) => cache.lists[at]?.pages.pages.map((page) => page.items.map((row) => row.id));
const changed = (row: Conversation) => ({ type: "conversation.changed", data: { conversation: row } }) as const;
const withoutUnread = ({ is_unread: _own, ...rest }: Conversation): Conversation => rest;

describe("a changed conversation", () => {
  const open: ListFilter = { view: "open" };

  it("comes in at the top when it is the newest", () => {
    const cache = cacheOf({ lists: [listOf(open, [[conversation("4"), conversation("2")]])] });
    expect(idsOf(apply(cache, changed(conversation("7")), context))).toEqual([["7", "4", "2"]]);
  });

  it("moves up when something new was written in it", () => {
    const cache = cacheOf({ lists: [listOf(open, [[conversation("4"), conversation("3"), conversation("2")]])] });
    const row = conversation("2", { last_message_at: "2026-11-22T10:30:00Z", last_message_id: "30" });
    expect(idsOf(apply(cache, changed(row), context))).toEqual([["2", "4", "3"]]);
  });

  it("keeps its place when only something else changed, and leaves other lists untouched", () => {
    const mine = listOf({ view: "mine" }, [[conversation("9", { assignee_id: ME })]]);
    const cache = cacheOf({ lists: [listOf(open, [[conversation("4"), conversation("2")]]), mine] });
    const after = apply(cache, changed(conversation("2", { subject: "New" })), context);
    expect(idsOf(after)).toEqual([["4", "2"]]);
    expect(after.lists[0]?.pages.pages[0]?.items[1]?.subject).toBe("New");
    expect(after.lists[1]).toBe(mine);
  });

  it("leaves a view that it no longer belongs to and comes into another", () => {
    const lists = [listOf(open, [[conversation("4"), conversation("2")]]), listOf({ view: "closed" }, [[]])];
    const after = apply(cacheOf({ lists }), changed(conversation("4", { status: "closed" })), context);
    expect(idsOf(after)).toEqual([["2"]]);
    expect(idsOf(after, 1)).toEqual([["4"]]);
  });

  it("is not put at the end of what is loaded while there is more to load", () => {
    const cache = cacheOf({ lists: [listOf(open, [[conversation("8"), conversation("7")]], true)] });
    expect(idsOf(apply(cache, changed(conversation("3")), context))).toEqual([["8", "7"]]);
  });

  it("finds its place on a later page", () => {
    const cache = cacheOf({
      lists: [
        listOf(open, [
          [conversation("9"), conversation("8")],
          [conversation("5"), conversation("3")],
        ]),
      ],
    });
    expect(idsOf(apply(cache, changed(conversation("4")), context))).toEqual([
      ["9", "8"],
      ["5", "4", "3"],
    ]);
  });

  it("orders conversations of the same moment by the larger id, beyond what a number can hold", () => {
    const at = { last_message_at: "2026-11-22T11:00:00Z" };
    const cache = cacheOf({ lists: [listOf(open, [[conversation("9007199254740993", at)]])] });
    expect(idsOf(apply(cache, changed(conversation("9007199254740992", at)), context))).toEqual([
      ["9007199254740993", "9007199254740992"],
    ]);
  });

  it("becomes unread when the customer wrote, unless it is being read", () => {
    const cache = cacheOf({ lists: [listOf(open, [[conversation("4")]])] });
    const news = withoutUnread(conversation("4", { last_message_id: "40", last_message_at: "2026-11-22T11:00:00Z" }));
    const unread = (after: Cache) => after.lists[0]?.pages.pages[0]?.items[0]?.is_unread;
    const told = (direction: Message["direction"], who: Context) => {
      const added = message("40", { conversation_id: "4", direction });
      return apply(apply(cache, { type: "message.added", data: { message: added } }, who), changed(news), who);
    };
    expect([told("in", context), told("in", { ...context, reading: "4" })].map(unread)).toEqual([true, false]);
    expect(unread(told("none", context))).toBe(false);
  });

  it("stays unread when somebody else assigns it", () => {
    const cache = cacheOf({ lists: [listOf(open, [[conversation("4", { is_unread: true })]])] });
    const after = apply(cache, changed(withoutUnread(conversation("4", { assignee_id: "2" }))), context);
    expect(after.lists[0]?.pages.pages[0]?.items[0]?.is_unread).toBe(true);
  });

  it("is read everywhere once it was read on another device", () => {
    const row = conversation("4", { is_unread: true });
    const cache = cacheOf({ lists: [listOf(open, [[row]])], conversations: { "4": row } });
    const after = apply(cache, { type: "read.changed", data: { conversation_id: "4", message_id: "4" } }, context);
    expect(after.lists[0]?.pages.pages[0]?.items[0]?.is_unread).toBe(false);
    expect(after.conversations["4"]?.is_unread).toBe(false);
    const older = apply(cache, { type: "read.changed", data: { conversation_id: "4", message_id: "3" } }, context);
    expect(older.conversations["4"]?.is_unread).toBe(true);
  });
});

describe("a conversation that went to an inbox one may not read", () => {
  it("is forgotten everywhere, and nothing else is touched", () => {
    const mine = listOf({ view: "mine" }, [[conversation("9", { assignee_id: ME })]]);
    const cache = cacheOf({
      lists: [listOf({ view: "open" }, [[conversation("4"), conversation("2")]]), mine],
      conversations: { "4": conversation("4"), "2": conversation("2") },
      messages: { "4": messagesOf([message("8", { conversation_id: "4" })]) },
    });
    const after = apply(cache, { type: "conversation.gone", data: { conversation_id: "4" } }, context);
    expect(idsOf(after)).toEqual([["2"]]);
    expect(after.lists[1]).toBe(mine);
    expect([Object.keys(after.conversations), Object.keys(after.messages)]).toEqual([["2"], []]);
  });
});

describe("a conversation marked as spam", () => {
  it("leaves every list at once, and comes back when it is none after all", () => {
    const row = conversation("4", { assignee_id: ME });
    const views = ["open", "mine", "unassigned", "closed", "failed"];
    const cache = cacheOf({ lists: views.map((view) => listOf({ view }, [belongs({ view }, row, ME) ? [row] : []])) });
    const marked = apply(cache, changed({ ...row, is_spam: true }), context);
    expect(views.map((_view, at) => idsOf(marked, at))).toEqual(views.map(() => [[]]));
    expect(idsOf(apply(marked, changed(row), context))).toEqual([["4"]]);
  });
});

describe("the views", () => {
  const cases: [ListFilter, Partial<Conversation>, boolean][] = [
    [{ view: "open" }, {}, true],
    [{ view: "open" }, { status: "closed" }, false],
    [{ view: "open" }, { is_spam: true }, false],
    [{ view: "mine" }, { assignee_id: ME }, true],
    [{ view: "mine" }, { assignee_id: "2" }, false],
    [{ view: "unassigned" }, {}, true],
    [{ view: "unassigned" }, { assignee_id: ME }, false],
    [{ view: "closed" }, { status: "closed" }, true],
    [{ view: "failed" }, { failed_count: 1, status: "closed" }, true],
    [{ view: "open", channel_account_id: "2" }, {}, false],
    [{ view: "open", inbox_id: "1" }, {}, true],
  ];
  it.each(cases)("%o with %o: %s", (filter, part, isIn) => {
    expect(belongs(filter, conversation("4", part), ME)).toBe(isIn);
  });
});

describe("a message", () => {
  const ids = (cache: Cache) => cache.messages["5"]?.pages.map((page) => page.items.map((one) => one.id));

  it("is added at its place in time, in the newest page", () => {
    const cache = cacheOf({ messages: { "5": messagesOf([message("8"), message("11")], [message("2")]) } });
    expect(ids(apply(cache, { type: "message.added", data: { message: message("10") } }, context))).toEqual([
      ["8", "10", "11"],
      ["2"],
    ]);
  });

  it("is there once, however often it is told", () => {
    const cache = cacheOf({ messages: { "5": messagesOf([message("8")]) } });
    const event = { type: "message.added", data: { message: message("9") } } as const;
    expect(ids(apply(apply(cache, event, context), event, context))).toEqual([["8", "9"]]);
  });

  it("takes the place of the one this browser showed before the server had it", () => {
    const local = message("local:abc", { client_id: "abc", direction: "out" });
    const cache = cacheOf({ messages: { "5": messagesOf([message("8"), local]) } });
    const stored = message("9", { client_id: "abc", direction: "out", state: "queued" });
    expect(ids(apply(cache, { type: "message.added", data: { message: stored } }, context))).toEqual([["8", "9"]]);
  });

  it("is not added to a conversation that nobody has opened", () => {
    const cache = cacheOf({});
    expect(apply(cache, { type: "message.added", data: { message: message("9") } }, context).messages).toEqual({});
  });

  it("changes in place, and is not invented when it is not loaded", () => {
    const cache = cacheOf({ messages: { "5": messagesOf([message("8", { state: "queued" })]) } });
    const sent = apply(cache, { type: "message.changed", data: { message: message("8", { state: "sent" }) } }, context);
    expect(sent.messages["5"]?.pages[0]?.items[0]?.state).toBe("sent");
    const partly = cacheOf({
      messages: { "5": { ...messagesOf([message("8")]), pages: [{ items: [message("8")], next: "m" }] } },
    });
    expect(ids(apply(partly, { type: "message.changed", data: { message: message("3") } }, context))).toEqual([["8"]]);
  });

  it("goes when it was taken back, and only from its conversation", () => {
    const cache = cacheOf({
      messages: { "5": messagesOf([message("8"), message("9")]), "2": messagesOf([message("9")]) },
    });
    const gone = { type: "message.removed", data: { conversation_id: "5", message_id: "9" } } as const;
    const after = apply(cache, gone, context);
    expect(ids(after)).toEqual([["8"]]);
    expect(after.messages["2"]).toBe(cache.messages["2"]);
    expect(apply(after, gone, context).messages).toBe(after.messages);
  });

  it("leaves the conversation it was moved out of", () => {
    const cache = cacheOf({ messages: { "5": messagesOf([message("8"), message("9")]), "6": messagesOf([]) } });
    const moved = message("9", { conversation_id: "6" });
    const after = apply(cache, { type: "message.changed", data: { message: moved } }, context);
    expect(ids(after)).toEqual([["8"]]);
    expect(after.messages["6"]?.pages[0]?.items.map((one) => one.id)).toEqual(["9"]);
  });
});
