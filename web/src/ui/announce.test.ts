import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeQueue } from "./announce";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what a screen reader is told", () => {
  const begin = () => {
    const said: string[] = [];
    return { said, say: makeQueue((tone, text) => said.push(`${tone}: ${text}`)) };
  };

  it("comes one message every two seconds", () => {
    const { said, say } = begin();
    for (const text of ["one", "two", "three"]) say(text);
    expect(said).toEqual(["polite: one"]);
    vi.advanceTimersByTime(1999);
    expect(said).toEqual(["polite: one"]);
    vi.advanceTimersByTime(1);
    expect(said).toEqual(["polite: one", "polite: two"]);
    vi.advanceTimersByTime(2000);
    expect(said.length).toBe(3);
    vi.advanceTimersByTime(60_000);
    say("four");
    expect(said.at(-1)).toBe("polite: four");
    say("five");
    expect(said.at(-1)).toBe("polite: four");
  });

  it("puts what cannot wait first, but never on the heels of another message", () => {
    const { said, say } = begin();
    say("one");
    say("two");
    say("failed", "assertive");
    expect(said).toEqual(["polite: one"]);
    vi.advanceTimersByTime(2000);
    expect(said.at(-1)).toBe("assertive: failed");
    vi.advanceTimersByTime(2000);
    expect(said.at(-1)).toBe("polite: two");
  });

  it("says of one thing only the newest, and makes the words when their turn has come", () => {
    const { said, say } = begin();
    let count = 0;
    say("one");
    for (; count < 3; count++) say(() => `${count} new`, "polite", "new");
    vi.advanceTimersByTime(10_000);
    expect(said).toEqual(["polite: one", "polite: 3 new"]);
  });
});
