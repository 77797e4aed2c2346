import { Check } from "lucide-react";
import { describe, expect, it } from "vitest";
import { choose, type Entry, type Group } from "./entries";

const entry = (id: string, group: Group, label: string, more: Partial<Entry> = {}): Entry => ({
  id,
  group,
  label,
  icon: Check,
  run: () => undefined,
  ...more,
});
const entries = [
  entry("action:close", "actions", "Close"),
  entry("action:snooze", "actions", "Snooze"),
  entry("view:closed", "go", "Closed"),
  entry("user:1", "people", "Clara Nes"),
  entry("conversation:7", "conversations", "Tent", { isFound: true }),
  entry("search", "search", "Search", { isFound: true }),
];
const ids = (typed: string, recent: string[] = []) => choose(entries, typed, recent).map((one) => one.id);

describe("the palette", () => {
  it("shows what was used lately first, and each entry once", () => {
    expect(ids("", ["view:closed"])).toEqual([
      "view:closed",
      "action:close",
      "action:snooze",
      "conversation:7",
      "search",
    ]);
  });

  it("ranks by fit, and keeps what the server found at the end", () => {
    expect(ids("clo")).toEqual(["action:close", "view:closed", "conversation:7", "search"]);
    expect(ids("clara")[0]).toBe("user:1");
  });

  it("prefers what was used lately among what fits alike", () => {
    expect(ids("clo", ["view:closed"])[0]).toBe("view:closed");
  });
});
