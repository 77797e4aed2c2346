import { describe, expect, test } from "vitest";
import { fieldIn, momentIn } from "./zoned";

describe("times as a clock elsewhere shows them", () => {
  test.each([
    ["2026-11-27T09:00", "Europe/Oslo", "2026-11-27T08:00:00.000Z"],
    ["2026-07-01T09:00", "Europe/Oslo", "2026-07-01T07:00:00.000Z"],
    ["2026-07-01T00:00", "Asia/Tokyo", "2026-06-30T15:00:00.000Z"],
    ["2026-01-01T00:00", "America/St_Johns", "2026-01-01T03:30:00.000Z"],
    ["2026-01-01T00:00", "Pacific/Kiritimati", "2025-12-31T10:00:00.000Z"],
    ["2026-01-01T00:00", "UTC", "2026-01-01T00:00:00.000Z"],
  ])("%s in %s", (field, zone, iso) => {
    expect(momentIn(field, zone).toISOString()).toBe(iso);
    expect(fieldIn(new Date(iso), zone)).toBe(field);
  });

  test("an hour that the clock skips counts as the one after it", () => {
    const at = momentIn("2026-03-29T02:30", "Europe/Oslo");
    expect(at.toISOString()).toBe("2026-03-29T01:30:00.000Z");
    expect(fieldIn(at, "Europe/Oslo")).toBe("2026-03-29T03:30");
  });

  test("an hour that it shows twice is the first", () => {
    expect(momentIn("2026-10-25T02:30", "Europe/Oslo").toISOString()).toBe("2026-10-25T00:30:00.000Z");
  });

  test("what is no time is none", () => {
    expect(Number.isNaN(momentIn("", "Europe/Oslo").getTime())).toBe(true);
  });
});
