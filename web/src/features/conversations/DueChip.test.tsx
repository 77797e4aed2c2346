// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Conversation } from "../../api/types";
import { loadCatalogue } from "../../ui/i18n";
import { DueChip } from "./DueChip";

let root: Root;
let place: HTMLElement;

const closing = (due_at: string) =>
  ({
    id: "1",
    status: "open",
    merged_into_id: null,
    due_at,
    due_kind: "window",
    due_from: "2026-03-01T08:00:14Z",
  }) as Conversation;
const show = (row: Conversation | null) => act(() => root.render(row ? <DueChip row={row} /> : null));

beforeAll(() => loadCatalogue("en"));
beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  vi.useFakeTimers();
  vi.setSystemTime(new Date("2026-03-02T08:00:00Z"));
  place = document.createElement("div");
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  vi.useRealTimers();
});

it("says that a window has closed when it does, and not with the next half minute", () => {
  show(closing("2026-03-02T08:00:14Z"));
  expect(place.textContent).toContain("Closes 1 min");
  act(() => vi.advanceTimersByTime(14_010));
  expect(place.textContent).toContain("Window closed");
});

it("says it at once of one that had closed before it was heard of", () => {
  show(closing("2026-03-02T09:00:14Z"));
  expect(place.textContent).toContain("Closes 1 h");
  act(() => vi.advanceTimersByTime(20_000)); // the clock stands at the full minute still
  show(closing("2026-03-02T08:00:14Z"));
  act(() => vi.advanceTimersByTime(5));
  expect(place.textContent).toContain("Window closed");
});
