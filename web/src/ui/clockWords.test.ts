import { beforeAll, describe, expect, it } from "vitest";
import { clockFace } from "./clockWords";
import { loadCatalogue } from "./i18n";

const NOW = Date.parse("2026-11-26T12:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (ms: number) => new Date(NOW + ms).toISOString();
const reply = (left: number, whole: number) =>
  clockFace({ due_at: at(left), due_kind: "reply", due_from: at(left - whole) }, NOW);
const closing = (left: number) =>
  clockFace({ due_at: at(left), due_kind: "window", due_from: at(left - 24 * HOUR) }, NOW);

beforeAll(() => loadCatalogue("en"));

describe("the clock of an answer target", () => {
  it.each<[number, number, string, string]>([
    [14 * MINUTE, HOUR, "Reply 14 min", "soon"],
    [3 * MINUTE, HOUR, "Reply 3 min", "soon"],
    [22 * MINUTE, HOUR, "Reply 22 min", "calm"],
    [21 * MINUTE, HOUR, "Reply 21 min", "soon"],
    [30_000, HOUR, "Reply 1 min", "soon"],
    [2 * HOUR + 40 * MINUTE, 4 * HOUR, "Reply 2 h 30", "calm"],
    [3 * HOUR, 4 * HOUR, "Reply 3 h", "calm"],
    [-8 * MINUTE, HOUR, "8 min late", "late"],
    [-3 * 24 * HOUR, HOUR, "3 d late", "late"],
  ])("%i of %i ms left", (left, whole, words, tone) => {
    expect(reply(left, whole)).toMatchObject({ words, tone, shape: "round" });
  });

  it("names the day when it is far away, and says the whole in its sentence", () => {
    expect(reply(30 * HOUR, 48 * HOUR)?.words).toMatch(/^Reply Fri,? \d\d:\d\d$/);
    expect(reply(HOUR, 4 * HOUR)?.sentence).toMatch(/^Answer by .*2026.*within 4 h$/);
    expect(reply(HOUR, 4 * HOUR)?.left).toBe(25);
  });
});

describe("the clock of a window", () => {
  it.each<[number, string, string]>([
    [48 * MINUTE, "Closes 48 min", "late"],
    [HOUR, "Closes 1 h", "late"],
    [3 * HOUR, "Closes 3 h", "soon"],
    [15 * HOUR, "Closes 15 h", "calm"],
    [23 * HOUR + 58 * MINUTE, "Closes 23 h", "calm"],
    [-MINUTE, "Window closed", "late"],
  ])("%i ms left", (left, words, tone) => {
    expect(closing(left)).toMatchObject({ words, tone, shape: "square" });
  });
});

it("is nothing without a deadline", () => {
  expect(clockFace({ due_at: null, due_kind: null, due_from: null }, NOW)).toBeNull();
});
