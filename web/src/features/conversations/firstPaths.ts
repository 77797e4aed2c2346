/* What the first page asks for, the most urgent first: who this is, the list where the address leads to one, and what the list is drawn with. Without
 * the app's libraries, because it is asked before they have come (app/start.ts); firstList.ts puts the answers where they belong. */
import { listPath, type Sort } from "../../api/lists";
import { filterOf, isView, readSearch } from "./views";

type Place = Pick<Location, "pathname" | "search">;

export const isInbox = ({ pathname }: Place) => pathname === "/" || pathname.split("/")[1] === "inbox";

/** Null for a saved view, whose filters are not known yet. */
export function firstFilter({ pathname, search }: Place, usual: Sort) {
  const view = pathname.split("/")[2] ?? "open";
  return filterOf(isView(view) ? view : "open", readSearch(Object.fromEntries(new URLSearchParams(search))), [], usual);
}

const WITH_IT = ["views", "channels", "users", "channel-accounts", "inboxes", "saved-views"];

export function firstPaths(place: Place, usual: Sort): string[] {
  if (!isInbox(place)) return ["/api/session"];
  const filter = firstFilter(place, usual);
  return ["/api/session", ...(filter ? [listPath(filter, null)] : []), ...WITH_IT.map((name) => `/api/${name}`)];
}
