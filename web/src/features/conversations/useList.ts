/* The list on the screen: from the address (view, order, filters) to its rows, and the way to change the address. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo } from "react";
import type { ListFilter, Sort } from "../../api/lists";
import { listQuery, savedViewsQuery } from "../../api/queries";
import type { Conversation, SavedView, ViewFilters } from "../../api/types";
import { appearance } from "../../ui/appearance";
import { useStore } from "../../ui/store";
import { listed, stopSelecting } from "./selecting";
import { filterOf, partOf, searchOf, type ViewSearch } from "./views";

const NOTHING: ListFilter = { view: "open" };
const NO_VIEWS: SavedView[] = [];

export function useView() {
  const { view = "open" } = useParams({ strict: false });
  const search = useSearch({ strict: false }) as ViewSearch;
  const savedQuery = useQuery(savedViewsQuery);
  const usual = useStore(appearance, (state) => state.list_sort);
  const saved = savedQuery.data ?? NO_VIEWS;
  const filter = useMemo(() => filterOf(view, search, saved, usual), [view, search, saved, usual]);
  const part = partOf(view);
  const savedView = part?.kind === "saved" ? saved.find((one) => one.id === part.id) : undefined;
  return { view, search, filter, savedView, isGone: filter === null && savedQuery.isSuccess };
}

export function useList() {
  const { view, filter, isGone } = useView();
  const list = useInfiniteQuery({ ...listQuery(filter ?? NOTHING), enabled: filter !== null });
  const rows = useMemo(() => onceEach(list.data?.pages.flatMap((page) => page.items) ?? []), [list.data]);
  const hasMore = list.hasNextPage;
  useEffect(() => listed.set({ order: rows.map((row) => row.id), filter, hasMore }), [rows, filter, hasMore]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view begins without a selection
  useEffect(() => stopSelecting, [view]);
  return { view, filter: filter ?? NOTHING, isGone, list, rows };
}

/** A row that moved while pages were read can be on two of them. */
function onceEach(rows: Conversation[]): Conversation[] {
  const seen = new Set<string>();
  const kept = rows.filter((row) => !seen.has(row.id) && seen.add(row.id));
  return kept.length === rows.length ? rows : kept;
}

/** Changes order or filters of the view on the screen; Back takes it back. */
export function useChangeList() {
  const navigate = useNavigate();
  const { view, filter } = useView();
  const { conversation } = useParams({ strict: false });
  return useCallback(
    (change: { sort?: Sort; filters?: Partial<ViewFilters> }) => {
      const filters = change.filters ?? filter?.filters ?? {};
      const isEmpty = Object.keys(searchOf(filters)).length === 0;
      // A saved view without anything in the address shows its own filters: "any" says that there are none.
      const shown = isEmpty && partOf(view)?.kind === "saved" && change.filters ? { status: "any" as const } : filters;
      const search = searchOf(shown, change.sort ?? filter?.sort);
      if (conversation) void navigate({ to: "/inbox/$view/$conversation", params: { view, conversation }, search });
      else void navigate({ to: "/inbox/$view", params: { view }, search });
    },
    [navigate, view, filter, conversation],
  );
}
