import { describe, expect, it } from "vitest";
import type { Conversation, SavedView } from "../../api/types";
import { drawnIn, HEADING_HEIGHT, layOut, offsetOf, rangeOf, rowAt } from "./listLayout";
import { filterOf, filtersOf, isView, readSearch, searchOf } from "./views";

const saved: SavedView[] = [
  {
    id: "3",
    name: "VIP",
    icon: "star",
    is_shared: false,
    is_mine: true,
    sort: "oldest",
    position: 0,
    filters: {
      status: "open",
      inbox_ids: [],
      channel_account_ids: [],
      contact_id: null,
      assignees: ["me"],
      tag_ids: [],
      priorities: [],
      since: null,
      until: null,
      active_within_s: null,
      waiting_longer_than_s: 3600,
      hide_spam: true,
      hide_trash: true,
    },
  },
];

describe("addresses", () => {
  it("carry order and filters, there and back", () => {
    const filters = { status: "closed", assignees: ["me", "7"], waiting_longer_than_s: 900, hide_spam: false } as const;
    const search = searchOf({ ...filters, assignees: [...filters.assignees] }, "newest");
    expect(search).toEqual({
      sort: "newest",
      status: "closed",
      assignees: "me,7",
      waiting_longer_than_s: "900",
      hide_spam: "false",
    });
    expect(filtersOf(readSearch(search as Record<string, unknown>))).toEqual(filters);
  });

  it("read numbers as text, and leave out what is not known", () => {
    expect(readSearch({ tag_ids: 12, sort: "upwards", q: "x", since: "" })).toEqual({ tag_ids: "12" });
    expect(filtersOf({})).toBeNull();
  });

  it("name views", () => {
    expect(["mine", "channel-3", "inbox-4", "saved-5"].every(isView)).toBe(true);
    expect(["", "tickets", "channel-", "saved-x"].some(isView)).toBe(false);
  });

  it("mean what a saved view keeps, until the address says otherwise", () => {
    expect(filterOf("saved-3", {}, saved, "due")).toEqual({
      view: "all",
      sort: "oldest",
      filters: { status: "open", assignees: ["me"], waiting_longer_than_s: 3600 },
    });
    expect(filterOf("saved-3", { status: "any", sort: "due" }, saved, "due")).toEqual({
      view: "all",
      sort: "due",
      filters: { status: "any" },
    });
    expect(filterOf("saved-4", {}, saved, "due")).toBeNull();
    expect(filterOf("channel-2", {}, saved, "newest")).toEqual({
      view: "open",
      sort: "newest",
      channel_account_id: "2",
    });
  });
});

describe("the layout of rows", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  const row = (due: string | null) =>
    ({ status: "open", due_at: due, waiting_since: due, failed_count: 0 }) as unknown as Conversation;
  const rows = [
    ...Array.from({ length: 3 }, () => row("2026-11-22T11:00:00Z")),
    ...Array.from({ length: 2 }, () => row("2026-11-22T20:00:00Z")),
    ...Array.from({ length: 5 }, () => row(null)),
  ];
  const layout = layOut(rows, "due", true, now, 74);

  it("has a heading over each group", () => {
    expect(layout.sections).toEqual([
      { group: "now", start: 0, count: 3 },
      { group: "later", start: 3, count: 2 },
      { group: "customer", start: 5, count: 5 },
    ]);
    expect(layout.height).toBe(3 * HEADING_HEIGHT + 10 * 74);
    expect(layOut(rows, "newest", true, now, 52)).toMatchObject({
      height: 520,
      sections: [{ group: null, count: 10 }],
    });
    expect(layOut([], "due", true, now, 52)).toMatchObject({ height: 0, sections: [] });
  });

  it("finds the row at a height, and the height of a row", () => {
    for (const index of rows.keys()) {
      expect(rowAt(layout, offsetOf(layout, index))).toBe(index);
      expect(rowAt(layout, offsetOf(layout, index) + 73)).toBe(index);
    }
    expect(rowAt(layout, 0)).toBe(0);
    expect(rowAt(layout, 1e9)).toBe(9);
    expect(rangeOf(layout, 0, 200, 2)).toEqual([0, 5]);
    const section = { group: null, start: 10, count: 20 };
    expect(drawnIn(section, 5, 13, 11)).toEqual([10, 11, 12]);
    expect(drawnIn(section, 15, 17, 11)).toEqual([11, 15, 16]);
    expect(drawnIn(section, 0, 4, 29)).toEqual([29]);
    expect(drawnIn(section, 28, 40, 0)).toEqual([28, 29]);
    expect(rangeOf(layOut([], "due", true, now, 74), 0, 900, 6)).toEqual([0, 0]);
  });
});
