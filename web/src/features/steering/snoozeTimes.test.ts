import { describe, expect, it } from "vitest";
import { fieldValue } from "../../ui/written";
import { readMoment, snoozeChoices } from "./snoozeTimes";

/** Thursday 26 November 2026, 13:50, wherever the test runs. */
const now = new Date(2026, 10, 26, 13, 50);
const at = (text: string, from = now) => {
  const found = readMoment(text, from);
  return found ? fieldValue(found) : null;
};
const names = (from: Date) => snoozeChoices(from).map((one) => one.name);

describe("the moments that are offered", () => {
  it("are all to come, in order", () => {
    expect(snoozeChoices(now).map((one) => fieldValue(one.at))).toEqual([
      "2026-11-26T14:50",
      "2026-11-26T18:00",
      "2026-11-27T08:00",
      "2026-11-30T08:00",
      "2026-12-03T08:00",
    ]);
  });

  it("leave out the evening when it has come, and Monday on a Sunday", () => {
    expect(names(new Date(2026, 10, 26, 17, 30))).not.toContain("evening");
    expect(names(new Date(2026, 10, 29, 12, 0))).toEqual(["hour", "evening", "tomorrow", "week"]);
    expect(names(new Date(2026, 10, 30, 12, 0))).toEqual(["hour", "evening", "tomorrow", "monday"]);
  });
});

describe("what people write", () => {
  it.each([
    ["tomorrow 9", "2026-11-27T09:00"],
    ["tomorrow", "2026-11-27T08:00"],
    ["i morgen kl. 9", "2026-11-27T09:00"],
    ["in 2 hours", "2026-11-26T15:50"],
    ["om 2 timer", "2026-11-26T15:50"],
    ["90m", "2026-11-26T15:20"],
    ["an hour", "2026-11-26T14:50"],
    ["3 d", "2026-11-29T13:50"],
    ["fri 14:30", "2026-11-27T14:30"],
    ["fredag 14.30", "2026-11-27T14:30"],
    ["monday at 9", "2026-11-30T09:00"],
    ["thursday", "2026-12-03T08:00"],
    ["tonight", "2026-11-26T18:00"],
    ["i kveld", "2026-11-26T18:00"],
    ["17:00", "2026-11-26T17:00"],
    ["9am", "2026-11-27T09:00"],
    ["5 pm", "2026-11-26T17:00"],
    ["25 dec", "2026-12-25T08:00"],
    ["25. desember kl 10", "2026-12-25T10:00"],
    ["25.12", "2026-12-25T08:00"],
    ["2/3 9:15", "2027-03-02T09:15"],
    ["2027-01-15 07:45", "2027-01-15T07:45"],
    ["5 jan 2028", "2028-01-05T08:00"],
    ["5. januar 2028 kl 9", "2028-01-05T09:00"],
    ["29.02.2028 9:15", "2028-02-29T09:15"],
    ["2/3/2027", "2027-03-02T08:00"],
    ["jan 5", "2027-01-05T08:00"],
    ["January 5th 9:30", "2027-01-05T09:30"],
    ["on dec 24 at 16", "2026-12-24T16:00"],
    ["des 24", "2026-12-24T08:00"],
    ["jan 5, 2028", "2028-01-05T08:00"],
    ["feb 29 2028 kl 9", "2028-02-29T09:00"],
    ["5th jan", "2027-01-05T08:00"],
    ["mon 5", "2026-11-30T05:00"],
    ["next week", "2026-11-30T08:00"],
    ["  Tomorrow   9  ", "2026-11-27T09:00"],
  ])("%s", (text, expected) => expect(at(text)).toBe(expected));

  it.each([
    "",
    "29.02.2027",
    "25 dec 2025",
    "9999 weeks",
    "25 dec 2050",
    "soon",
    "31 feb",
    "feb 31",
    "jan 5 2026",
    "25:99",
    "today 9",
    "2020-01-01",
    "0 h",
    "yesterday",
    "in many hours",
    "99999999 h",
  ])("%s says no moment to come", (text) => expect(at(text)).toBeNull());
});
