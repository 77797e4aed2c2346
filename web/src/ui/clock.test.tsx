// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useNow } from "./clock";

let root: Root;
let drawn: string[] = [];

function Clock() {
  drawn.push(useNow().toISOString());
  return null;
}

function show(): void {
  root = createRoot(document.createElement("div"));
  act(() => root.render(<Clock />));
}

beforeEach(() => {
  drawn = [];
  vi.useFakeTimers();
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
});
afterEach(() => {
  act(() => root.unmount());
  vi.useRealTimers();
});

it("draws what shows the time once when it appears, and again each half minute", () => {
  vi.setSystemTime(new Date("2026-03-02T08:00:00Z"));
  show();
  vi.setSystemTime(new Date("2026-03-02T08:00:01Z"));
  expect(drawn).toEqual(["2026-03-02T08:00:00.000Z"]);
  act(() => vi.advanceTimersByTime(30_000));
  expect(drawn).toEqual(["2026-03-02T08:00:00.000Z", "2026-03-02T08:00:31.000Z"]);
});

it("begins with the time of day after a page that showed none", () => {
  vi.setSystemTime(new Date("2026-03-02T09:00:00Z"));
  show();
  act(() => root.unmount());
  vi.setSystemTime(new Date("2026-03-02T10:00:00Z"));
  show();
  expect(drawn).toEqual(["2026-03-02T09:00:00.000Z", "2026-03-02T10:00:00.000Z"]);
});
