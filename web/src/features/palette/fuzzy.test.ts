import { describe, expect, it } from "vitest";
import { likeness } from "./fuzzy";

const best = (typed: string, texts: string[]) =>
  texts
    .map((text) => ({ text, score: likeness(typed, text) }))
    .filter((one) => one.score > 0)
    .sort((a, b) => b.score - a.score)
    .map((one) => one.text);

describe("fuzzy fit", () => {
  it("puts beginnings before middles before scattered letters", () => {
    expect(best("clo", ["Go to Closed", "Close conversation", "Channel options"])[0]).toBe("Close conversation");
    expect(best("clo", ["Go to Closed", "Close conversation"])).toEqual(["Close conversation", "Go to Closed"]);
  });

  it("finds initials and words in any order", () => {
    expect(likeness("gtm", "Go to Mine")).toBeGreaterThan(0);
    expect(likeness("nes kari", "Kari Nes")).toBeGreaterThan(0);
  });

  it("knows letters with and without marks", () => {
    expect(likeness("apne", "Åpne samtaler")).toBeGreaterThan(0);
    expect(likeness("sok", "Søk")).toBeGreaterThan(0);
  });

  it("refuses what is not there", () => {
    expect(likeness("xyz", "Close conversation")).toBe(0);
    expect(likeness("tent", "Extend the selection down")).toBe(0);
    expect(likeness("cvn", "Assign to a person")).toBe(0);
  });
});
