// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { NoConnection } from "../api/client";
import { live } from "../api/live";
import { loadCatalogue } from "./i18n";
import { Loading } from "./Loading";

let root: Root;
let place: HTMLElement;
const client = new QueryClient();
const waiting = {
  data: undefined,
  error: null,
  isPending: true,
  failureCount: 0,
  failureReason: null,
  refetch: async () => undefined,
};
const inVain = { ...waiting, failureCount: 3, failureReason: new NoConnection() };

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  await loadCatalogue("en");
  place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  live.set({ connection: "live" });
  place.remove();
});

const draw = (id: string, query: typeof waiting | typeof inVain) =>
  act(() =>
    root.render(
      <QueryClientProvider client={client}>
        <Loading query={query} queryKey={["contact", id]} rows={2} shape="line" />
      </QueryClientProvider>,
    ),
  );
const isFailed = () => place.querySelector("button") !== null;

it("says of one question what was in vain, while it is tried again, and not of the next one", () => {
  draw("1", inVain);
  expect(isFailed()).toBe(true);
  draw("1", waiting);
  expect(isFailed(), "it goes on trying").toBe(true);
  draw("2", waiting);
  expect(isFailed(), "nothing was in vain there").toBe(false);
});

it("says with the first try in vain that it comes later where the line is known to be cut, and no more", () => {
  const once = { ...waiting, failureCount: 1, failureReason: new NoConnection() };
  draw("1", once);
  expect(place.querySelector(".empty"), "a hiccup is not worth a word").toBeNull();
  act(() => live.set({ connection: "connecting" }));
  expect(place.querySelector("[role=status]")?.textContent).toContain("when the connection is back");
  expect(isFailed(), "the banner has the way to try at once").toBe(false);
  act(() => live.set({ connection: "live" }));
  draw("1", inVain);
  expect(isFailed(), "the line is there, and still no answer").toBe(true);
});
