import { beforeAll, describe, expect, it } from "vitest";
import { loadCatalogue, loadLater } from "../../ui/i18n";
import { differ, momentThere, placeOf, stretchHere } from "./there";

const hours = (day: number, from: string, to: string) => ({ day, from, to });
/** A Wednesday. */
const NOW = new Date("2026-11-25T12:00:00Z");

describe("hours by two clocks", () => {
  it("are told by the one here, with the day where it is another", () => {
    expect(stretchHere(hours(0, "09:00", "17:00"), "Asia/Tokyo", "Europe/Oslo", NOW)).toBe("01:00–09:00");
    expect(stretchHere(hours(0, "07:00", "15:00"), "Asia/Tokyo", "Europe/Oslo", NOW)).toBe("Sun 23:00–Mon 07:00");
    expect(stretchHere(hours(4, "09:00", "17:00"), "America/Los_Angeles", "Europe/Oslo", NOW)).toBe("18:00–Sat 02:00");
    expect(stretchHere(hours(6, "20:00", "24:00"), "Europe/Oslo", "Asia/Tokyo", NOW)).toBe("Mon 04:00–08:00");
    expect(stretchHere(hours(1, "09:00", "17:00"), "Australia/Lord_Howe", "UTC", NOW)).toBe("Mon 22:00–Tue 06:00");
  });

  it("are not told twice where both clocks show the same", () => {
    expect(stretchHere(hours(0, "09:00", "17:00"), "Europe/Berlin", "Europe/Oslo", NOW)).toBeUndefined();
    expect(momentThere("2026-11-30T08:00:00Z", "Europe/Berlin", "Europe/Oslo", NOW)).toBeUndefined();
    expect(differ(NOW, "Africa/Lagos", "Europe/Oslo")).toBe(false);
  });

  it("go by how the clocks stand on that day, not today", () => {
    const saturday = new Date("2026-03-28T12:00:00Z"); // Oslo goes to summer time in the night to Sunday
    expect(stretchHere(hours(5, "09:00", "17:00"), "Europe/Oslo", "UTC", saturday)).toBe("08:00–16:00");
    expect(stretchHere(hours(0, "09:00", "17:00"), "Europe/Oslo", "UTC", saturday)).toBe("07:00–15:00");
  });
});

describe("a moment by two clocks", () => {
  beforeAll(async () => {
    await loadCatalogue("en");
    await loadLater();
  });

  it("is told by the clock there, with the date where that is another", () => {
    expect(momentThere("2026-11-30T00:00:00Z", "Asia/Tokyo", "Europe/Oslo", NOW)).toBe("09:00 in Tokyo");
    expect(momentThere("2026-11-30T20:00:00Z", "Asia/Tokyo", "Europe/Oslo", NOW)).toMatch(
      /^Tue,? 1 Dec, 05:00 in Tokyo$/,
    );
    expect(placeOf("Australia/Lord_Howe")).toBe("Lord Howe");
  });
});
