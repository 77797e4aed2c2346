/* What the inbox shows first, asked for while the words come and before anything is drawn: else it would wait for who one is, and for the frame around it. */
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import {
  channelAccountsQuery,
  channelsQuery,
  inboxesQuery,
  listQuery,
  savedViewsQuery,
  sessionQuery,
  usersQuery,
  viewsQuery,
} from "../../api/queries";
import { appearance } from "../../ui/appearance";
import { filterOf, isView, readSearch } from "./views";

/** That somebody was signed in here at the last start. */
const STORED_AS = "innboks.signed-in";

/** Asks who this is, and for the list where the address leads to it; not where nobody was signed in, for a first visitor would be told so seven times. */
export function askForFirstList(
  client: QueryClient,
  { pathname, search }: Pick<Location, "pathname" | "search">,
): void {
  const wasSignedIn = localStorage.getItem(STORED_AS) !== null;
  client.fetchQuery(sessionQuery).then(
    () => localStorage.setItem(STORED_AS, "true"),
    () => localStorage.removeItem(STORED_AS),
  );
  const [, place, view = "open"] = pathname.split("/");
  if (!wasSignedIn || (pathname !== "/" && place !== "inbox")) return;
  // What was refused because the session had ended must not be what the next one finds.
  const forget = (queryKey: QueryKey) => () => {
    if (!client.getQueryCache().find({ queryKey, exact: true })?.getObserversCount())
      client.removeQueries({ queryKey, exact: true });
  };
  const wanted = isView(view) ? view : "open";
  const said = readSearch(Object.fromEntries(new URLSearchParams(search)));
  const filter = filterOf(wanted, said, [], appearance.get().list_sort);
  if (filter) {
    const list = listQuery(filter);
    client.fetchInfiniteQuery(list).catch(forget(list.queryKey));
  }
  for (const query of [viewsQuery, channelAccountsQuery, channelsQuery, inboxesQuery, usersQuery, savedViewsQuery])
    client.fetchQuery<unknown>(query as never).catch(forget(query.queryKey));
}
