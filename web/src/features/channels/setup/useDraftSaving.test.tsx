// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeQueryClient } from "../../../api/queries";
import type { ChannelDraft } from "../../../api/types";
import { type Typed, useDraftSaving } from "./useDraftSaving";

const BEGUN = { id: "7", updated_at: "2026-03-02T08:00:00Z" } as ChannelDraft;
let root: Root;
let keep: (typed: Typed) => void;
/** What the server was sent; it answers none of it. */
let sent: string[] = [];
const network = globalThis.fetch;

function Form() {
  keep = useDraftSaving("email", BEGUN, true).keep;
  return null;
}

const typed = (name: string) => act(() => keep({ name } as Typed));

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  vi.useFakeTimers();
  sent = [];
  sessionStorage.clear();
  globalThis.fetch = (_, asked) => {
    sent.push(JSON.parse(String(asked?.body)).name);
    return new Promise(() => {});
  };
  root = createRoot(document.createElement("div"));
  act(() =>
    root.render(
      <QueryClientProvider client={makeQueryClient()}>
        <Form />
      </QueryClientProvider>,
    ),
  );
});
afterEach(() => {
  act(() => root.unmount());
  globalThis.fetch = network;
  vi.useRealTimers();
});

it("tells the page that comes next to wait for what is on its way", async () => {
  typed("Hasty");
  await act(() => vi.advanceTimersByTimeAsync(1000));
  expect(sent).toEqual(["Hasty"]);
  dispatchEvent(new Event("pagehide"));
  expect(sessionStorage.getItem("innboks.leaving.7")).toBe(BEGUN.updated_at);
  expect(sent).toEqual(["Hasty"]);
});

it("sends what was typed since beside it when the page goes, for nobody will be there to wait for the answer", async () => {
  typed("Hasty");
  await act(() => vi.advanceTimersByTimeAsync(1000));
  typed("Hastier");
  dispatchEvent(new Event("pagehide"));
  await act(() => vi.advanceTimersByTimeAsync(0));
  expect(sent).toEqual(["Hasty", "Hastier"]);
});

it("tells nothing where all has arrived", () => {
  dispatchEvent(new Event("pagehide"));
  expect(sessionStorage.length).toBe(0);
});
