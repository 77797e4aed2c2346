/* Keeps lists and counts true beyond what `apply` can work out: counts are asked for again now and then, lists that only the server can name when
 * their cause changed, and what was told while a page was on its way is applied once more when it has come. Read next: live.ts, counts.ts. */
import type { Query, QueryClient } from "@tanstack/react-query";
import { isNamedByServer, type ListFilter } from "./lists";
import { applyNow, onStreamEvent } from "./live";
import { keys } from "./queries";
import type { Id, StreamEvent } from "./types";

/** How often counts are asked for at most. In between they follow the news (counts.ts). */
const COUNTS_MS = 5000;
/** What is due comes nearer without any news. */
const CLOCK_MS = 60_000;
const KEPT = 500;

/** Rows do not say whether they belong to a ticket. */
const isOfTickets = ({ filters }: ListFilter) => Boolean(filters?.ticket);
const isOfAnswers = (filter: ListFilter) => filter.view === "sent";

type Told = Extract<StreamEvent, { type: "conversation.changed" | "read.changed" }>;

/** Listens, for as long as somebody is signed in. */
export function startListNews(client: QueryClient, me: Id): () => void {
  let planned: ReturnType<typeof setTimeout> | undefined;
  let areDraftsOld = false;
  const count = () => {
    planned ??= setTimeout(() => {
      planned = undefined;
      void client.invalidateQueries({ queryKey: keys.views });
      if (areDraftsOld) void client.invalidateQueries({ queryKey: keys.draftMarks });
      areDraftsOld = false;
      renewLists(isOfTickets);
    }, COUNTS_MS);
  };
  const renewLists = (is: (filter: ListFilter) => boolean) =>
    void client.invalidateQueries({ queryKey: keys.lists, predicate: (query) => is(query.queryKey[1] as ListFilter) });

  // What was told since the oldest list under way began: no other can have missed anything.
  let told: { at: number; event: Told }[] = [];
  const begun = new Map<string, number>();
  for (const query of client.getQueryCache().findAll({ queryKey: keys.lists, fetchStatus: "fetching" }))
    begun.set(query.queryHash, 0);
  const end = (hash: string) => {
    begun.delete(hash);
    const oldest = Math.min(...begun.values());
    told = told.filter((one) => one.at >= oldest);
  };
  const stopCache = client.getQueryCache().subscribe((news) => {
    if (news.query.queryKey[0] !== keys.lists[0]) return;
    const { queryHash, state } = news.query as Query;
    if (news.type === "removed") return end(queryHash);
    if (news.type !== "updated") return;
    if (news.action.type === "fetch") begun.set(queryHash, Date.now());
    else if (state.fetchStatus === "idle") {
      const since = begun.get(queryHash) ?? Date.now();
      const missed = told.filter((one) => one.at >= since);
      end(queryHash);
      if (news.action.type !== "success" || news.action.manual) return;
      queueMicrotask(() => {
        for (const one of missed) applyNow(client, one.event, me);
      });
    }
  });

  const keep = (event: Told) => {
    if (begun.size) told.push({ at: Date.now(), event });
    if (told.length > KEPT) told.shift();
  };
  const stopEvents = onStreamEvent((event) => {
    switch (event.type) {
      case "conversation.changed":
        keep(event);
        count();
        break;
      case "read.changed":
        keep(event);
        break;
      case "message.added":
        if (event.data.message.author_id === me && event.data.message.type === "reply") renewLists(isOfAnswers);
        break;
      case "message.removed":
        renewLists(isOfAnswers);
        break;
      case "mention.changed":
        void client.invalidateQueries({ queryKey: keys.mentioned });
        count();
        renewLists((filter) => filter.view === "mentions");
        break;
      case "draft.changed":
        areDraftsOld = true;
        count();
        renewLists((filter) => filter.view === "drafts");
        break;
      case "ticket.changed":
      case "ticket.gone":
        renewLists(isOfTickets);
        break;
      case "saved_view.changed":
        void client.invalidateQueries({ queryKey: keys.savedViews });
        count();
        break;
      case "inbox.changed":
        for (const queryKey of [keys.inboxes, keys.views]) void client.invalidateQueries({ queryKey });
        renewLists((filter) => !isNamedByServer(filter));
        break;
    }
  });
  const clock = setInterval(() => {
    if (document.visibilityState !== "visible") return;
    void client.invalidateQueries({ queryKey: keys.views });
    renewLists((filter) => filter.view === "closing" || filter.filters?.waiting_longer_than_s !== undefined);
  }, CLOCK_MS);
  return () => {
    stopCache();
    stopEvents();
    clearInterval(clock);
    clearTimeout(planned);
  };
}
