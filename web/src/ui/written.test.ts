import { afterAll, describe, expect, it } from "vitest";
import { loadCatalogue } from "./i18n";
import { readClock, readDay, readWhen, writeClock, writeDay, writeWhen } from "./written";

/** Thursday 26 November 2026, 13:50, wherever the test runs. */
const now = new Date(2026, 10, 26, 13, 50);

describe("a day that is written", () => {
  it.each([
    ["27 Nov 2026", "2026-11-27"],
    ["27. nov. 2026", "2026-11-27"],
    ["5 jan", "2026-01-05"],
    ["jan 5", "2026-01-05"],
    ["24.12.", "2025-12-24"],
    ["3/4/2025", "2025-04-03"],
    ["2025-04-03", "2025-04-03"],
    ["I går", "2026-11-25"],
    ["today", "2026-11-26"],
    ["tomorrow", "2026-11-27"],
  ])("%s", (text, day) => expect(readDay(text, now, "past")).toBe(day));

  it("is the next one where what comes is meant", () => expect(readDay("5 jan", now, "coming")).toBe("2027-01-05"));

  it.each(["", "31 feb", "soon", "9:30", "12"])("%s is none", (text) => expect(readDay(text, now, "past")).toBeNull());
});

it.each([
  ["9", "09:00"],
  ["9.30", "09:30"],
  ["0930", "09:30"],
  ["930", "09:30"],
  ["kl. 17", "17:00"],
  ["5:15 pm", "17:15"],
  ["24:00", null],
  ["12 13", null],
  ["", null],
])("the time of day %s", (text, clock) => expect(readClock(text)).toBe(clock));

describe.each(["en", "nb"] as const)("what a field shows in %s", (locale) => {
  afterAll(() => loadCatalogue("en"));
  it("is read as what it was", async () => {
    await loadCatalogue(locale);
    for (let month = 1; month <= 12; month++) {
      const day = `2027-${String(month).padStart(2, "0")}-09`;
      expect(readDay(writeDay(day), now, "past"), writeDay(day)).toBe(day);
      expect(readWhen(writeWhen(`${day}T09:05`), now), writeWhen(`${day}T09:05`)).toBe(`${day}T09:05`);
    }
    expect(readClock(writeClock("00:05"))).toBe("00:05");
    expect(readWhen("2027-02-01T08:05", now)).toBe("2027-02-01T08:05");
  });
  it("follows the language", async () => {
    await loadCatalogue(locale);
    const written = { en: "27 Nov 2026, 09:00", nb: "27. nov. 2026 kl. 09.00" };
    expect(writeWhen("2026-11-27T09:00")).toBe(written[locale]);
  });
});
