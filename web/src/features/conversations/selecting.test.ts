import { InfiniteQueryObserver } from "@tanstack/react-query";
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

const filter: ListFilter = { view: "open", sort: "newest" };

/** The first page is there; what is asked for then waits. */
async function begin() {
  vi.stubGlobal("fetch", server);
  const client = makeQueryClient();
  gate = Promise.resolve();
  await client.fetchInfiniteQuery(listQuery(filter));
  listed.set({ filter });
  let letGo = () => {};
  gate = new Promise((opened) => {
    letGo = opened;
  });
  return { client, letGo };
}

it("chooses all of a view also while its first page is being read anew", async () => {
  const { client, letGo } = await begin();
  const anew = client.fetchInfiniteQuery({ ...listQuery(filter), staleTime: 0 }).catch(() => undefined);
  const all = selectAll(client);
  letGo();
  await Promise.all([anew, all]);
  expect(selection.get().ids.size).toBe(ROWS.length);
});

it("chooses all of it also where the first page is read anew while the others are on their way", async () => {
  const { client, letGo } = await begin();
  const list = new InfiniteQueryObserver(client, listQuery(filter));
  const stop = list.subscribe(() => undefined);
  const all = selectAll(client);
  await expect.poll(() => client.isFetching()).toBe(1);
  list.setOptions(listQuery(filter)); // as the list does whenever it is drawn
  const anew = client.invalidateQueries({ queryKey: listQuery(filter).queryKey });
  letGo();
  await Promise.all([anew, all]);
  stop();
  expect(selection.get().ids.size).toBe(ROWS.length);
});
