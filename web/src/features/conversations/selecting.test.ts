import { afterEach, expect, it, vi } from "vitest";
import type { ListFilter } from "../../api/lists";
import { listQuery, makeQueryClient } from "../../api/queries";
import { listed, selectAll, stopSelecting } from "./selecting";
import { selection } from "./selection";

const ROWS = Array.from({ length: 320 }, (_, nth) => ({ id: String(nth + 1) }));
let gate = Promise.resolve();

/** A server with so many rows, page by page. */
const server: typeof fetch = async (input) => {
  await gate;
  const asked = new URL(String(input), "http://server.example").searchParams;
  const begin = Number(asked.get("cursor") ?? 0);
  const end = begin + Number(asked.get("limit"));
  return Response.json({ items: ROWS.slice(begin, end), next: end < ROWS.length ? String(end) : null });
};

afterEach(() => {
  stopSelecting();
  vi.unstubAllGlobals();
});

it("chooses all of a view also while its first page is being read anew", async () => {
  vi.stubGlobal("fetch", server);
  const client = makeQueryClient();
  const filter: ListFilter = { view: "open", sort: "newest" };
  await client.fetchInfiniteQuery(listQuery(filter));
  listed.set({ filter });
  let letGo = () => {};
  gate = new Promise((opened) => {
    letGo = opened;
  });
  const anew = client.fetchInfiniteQuery({ ...listQuery(filter), staleTime: 0 }).catch(() => undefined);
  const all = selectAll(client);
  letGo();
  await Promise.all([anew, all]);
  expect(selection.get().ids.size).toBe(ROWS.length);
});
