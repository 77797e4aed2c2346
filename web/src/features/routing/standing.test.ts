import { beforeAll, describe, expect, test } from "vitest";
import { loadCatalogue, loadLater } from "../../ui/i18n";
import { isFull, isLimited, loadWords } from "./standing";

const load = (
  open_count: number,
  conversations_max: number | null,
  kinds: Parameters<typeof loadWords>[0]["kinds"] = [],
) => ({
  open_count,
  conversations_max,
  kinds,
});
const of = (kind: "calling" | "messaging" | "other", open_count: number, max: number) => ({ kind, open_count, max });

beforeAll(async () => {
  await loadCatalogue("en");
  await loadLater();
});

describe("how much somebody has", () => {
  test("in words, with each kind that has a limit", () => {
    expect(loadWords(load(3, null))).toBe("3 open");
    expect(loadWords(load(3, 12))).toBe("3 of 12");
    expect(loadWords(load(3, null, [of("calling", 1, 1), of("messaging", 2, 5)]))).toBe(
      "3 open, calls 1 of 1, messages 2 of 5",
    );
  });

  test("full is who gets nothing more of any kind", () => {
    expect(isFull(load(12, 12))).toBe(true);
    expect(isFull(load(3, 12))).toBe(false);
    expect(isFull(load(3, null, [of("calling", 1, 1)]))).toBe(false);
    expect(isFull(load(3, null, [of("calling", 0, 0), of("messaging", 2, 2), of("other", 1, 1)]))).toBe(true);
    expect(isFull(load(3, null, [of("calling", 0, 1), of("messaging", 2, 2), of("other", 1, 1)]))).toBe(false);
  });

  test("limited is who has any limit", () => {
    expect(isLimited(load(0, null))).toBe(false);
    expect(isLimited(load(0, 5))).toBe(true);
    expect(isLimited(load(0, null, [of("other", 0, 4)]))).toBe(true);
  });
});
