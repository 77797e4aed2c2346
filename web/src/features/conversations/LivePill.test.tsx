// @vitest-environment jsdom
import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, expect, it, vi } from "vitest";
import { live } from "../../api/live";
import { useCutFor } from "./LivePill";

afterEach(() => {
  vi.useRealTimers();
  live.set({ connection: "live", brokenAt: 0 });
});

const Line = () => (useCutFor(10_000) ? "cut" : "live");

it("counts from when the line broke, and not from when something was opened that tells of it", () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  vi.useFakeTimers({ now: 1000 });
  const place = document.body.appendChild(document.createElement("div"));
  const root = createRoot(place);
  const draw = (key: string) => act(() => root.render(<Line key={key} />));
  draw("one");
  expect(place.textContent).toBe("live");
  vi.advanceTimersByTime(5000);
  act(() => live.set({ connection: "offline", brokenAt: performance.now() }));
  act(() => vi.advanceTimersByTime(9000));
  expect(place.textContent).toBe("live");
  draw("two"); // another conversation is opened
  act(() => vi.advanceTimersByTime(1000));
  expect(place.textContent).toBe("cut");
  draw("three");
  expect(place.textContent).toBe("cut");
  act(() => live.set({ connection: "live", brokenAt: 0 }));
  expect(place.textContent).toBe("live");
  act(() => root.unmount());
});
