import { describe, expect, it } from "vitest";
import type { Conversation } from "../api/types";
import { type Change, changed, isEmpty, wayBack } from "./changes";
import { leftOf } from "./undoing";

const now = new Date("2026-11-26T12:00:00Z");
const later = "2026-11-27T08:00:00.000Z";

const base = {
  id: "5",
  status: "open",
  assignee_id: null,
  inbox_id: "1",
  is_spam: false,
  spam_reason: null,
  is_trashed: false,
  priority: "normal",
  is_snoozed: false,
  snoozed_until: null,
  tag_ids: ["2", "10"],
  is_unread: false,
  closed_at: null,
} as unknown as Conversation;
const one = (part: Partial<Conversation>): Conversation => ({ ...base, ...part });
const madeBy = (change: Change, before = base) => changed(before, change, now);

describe("a change that is shown at once", () => {
  it("closes with the time, and reopens without one", () => {
    expect(madeBy({ status: "closed" })).toMatchObject({ status: "closed", closed_at: now.toISOString() });
    expect(madeBy({ status: "open" }, one({ status: "closed", closed_at: later }))).toMatchObject({ closed_at: null });
  });

  it("keeps what is snoozed open, and ends a snooze by closing", () => {
    const snoozed = madeBy({ is_snoozed: true, snoozed_until: later }, one({ status: "closed", closed_at: later }));
    expect(snoozed).toMatchObject({ status: "open", closed_at: null, is_snoozed: true, snoozed_until: later });
    expect(madeBy({ status: "closed" }, snoozed)).toMatchObject({ is_snoozed: false, snoozed_until: null });
    expect(madeBy({ is_snoozed: true }, snoozed)).toMatchObject({ is_snoozed: true, snoozed_until: null });
    expect(madeBy({ priority: "high" }, snoozed)).toMatchObject({ is_snoozed: true, snoozed_until: later });
  });

  it("adds and takes tags one by one, in the order of their ids", () => {
    expect(madeBy({ add_tag_ids: ["3", "2"] }).tag_ids).toEqual(["2", "3", "10"]);
    expect(madeBy({ remove_tag_ids: ["2"], add_tag_ids: ["3"] }).tag_ids).toEqual(["3", "10"]);
    expect(madeBy({ remove_tag_ids: ["99"] }).tag_ids).toEqual(base.tag_ids);
  });
});

describe("the way back", () => {
  const snoozed = one({ is_snoozed: true, snoozed_until: later });
  it.each<[string, Conversation, Change]>([
    ["a close", base, { status: "closed" }],
    ["an assignment", one({ assignee_id: "7" }), { assignee_id: null }],
    ["a priority and a tag", base, { priority: "urgent", add_tag_ids: ["4"], remove_tag_ids: ["2"] }],
    ["a snooze", base, { is_snoozed: true, snoozed_until: later }],
    ["the end of a snooze", snoozed, { is_snoozed: false }],
    ["closing what was snoozed", snoozed, { status: "closed" }],
    ["another snooze", snoozed, { is_snoozed: true, snoozed_until: "2026-11-30T08:00:00.000Z" }],
    ["a snooze of what was closed", one({ status: "closed", closed_at: later }), { is_snoozed: true }],
    ["spam, trash and another inbox", base, { is_spam: true, is_trashed: true, inbox_id: "2" }],
    ["the release of what a rule held back", one({ is_spam: true, spam_reason: "automated" }), { is_spam: false }],
    ["a mark as unread", base, { is_unread: true }],
  ])("restores the very state before %s", (_, before, change) => {
    const made = changed(before, change, now);
    const back = changed(made, wayBack(before, made, now), now);
    expect({ ...back, closed_at: null }).toEqual({ ...before, closed_at: null });
    expect(back.closed_at === null).toBe(before.closed_at === null);
  });

  it("leaves alone what was not changed", () => {
    expect(wayBack(base, madeBy({ priority: "high" }), now)).toEqual({ priority: "normal" });
    expect(isEmpty(wayBack(base, madeBy({ priority: "normal" }), now))).toBe(true);
  });

  it("gives it back to whom another inbox may have taken it from", () => {
    const before = one({ assignee_id: "7", inbox_id: "1" });
    const back = wayBack(before, changed(before, { inbox_id: "2" }, now), now);
    expect(back).toEqual({ inbox_id: "1", assignee_id: "7" });
  });

  it("does not snooze until a time that has passed", () => {
    const before = one({ is_snoozed: true, snoozed_until: "2026-11-26T11:00:00Z" });
    expect(wayBack(before, changed(before, { is_snoozed: false }, now), now)).toEqual({ is_snoozed: false });
  });
});

describe("the way back of what somebody else changed since", () => {
  const snoozed = { is_snoozed: true, snoozed_until: later };
  it.each<[string, Conversation, Change, Partial<Conversation>, Change, boolean]>([
    ["nobody did", base, { assignee_id: "7" }, {}, { assignee_id: null }, true],
    ["given to another", base, { assignee_id: "7" }, { assignee_id: "8" }, {}, false],
    ["back already", base, { status: "closed" }, { status: "open" }, {}, true],
    ["another thing", base, { status: "closed" }, { assignee_id: "8" }, { status: "open" }, true],
    [
      "the same time, written otherwise",
      base,
      snoozed,
      { snoozed_until: "2026-11-27T08:00:00Z" },
      { is_snoozed: false },
      true,
    ],
    ["woken by an answer", one({ status: "closed" }), snoozed, { is_snoozed: false, snoozed_until: null }, {}, false],
    ["reopened", one(snoozed), { status: "closed" }, { status: "open" }, {}, false],
    [
      "the server took it from whom it had",
      one({ assignee_id: "7" }),
      { inbox_id: "2" },
      { assignee_id: null },
      { inbox_id: "1", assignee_id: "7" },
      true,
    ],
    [
      "somebody there has it",
      one({ assignee_id: "7" }),
      { inbox_id: "2" },
      { assignee_id: "8" },
      { inbox_id: "1" },
      false,
    ],
    ["moved on", one({ assignee_id: "7" }), { inbox_id: "2" }, { inbox_id: "3", assignee_id: null }, {}, false],
    [
      "released by another",
      one({ is_spam: true, spam_reason: "automated" }),
      { is_spam: false, priority: "low" },
      { is_spam: true },
      { priority: "normal" },
      true,
    ],
  ])("%s", (_, before, change, since, left, isWhole) => {
    const after = madeBy(change, before);
    expect(leftOf(wayBack(before, after, now), before, after, { ...after, ...since })).toEqual({ left, isWhole });
  });
});
