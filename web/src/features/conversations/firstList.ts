/* What the inbox shows first, put into the cache before anything is drawn: else it would wait for who one is, and for the frame around it. Mostly it has
 * been asked already, while the scripts came (app/start.ts). */
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { hasAsked } from "../../api/asked";
import { Problem } from "../../api/client";
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
import { forgetSignedIn, isSignedIn } from "../../api/signedIn";
import { appearance } from "../../ui/appearance";
import { firstFilter, isInbox } from "./firstPaths";

/** Asks who this is, and for the list where the address leads to it; not where nobody is signed in, for a first visitor would be told so seven times. */
export function askForFirstList(client: QueryClient, place: Pick<Location, "pathname" | "search">): void {
  const wasSignedIn = hasAsked() || isSignedIn(); // a cookie is slow to read
  client.fetchQuery(sessionQuery).catch((problem) => {
    if (problem instanceof Problem && problem.status === 401) forgetSignedIn();
  });
  if (!wasSignedIn || !isInbox(place)) return;
  // What was refused because the session had ended must not be what the next one finds.
  const forget = (queryKey: QueryKey) => () => {
    if (!client.getQueryCache().find({ queryKey, exact: true })?.getObserversCount())
      client.removeQueries({ queryKey, exact: true });
  };
  const filter = firstFilter(place, appearance.get().list_sort);
  if (filter) {
    const list = listQuery(filter);
    client.fetchInfiniteQuery(list).catch(forget(list.queryKey));
  }
  for (const query of [viewsQuery, channelsQuery, usersQuery, channelAccountsQuery, inboxesQuery, savedViewsQuery])
    client.fetchQuery<unknown>(query as never).catch(forget(query.queryKey));
}
