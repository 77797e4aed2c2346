import { describe, expect, it } from "vitest";
import { fieldValue } from "../../ui/written";
import { fromField, presets } from "./times";

const at = (text: string) => new Date(text);
const named = (now: string) => Object.fromEntries(presets(at(now)).map((one) => [one.id, fieldValue(one.at)]));

describe("times to choose from", () => {
  it("are soon, this evening, tomorrow, Monday and in a week", () => {
    expect(named("2026-11-24T10:02:00")).toEqual({
      hours: "2026-11-24T13:05",
      evening: "2026-11-24T18:00",
      tomorrow: "2026-11-25T08:00",
      monday: "2026-11-30T08:00",
      week: "2026-12-01T08:00",
    });
  });

  it("name no moment twice", () => {
    expect(named("2026-11-29T20:00:00")).toEqual({
      hours: "2026-11-29T23:00",
      tomorrow: "2026-11-30T08:00",
      week: "2026-12-06T08:00",
    });
    expect(Object.keys(named("2026-11-30T09:00:00"))).toEqual(["hours", "evening", "tomorrow", "monday"]);
  });

  it("go over the end of a year, and through a field and back", () => {
    expect(named("2026-12-31T23:30:00").tomorrow).toBe("2027-01-01T08:00");
    expect(fieldValue(fromField("2027-03-04T05:06") ?? new Date(0))).toBe("2027-03-04T05:06");
    expect(fromField("")).toBeNull();
    expect(fromField("2027-99-99T05:06")).toBeNull();
  });
});
