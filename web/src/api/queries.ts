/* What the app reads, each under one cache key. Components use these and nothing else, so that the live stream (apply.ts) knows where a piece of
 * news belongs. */
import {
  type InfiniteData,
  infiniteQueryOptions,
  notifyManager,
  QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import { whenPainted } from "../ui/firstPaint";
import { locale } from "../ui/i18n";
import { spokenIn } from "./channelWords";
import { get, NoConnection, Problem, query } from "./client";
import { type ListFilter, listPath } from "./lists";
import { readAllUnchanged, readUnchanged } from "./saving";
import type * as wire from "./types";

export type ConversationPages = InfiniteData<wire.ConversationList, string | null>;
export type MessagePages = InfiniteData<wire.MessagePage, string | null>;

export const keys = {
  session: ["session"] as const,
  setup: ["setup"] as const,
  firstSteps: ["first-steps"] as const,
  demo: ["demo"] as const,
  views: ["views"] as const,
  draftMarks: ["draft-marks"] as const,
  users: ["users"] as const,
  people: ["people"] as const,
  teams: ["teams"] as const,
  roles: ["roles"] as const,
  inboxes: ["inboxes"] as const,
  channels: ["channels"] as const,
  channelAccounts: ["channel-accounts"] as const,
  brand: ["brand"] as const,
  channelDrafts: ["channel-drafts"] as const,
  channelTests: (id: wire.Id) => ["channel-tests", id] as const,
  lists: ["conversations"] as const,
  list: (filter: ListFilter) => ["conversations", filter] as const,
  conversation: (id: wire.Id) => ["conversation", id] as const,
  messages: (id: wire.Id) => ["messages", id] as const,
  /** A part of a long conversation around one message, apart from its end. */
  messagesAround: (id: wire.Id, anchor: wire.Id) => ["messages", id, anchor] as const,
  found: (id: wire.Id, words: string) => ["found", id, words] as const,
  reach: (id: wire.Id) => ["contact", id, "reach"] as const,
  notes: (id: wire.Id) => ["contact-notes", id] as const,
  contact: (id: wire.Id) => ["contact", id] as const,
  timeline: (id: wire.Id) => ["contact-timeline", id] as const,
  contactBook: ["contact-book"] as const,
  contactProperties: ["contact-properties"] as const,
  fromAddresses: (id: wire.Id) => ["from-addresses", id] as const,
  ledger: (id: wire.Id) => ["ledger", id] as const,
  quarantine: ["quarantine"] as const,
  filters: ["filters"] as const,
  radar: ["radar"] as const,
  listedSenders: ["listed-senders"] as const,
  tokens: ["tokens"] as const,
  sessions: ["sessions"] as const,
  tags: ["tags"] as const,
  savedViews: ["saved-views"] as const,
  mentioned: ["mentioned"] as const,
  search: (line: string, type: string) => ["search", line, type] as const,
  snippets: ["snippets"] as const,
  library: ["library"] as const,
  recipients: (start: string, type: string) => ["recipients", type, start] as const,
  signature: (id: wire.Id) => ["signature", id] as const,
  availability: ["availability"] as const,
  plan: (id: wire.Id) => ["availability", id] as const,
  rules: ["rule"] as const,
  skills: ["skills"] as const,
  rule: (id: wire.Id) => ["rule", id] as const,
  pipelines: ["ticket-pipelines"] as const,
  /** Of one conversation. */
  tickets: (id: wire.Id) => ["tickets", id] as const,
  ticketDefaults: (id: wire.Id) => ["ticket-defaults", id] as const,
  simulation: (id: wire.Id, rule: string) => ["simulation", id, rule] as const,
};

const [MESSAGE_PAGE, OLDER_PAGE] = [50, 100];
const MINUTE = 60_000;

export function makeQueryClient(): QueryClient {
  // In the task in which something changes it is drawn: a later one would show a pressed switch for a moment as it was before.
  notifyManager.setScheduler(queueMicrotask);
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5 * MINUTE, // the live stream keeps the cache true
        gcTime: 30 * MINUTE,
        refetchOnWindowFocus: false,
        networkMode: "always",
        retry: (count, error) => !(error instanceof Problem) && count < (error instanceof NoConnection ? 4 : 1),
        retryDelay: (count) => Math.min(8000, 500 * 2 ** count),
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

const page = <T>(path: string) => get<wire.Page<T>>(path).then((answer) => answer.items);

export const setupQuery = queryOptions({ queryKey: keys.setup, queryFn: () => get<wire.Setup>("/api/setup") });
/** Asked anew wherever it is shown: one comes back from the page where a step was done. */
export const firstStepsQuery = queryOptions({
  queryKey: keys.firstSteps,
  queryFn: () => get<wire.FirstStepsDone>("/api/first-steps"),
  staleTime: 0,
});
export const sessionQuery = queryOptions({ queryKey: keys.session, queryFn: () => get<wire.Session>("/api/session") });
export const viewsQuery = queryOptions({ queryKey: keys.views, queryFn: () => page<wire.ViewCount>("/api/views") });
export const usersQuery = queryOptions({ queryKey: keys.users, queryFn: () => page<wire.User>("/api/users") });
export const inboxesQuery = queryOptions({ queryKey: keys.inboxes, queryFn: () => page<wire.Inbox>("/api/inboxes") });
export const channelsQuery = queryOptions({
  queryKey: keys.channels,
  queryFn: async () => (await page<wire.Channel>("/api/channels")).map((one) => spokenIn(locale(), one)),
  staleTime: Number.POSITIVE_INFINITY,
});
export const channelAccountsQuery = queryOptions({
  queryKey: keys.channelAccounts,
  queryFn: () => page<wire.ChannelAccount>("/api/channel-accounts"),
});
/** Its key begins like that of all of them: what makes those stale makes this one so, too. */
export const channelAccountQuery = (id: wire.Id) =>
  queryOptions({
    queryKey: [...keys.channelAccounts, id],
    queryFn: () => get<wire.ChannelAccount>(`/api/channel-accounts/${id}`),
  });
/** What is stuck. Asked again by itself, because silence is no news. */
export const radarQuery = queryOptions({
  queryKey: keys.radar,
  queryFn: () => page<wire.Trouble>("/api/radar"),
  refetchInterval: MINUTE,
});
export const filtersQuery = queryOptions({ queryKey: keys.filters, queryFn: () => get<wire.Filters>("/api/filters") });
/** Set-ups that were begun; only who may connect channels may ask. */
export const channelDraftsQuery = queryOptions({
  queryKey: keys.channelDrafts,
  queryFn: () => page<wire.ChannelDraft>("/api/channel-drafts"),
});
/** The last tests of a channel account, the newest first. */
export const channelTestsQuery = (id: wire.Id) =>
  queryOptions({
    queryKey: keys.channelTests(id),
    queryFn: () => page<wire.ChannelTest>(`/api/channel-accounts/${id}/tests`),
    staleTime: 0,
  });
export const channelChecksQuery = (id: wire.Id) =>
  queryOptions({
    queryKey: ["channel-checks", id],
    queryFn: () => page<wire.ChannelCheck>(`/api/channel-accounts/${id}/checks`),
  });
/** What new channels begin with. */
export const brandQuery = queryOptions({ queryKey: keys.brand, queryFn: () => get<wire.Brand>("/api/brand") });
/** The address that we give out for an inbox. */
export const fallbackQuery = (inboxId: wire.Id) =>
  queryOptions({
    queryKey: ["fallback", inboxId],
    queryFn: () => get<wire.ChannelAccount>(`/api/inboxes/${inboxId}/fallback`),
  });
export const tokensQuery = queryOptions({ queryKey: keys.tokens, queryFn: () => page<wire.ApiToken>("/api/tokens") });
export const snippetsQuery = queryOptions({
  queryKey: keys.snippets,
  queryFn: () => page<wire.Snippet>("/api/snippets"),
});
/** People and addresses that begin with these letters. */
export const recipientsQuery = (start: string, type: string) =>
  queryOptions({
    queryKey: keys.recipients(start, type),
    queryFn: ({ signal }) =>
      get<wire.Page<wire.RecipientSuggestion>>(`/api/recipients${query({ q: start, type })}`, signal).then(
        (answer) => answer.items,
      ),
    staleTime: 30_000,
    placeholderData: (before) => before,
  });
/** What a channel account adds below what I write there. */
export const signatureQuery = (id: wire.Id) =>
  queryOptions({
    queryKey: keys.signature(id),
    queryFn: () => get<wire.Signature>(`/api/channel-accounts/${id}/signature`),
  });
export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: () => page<wire.OpenSession>("/api/sessions"),
});

export const tagsQuery = queryOptions({ queryKey: keys.tags, queryFn: () => page<wire.Tag>("/api/tags") });

export const savedViewsQuery = queryOptions({
  queryKey: keys.savedViews,
  queryFn: () => page<wire.SavedView>("/api/saved-views"),
});

export const listQuery = (filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: keys.list(filter),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, ...asked }) =>
      readAllUnchanged<wire.ConversationList>("conversation", listPath(filter, pageParam), asked),
    getNextPageParam: (last) => last.next,
  });

export const conversationQuery = (id: wire.Id) =>
  queryOptions({
    queryKey: keys.conversation(id),
    queryFn: ({ signal, queryKey: one }) => readUnchanged<wire.Conversation>(one, `/api/conversations/${id}`, signal),
  });

/** Pages go back in time: the first page holds the newest messages, and inside a page the oldest comes first. What a page is asked by: null (the
 * newest), an id (older than it), "after:…" (newer than it) or "around:…". */
function messagePage(id: wire.Id, pageParam: string | null, signal: AbortSignal): Promise<wire.MessagePage> {
  const [way, anchor] = pageParam?.includes(":") ? pageParam.split(":") : ["before", pageParam];
  const limit = pageParam === null ? MESSAGE_PAGE : OLDER_PAGE;
  return get<wire.MessagePage>(`/api/conversations/${id}/messages${query({ limit, [way ?? ""]: anchor })}`, signal);
}

export const messagesQuery = (id: wire.Id) =>
  infiniteQueryOptions({
    queryKey: keys.messages(id),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => messagePage(id, pageParam, signal),
    getNextPageParam: (last) => last.next,
  });

/** Both ways from one message (null: none is wanted): “previous” goes forward in time. */
export const messagesAroundQuery = (id: wire.Id, anchor: wire.Id | null) =>
  infiniteQueryOptions({
    queryKey: keys.messagesAround(id, anchor ?? "0"),
    enabled: anchor !== null,
    gcTime: MINUTE,
    initialPageParam: `around:${anchor}` as string | null,
    queryFn: ({ pageParam, signal }) => messagePage(id, pageParam, signal),
    getNextPageParam: (last) => last.next,
    getPreviousPageParam: (first) => (first.previous ? `after:${first.previous}` : null),
  });

export const foundQuery = (id: wire.Id, words: string) =>
  queryOptions({
    queryKey: keys.found(id, words),
    queryFn: ({ signal }) => get<wire.Found>(`/api/conversations/${id}/find${query({ q: words })}`, signal),
    staleTime: 5000,
  });

export const contactQuery = (id: wire.Id) =>
  queryOptions({
    queryKey: keys.contact(id),
    queryFn: () => whenPainted().then(() => get<wire.Contact>(`/api/contacts/${id}`)),
  });

export const contactPropertiesQuery = queryOptions({
  queryKey: keys.contactProperties,
  queryFn: () => page<wire.ContactProperty>("/api/contact-properties"),
});

export const reachQuery = (id: wire.Id) =>
  queryOptions({
    queryKey: keys.reach(id),
    queryFn: () => whenPainted().then(() => page<wire.Reach>(`/api/contacts/${id}/reach`)),
  });

/** The newest 100: more than anybody reads of one person. */
export const notesQuery = (id: wire.Id) =>
  queryOptions({ queryKey: keys.notes(id), queryFn: () => page<wire.Note>(`/api/contacts/${id}/notes?limit=100`) });

export const ledgerQuery = (id: wire.Id) =>
  queryOptions({
    queryKey: keys.ledger(id),
    queryFn: () => get<wire.Ledger>(`/api/channel-accounts/${id}/ledger`),
    staleTime: 10_000,
  });

export const quarantineQuery = (fate: "quarantined" | "set_aside") =>
  infiniteQueryOptions({
    queryKey: [...keys.quarantine, fate],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      get<wire.Page<wire.Delivery>>(`/api/deliveries${query({ fate, limit: 50, cursor: pageParam })}`),
    getNextPageParam: (last) => last.next,
    staleTime: 0,
  });

/** Results are a moment's: they are asked for again when one comes back after half a minute. */
export const searchQuery = (line: string, type: "all" | "conversations" | "contacts", limit = 20) =>
  infiniteQueryOptions({
    queryKey: keys.search(line, `${type}${limit}`),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
      return get<wire.Searched>(`/api/search${query({ q: line, type, limit, cursor: pageParam, time_zone })}`, signal);
    },
    getNextPageParam: (last) => last.next,
    staleTime: 30_000,
    gcTime: 5 * MINUTE,
  });
