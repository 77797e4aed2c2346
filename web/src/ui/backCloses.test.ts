import { createMemoryHistory } from "@tanstack/react-router";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { layOver } from "./backCloses";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** At a list, and in a conversation that was opened from it. */
function reading() {
  const history = createMemoryHistory({ initialEntries: ["/list"] });
  history.push("/list/1", {});
  return history;
}

function open(history: ReturnType<typeof reading>) {
  const one = { isOpen: true, close: (): void => undefined };
  const takeAway = layOver(history, () => one.close());
  one.close = () => {
    one.isOpen = false;
    takeAway();
  };
  return one;
}

describe("what lies over the page", () => {
  it("is closed by Back, and the page stays", () => {
    const history = reading();
    const dialog = open(history);
    expect(history.location.href).toBe("/list/1");
    history.back();
    vi.runAllTimers();
    expect([dialog.isOpen, history.location.href]).toEqual([false, "/list/1"]);
    history.back();
    expect(history.location.href).toBe("/list");
  });

  it("takes its entry along when it is closed otherwise", () => {
    const history = reading();
    const dialog = open(history);
    dialog.close();
    vi.runAllTimers();
    history.back();
    expect(history.location.href).toBe("/list");
  });

  it("is closed one after the other, the uppermost first", () => {
    const history = reading();
    const [sheet, dialog] = [open(history), open(history)];
    history.back();
    vi.runAllTimers();
    expect([sheet.isOpen, dialog.isOpen]).toEqual([true, false]);
    history.back();
    expect([sheet.isOpen, history.location.href]).toEqual([false, "/list/1"]);
  });

  it("leaves nothing when all of it is closed at once", () => {
    const history = reading();
    const [sheet, dialog] = [open(history), open(history)];
    dialog.close();
    sheet.close();
    vi.runAllTimers();
    history.back();
    expect(history.location.href).toBe("/list");
  });

  it("is passed over when it has led elsewhere", () => {
    const history = reading();
    const dialog = open(history);
    dialog.close();
    history.push("/list/2", {});
    vi.runAllTimers();
    expect(history.location.href).toBe("/list/2");
    history.back();
    vi.runAllTimers();
    expect(history.location.href).toBe("/list/1");
    history.back();
    expect(history.location.href).toBe("/list");
  });
});
