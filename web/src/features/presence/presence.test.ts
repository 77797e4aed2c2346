import { describe, expect, it } from "vitest";
import { answered, EXPIRES_MS, expire, hear } from "./presence";

const told = (user_id: string, state: "reading" | "writing" | "away", conversation_id = "5") => ({
  conversation_id,
  user_id,
  state,
  since: "2026-11-22T10:00:00Z",
});

describe("who is where", () => {
  it("knows each person once per conversation, as they were last heard of", () => {
    const reading = hear({}, told("2", "reading"), 1000);
    const both = hear(hear(reading, told("3", "reading"), 1000), told("2", "writing"), 2000);
    expect(both["5"]?.map((one) => [one.userId, one.state, one.heardAt])).toEqual([
      ["3", "reading", 1000],
      ["2", "writing", 2000],
    ]);
    expect(both["5"]?.[1]?.since).toBe(Date.parse("2026-11-22T10:00:00Z"));
    expect(reading["5"]).toHaveLength(1);
  });

  it("forgets who leaves, and a conversation in which nobody is", () => {
    expect(hear(hear({}, told("2", "reading"), 0), told("2", "away"), 1)).toEqual({});
    expect(hear({}, told("2", "away"), 1)).toEqual({});
  });

  it("lets one person be in two conversations, in two windows", () => {
    const both = hear(hear({}, told("2", "reading"), 0), told("2", "writing", "6"), 0);
    expect(Object.keys(both)).toEqual(["5", "6"]);
  });

  it("expires after thirty seconds of silence, and leaves what is fresh as it is", () => {
    const where = hear(hear({}, told("2", "reading"), 0), told("3", "reading", "6"), 10_000);
    expect(expire(where, EXPIRES_MS - 1)).toBe(where);
    expect(Object.keys(expire(where, EXPIRES_MS))).toEqual(["6"]);
  });

  it("keeps what was told while the answer about all of them was on its way", () => {
    const found = [told("2", "reading"), told("3", "reading")];
    const where = answered(found, [told("4", "reading"), told("2", "writing"), told("3", "away")], 1000);
    expect(where["5"]?.map((one) => [one.userId, one.state])).toEqual([
      ["4", "reading"],
      ["2", "writing"],
    ]);
  });
});
