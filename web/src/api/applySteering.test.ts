import { describe, expect, it } from "vitest";
import { apply, type Cache, type Context } from "./apply";
import type { ConversationPages, MessagePages } from "./queries";
import type { Conversation, Message } from "./types";

const context: Context = { me: "1", reading: null, now: Date.parse("2026-11-22T12:00:00Z") };
const row = {
  id: "4",
  inbox_id: "1",
  channel_account_id: "1",
  contact: null,
  status: "open",
  assignee_id: null,
  last_message_id: "4",
  last_message_at: "2026-11-22T10:00:00Z",
  last_direction: "in",
  waiting_since: null,
  due_at: null,
  failed_count: 0,
  uncertain_count: 0,
  is_spam: false,
  spam_reason: null,
  is_trashed: false,
  is_snoozed: false,
  snoozed_until: null,
  merged_into_id: null,
  priority: "normal",
  tag_ids: ["1", "2"],
  is_unread: false,
} as unknown as Conversation;
const pages = <T>(items: T[]) => ({ pages: [{ items, next: null }], pageParams: [null] });
const cache: Cache = {
  lists: [{ filter: { view: "open" }, pages: pages([row]) as ConversationPages }],
  conversations: { "4": row },
  messages: { "4": pages([{ id: "1" } as Message]) as MessagePages, "5": pages<Message>([]) as MessagePages },
  contacts: {},
  notes: {},
};
const rows = (from: Cache) => from.lists[0]?.pages.pages[0]?.items ?? [];
const changed = (conversation: Conversation) => ({ type: "conversation.changed", data: { conversation } }) as const;

describe("steering", () => {
  it.each([
    { is_snoozed: true },
    { is_trashed: true },
    { is_spam: true },
    { merged_into_id: "9" },
  ])("takes what is %o out of the ordinary views, and brings it back", (part) => {
    const gone = apply(cache, changed({ ...row, ...part }), context);
    expect(rows(gone)).toEqual([]);
    expect(rows(apply(gone, changed(row), context))).toHaveLength(1);
  });

  it("marks as unread when the server says so", () => {
    const data = { conversation_id: "4", message_id: "3", is_unread: true };
    expect(apply(cache, { type: "read.changed", data }, context).conversations["4"]?.is_unread).toBe(true);
  });

  it("makes nothing anew when what has been read is read again", () => {
    const data = { conversation_id: "4", message_id: "4" };
    const once = apply(cache, { type: "read.changed", data }, context);
    const twice = apply(once, { type: "read.changed", data }, context);
    expect(twice.lists[0]).toBe(once.lists[0]);
    expect(twice.conversations).toBe(once.conversations);
  });

  it("leaves it read while it is being read, whatever an answer says that was made before the server heard of it", () => {
    const answer = changed({ ...row, is_unread: true, priority: "high" });
    const here = apply(cache, answer, { ...context, reading: "4" });
    for (const one of [here.conversations["4"], rows(here)[0]])
      expect(one).toMatchObject({ is_unread: false, priority: "high" });
    expect(apply(cache, answer, { ...context, reading: "5" }).conversations["4"]?.is_unread).toBe(true);
  });

  it("takes a deleted tag off, and turns a merged one into the other", () => {
    const tags = (into: string | null) =>
      rows(apply(cache, { type: "tag.deleted", data: { id: "1", merged_into_id: into } }, context))[0]?.tag_ids;
    expect(tags(null)).toEqual(["2"]);
    expect(tags("2")).toEqual(["2"]);
    expect(tags("30")).toEqual(["2", "30"]);
  });

  it("knows no messages of a conversation from which some were moved", () => {
    const after = apply(cache, { type: "messages.moved", data: { conversation_id: "4" } }, context);
    expect(Object.keys(after.messages)).toEqual(["5"]);
  });
});
