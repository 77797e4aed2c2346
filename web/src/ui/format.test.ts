import { beforeAll, describe, expect, it } from "vitest";
import {
  clock,
  clockIn,
  fullMoment,
  fullTime,
  messageTime,
  moment,
  rowTime,
  timeInSentence,
  weekdayTime,
} from "./format";
import { loadCatalogue } from "./i18n";

const at = new Date(2026, 10, 27, 9, 5);
const iso = at.toISOString();
const earlier = new Date(2026, 10, 22, 12, 0);
const later = new Date(2026, 11, 3, 12, 0);

describe.each([
  ["en", "09:05"],
  ["nb", "09.05"],
] as const)("a time of day in %s", (locale, time) => {
  beforeAll(() => loadCatalogue(locale));

  it("is written as the language does, alone and in longer words", () => {
    expect(clock(at)).toBe(time);
    expect(clockIn(new Date("2026-11-27T09:05:00Z"), "UTC")).toBe(time);
    expect(rowTime(iso, new Date(2026, 10, 27, 12, 0))).toBe(time);
    for (const said of [
      messageTime(iso, later),
      moment(iso, earlier),
      moment(iso, new Date(2026, 10, 10)),
      fullMoment(at, earlier),
      weekdayTime(iso),
      fullTime(iso),
    ])
      expect(said).toMatch(new RegExp(`[\\s,]${time.replace(".", "\\.")}$`));
  });
});

it("keeps kl. and the time on one line in Norwegian", async () => {
  await loadCatalogue("nb");
  expect(fullTime(iso)).toBe("fredag 27. november 2026 kl.\u00a009.05");
  expect(weekdayTime(iso)).toBe("fre. kl.\u00a009.05");
});

it.each([
  ["en", "09:05", "27 Nov, 09:05", "27 Nov 2026, 09:05"],
  ["nb", "kl.\u00a009.05", "27. nov. kl.\u00a009.05", "27. nov. 2026 kl.\u00a009.05"],
] as const)("says in %s when something was or will be, in a sentence", async (locale, today, otherwise, year) => {
  await loadCatalogue(locale);
  expect(timeInSentence(iso, new Date(2026, 10, 27, 23, 0))).toBe(today);
  for (const now of [earlier, later]) expect(timeInSentence(iso, now)).toBe(otherwise);
  expect(timeInSentence(iso, new Date(2027, 0, 2))).toBe(year);
});
