/* What the inbox shows first, asked for while the words come and before anything is drawn: else it would wait for who one is, and for the frame around it. */
import type { QueryClient } from "@tanstack/react-query";
import {
  channelAccountsQuery,
  channelsQuery,
  inboxesQuery,
  listQuery,
  savedViewsQuery,
  usersQuery,
  viewsQuery,
} from "../../api/queries";
import { appearance } from "../../ui/appearance";
import { filterOf, isView, readSearch } from "./views";

/** Asks only where the address leads into the inbox. Who turns out not to be signed in is told so by the session alone. */
export function askForFirstList(
  client: QueryClient,
  { pathname, search }: Pick<Location, "pathname" | "search">,
): void {
  const [, place, view = "open"] = pathname.split("/");
  if (pathname !== "/" && place !== "inbox") return;
  const wanted = isView(view) ? view : "open";
  const said = readSearch(Object.fromEntries(new URLSearchParams(search)));
  const filter = filterOf(wanted, said, [], appearance.get().list_sort);
  if (filter) void client.prefetchInfiniteQuery(listQuery(filter));
  for (const query of [viewsQuery, channelAccountsQuery, channelsQuery, inboxesQuery, usersQuery, savedViewsQuery])
    void client.prefetchQuery<unknown>(query as never);
}
