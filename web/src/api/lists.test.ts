import { describe, expect, it } from "vitest";
import { adjustCounts } from "./counts";
import { belongs, compareRows, groupOf, type ListFilter, listParams, orderOf } from "./lists";
import type { Conversation, ViewCount } from "./types";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const ME = "1";

function row(id: string, part: Partial<Conversation> = {}): Conversation {
  return {
    id,
    inbox_id: "1",
    channel_account_id: "1",
    kind: "echo",
    contact: { id: "9", name: "Maja", address: "maja@example.com" },
    status: "open",
    assignee_id: null,
    subject: "",
    preview: "",
    message_count: 2,
    last_message_id: id,
    last_message_at: "2026-11-22T10:00:00Z",
    last_direction: "in",
    last_entry: null,
    others_count: 0,
    waiting_since: null,
    due_at: null,
    due_kind: null,
    due_from: null,
    failed_count: 0,
    uncertain_count: 0,
    is_spam: false,
    spam_reason: null,
    is_trashed: false,
    is_snoozed: false,
    snoozed_until: null,
    priority: "normal",
    tag_ids: [],
    merged_into_id: null,
    created_at: "2026-11-22T09:00:00Z",
    closed_at: null,
    ...part,
  };
}

const due = (id: string, at: string) =>
  row(id, { waiting_since: "2026-11-22T08:00:00Z", due_at: at, due_kind: "reply" });
const is = (filter: ListFilter, one: Conversation) => belongs(filter, one, ME, NOW);

describe("due first", () => {
  const late = due("1", "2026-11-22T11:00:00Z");
  const soon = due("2", "2026-11-22T12:40:00Z");
  const later = due("3", "2026-11-22T18:00:00Z");
  const waitsLong = row("4", { waiting_since: "2026-11-20T08:00:00Z" });
  const waits = row("5", { waiting_since: "2026-11-21T08:00:00Z" });
  const failed = row("6", { failed_count: 1, last_message_at: "2026-11-22T09:58:00Z" });
  const answered = row("7", { last_message_at: "2026-11-22T11:59:00Z" });
  const answeredEarlier = row("8", { last_message_at: "2026-11-01T11:59:00Z" });
  const expected = [late, soon, later, waitsLong, waits, failed, answered, answeredEarlier];

  it("is deadlines, then who waits, then who is answered, newest first", () => {
    const mixed = [answered, waits, failed, soon, answeredEarlier, late, waitsLong, later];
    expect(mixed.toSorted((a, b) => compareRows("due", a, b)).map((one) => one.id)).toEqual(
      expected.map((one) => one.id),
    );
  });

  it("falls into three groups, each in one piece", () => {
    expect(expected.map((one) => groupOf(one, NOW))).toEqual([
      "now",
      "now",
      "later",
      "later",
      "later",
      "later",
      "customer",
      "customer",
    ]);
  });

  it("is only where something can be due", () => {
    expect(orderOf({ view: "open", sort: "due" })).toBe("due");
    expect(orderOf({ view: "snoozed", sort: "due" })).toBe("due");
    expect(orderOf({ view: "closed", sort: "due" })).toBe("newest");
    expect(orderOf({ view: "mentions", sort: "due" })).toBe("newest");
    expect(orderOf({ view: "sent", sort: "due", filters: { status: "open" } })).toBe("newest");
    expect(orderOf({ view: "open", sort: "due", filters: { status: "any" } })).toBe("newest");
    expect(orderOf({ view: "all", sort: "due", filters: { status: "open" } })).toBe("due");
    expect(orderOf({ view: "closed", sort: "oldest" })).toBe("oldest");
  });
});

describe("what belongs", () => {
  it("is decided by where a conversation stands", () => {
    const places: [string, Partial<Conversation>][] = [
      ["open", {}],
      ["closed", { status: "closed" }],
      ["snoozed", { is_snoozed: true }],
      ["spam", { is_spam: true, spam_reason: "manual" }],
      ["filtered", { is_spam: true, spam_reason: "automated" }],
      ["trash", { is_trashed: true, is_spam: true }],
    ];
    for (const [view, part] of places)
      expect(places.map(([other]) => other).filter((other) => is({ view: other }, row("1", part)))).toEqual([view]);
    expect(is({ view: "all" }, row("1", { is_spam: true }))).toBe(false);
    expect(is({ view: "spam" }, row("1", { is_spam: true, spam_reason: "denied" }))).toBe(true);
    for (const spam_reason of ["manual", "flood"] as const)
      expect(is({ view: "all", filters: { hide_spam: false } }, row("1", { is_spam: true, spam_reason }))).toBe(true);
    expect(is({ view: "all" }, row("1", { merged_into_id: "2" }))).toBe(false);
  });

  it("closes soon when it is late, or due within the hour", () => {
    expect(is({ view: "closing" }, due("1", "2026-11-22T11:00:00Z"))).toBe(true);
    expect(is({ view: "closing" }, due("1", "2026-11-22T12:59:00Z"))).toBe(true);
    expect(is({ view: "closing" }, due("1", "2026-11-22T13:01:00Z"))).toBe(false);
    expect(is({ view: "closing" }, row("1"))).toBe(false);
  });

  it.each<[ListFilter["filters"], Partial<Conversation>, boolean]>([
    [{ assignees: ["me"] }, { assignee_id: ME }, true],
    [{ assignees: ["me"] }, {}, false],
    [{ assignees: ["nobody", "4"] }, {}, true],
    [{ assignees: ["nobody", "4"] }, { assignee_id: "4" }, true],
    [{ assignees: ["4"] }, { assignee_id: "5" }, false],
    [{ priorities: ["high"] }, { priority: "high" }, true],
    [{ priorities: ["high"] }, {}, false],
    [{ tag_ids: ["3", "4"] }, { tag_ids: ["4"] }, true],
    [{ tag_ids: ["3"] }, { tag_ids: ["4"] }, false],
    [{ channel_account_ids: ["1"] }, {}, true],
    [{ channel_account_ids: ["2"] }, {}, false],
    [{ contact_id: "9" }, {}, true],
    [{ contact_id: "8" }, {}, false],
    [{ since: "2026-11-22" }, {}, true],
    [{ until: "2026-11-22" }, {}, false],
    [{ active_within_s: 3600 }, {}, false],
    [{ active_within_s: 8000 }, {}, true],
    [{ waiting_longer_than_s: 3600 }, { waiting_since: "2026-11-22T10:00:00Z" }, true],
    [{ waiting_longer_than_s: 3600 }, { waiting_since: "2026-11-22T11:30:00Z" }, false],
    [{ waiting_longer_than_s: 3600 }, {}, false],
    [{ status: "closed" }, {}, false],
    [{ status: "closed" }, { status: "closed" }, true],
  ])("fits %o", (filters, part, expected) => {
    expect(is({ view: "open", filters }, row("1", part))).toBe(expected);
  });

  it("is asked for with commas, and without what says nothing", () => {
    expect(
      listParams({
        view: "open",
        sort: "due",
        filters: { assignees: ["me", "4"], tag_ids: [], hide_spam: false, hide_trash: true, contact_id: null },
      }),
    ).toEqual({ view: "open", sort: "due", assignees: "me,4", tag_ids: undefined, hide_spam: "false" });
  });
});

describe("counts", () => {
  const counts = (values: Record<string, number>, capped: string[] = []): ViewCount[] =>
    Object.entries(values).map(([id, count]) => ({ id, name_key: "", count, is_capped: capped.includes(id) }));
  const before = counts({ open: 5, mine: 1, unassigned: 3, "channel:1": 4, "channel:2": 2, "saved:1": 1, mentions: 1 });
  const counted = (next: ViewCount[]) => Object.fromEntries(next.map((one) => [one.id, one.count]));

  it("follow one change", () => {
    expect(counted(adjustCounts(before, row("1"), row("1", { assignee_id: ME }), ME, NOW))).toMatchObject({
      open: 5,
      mine: 2,
      unassigned: 2,
      "channel:1": 4,
      "saved:1": 1,
    });
    expect(counted(adjustCounts(before, row("1"), row("1", { status: "closed" }), ME, NOW))).toMatchObject({
      open: 4,
      unassigned: 2,
      "channel:1": 3,
      "channel:2": 2,
    });
    expect(counted(adjustCounts(before, null, row("1"), ME, NOW))).toMatchObject({
      open: 6,
      unassigned: 4,
      "channel:1": 5,
    });
  });

  it("stay the same object when nothing moved, and capped ones as they are", () => {
    expect(adjustCounts(before, row("1"), row("1", { preview: "x" }), ME, NOW)).toBe(before);
    const capped = counts({ open: 99 }, ["open"]);
    expect(adjustCounts(capped, row("1"), row("1", { status: "closed" }), ME, NOW)).toBe(capped);
  });
});
