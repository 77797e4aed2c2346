import { describe, expect, it } from "vitest";
import { completions, filtersOf, partsOf, without, withWord } from "./line";

describe("the search line", () => {
  it("knows filters from words and phrases", () => {
    const shown = partsOf('tent from:kari "two poles" -is:open tag:"big customer" http://x.example').map((part) => [
      part.operator,
      part.value,
      part.isNegated,
    ]);
    expect(shown).toEqual([
      [null, "tent", false],
      ["from", "kari", false],
      [null, "two poles", false],
      ["is", "open", true],
      ["tag", "big customer", false],
      [null, "http://x.example", false],
    ]);
  });

  it("takes typographic quotes for what they stand for", () => {
    const shown = partsOf("tag:“big customer” «two poles»").map((part) => [part.operator, part.value, part.start]);
    expect(shown).toEqual([
      ["tag", "big customer", 0],
      [null, "two poles", 19],
    ]);
  });

  it("understands Norwegian operators", () => {
    expect(filtersOf("er:åpen før:2026 telt").map((part) => part.operator)).toEqual(["is", "before"]);
  });

  it("takes a filter out and leaves the rest", () => {
    const line = 'tent tag:"big customer" poles';
    const [filter] = filtersOf(line);
    expect(filter && without(line, filter)).toBe("tent poles");
  });

  it("shows no chip for an operator without a value", () => {
    expect(filtersOf("from: tent")).toEqual([]);
  });

  it("writes a word differently", () => {
    expect(withWord("Téntt poles", "tentt", "tent")).toBe("tent poles");
  });

  it("completes the operator that is being typed", () => {
    expect(completions("tent ass", {})).toEqual([{ label: "assignee:", line: "tent assignee:" }]);
    expect(completions("is:un", {}).map((one) => one.line)).toEqual(["is:unread ", "is:unassigned "]);
    expect(completions("assignee:ka", { assignee: ["Kari Nes", "Ola"] })).toEqual([
      { label: "assignee:Kari Nes", line: 'assignee:"Kari Nes" ' },
    ]);
    expect(completions("tent ", {})).toEqual([]);
  });
});
