/* What the app reads, each under one cache key. Components use these and nothing else, so that the live stream (apply.ts) knows where a piece of
 * news belongs. */
import { type InfiniteData, infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";
import { get, NoConnection, Problem, query } from "./client";
import type * as wire from "./types";

export interface ListFilter {
  view: string;
  inbox_id?: wire.Id;
  channel_account_id?: wire.Id;
}

export type ConversationPages = InfiniteData<wire.Page<wire.Conversation>, string | null>;
export type MessagePages = InfiniteData<wire.Page<wire.Message>, string | null>;

export const keys = {
  session: ["session"] as const,
  setup: ["setup"] as const,
  views: ["views"] as const,
  users: ["users"] as const,
  inboxes: ["inboxes"] as const,
  channels: ["channels"] as const,
  channelAccounts: ["channel-accounts"] as const,
  lists: ["conversations"] as const,
  list: (filter: ListFilter) => ["conversations", filter] as const,
  conversation: (id: wire.Id) => ["conversation", id] as const,
  messages: (id: wire.Id) => ["messages", id] as const,
  contact: (id: wire.Id) => ["contact", id] as const,
  ledger: (id: wire.Id) => ["ledger", id] as const,
  quarantine: ["quarantine"] as const,
  tokens: ["tokens"] as const,
  sessions: ["sessions"] as const,
};

const LIST_PAGE = 50;
const MESSAGE_PAGE = 50;
const MINUTE = 60_000;

export function makeQueryClient(): QueryClient {
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
export const sessionQuery = queryOptions({ queryKey: keys.session, queryFn: () => get<wire.Session>("/api/session") });
export const viewsQuery = queryOptions({ queryKey: keys.views, queryFn: () => page<wire.ViewCount>("/api/views") });
export const usersQuery = queryOptions({ queryKey: keys.users, queryFn: () => page<wire.User>("/api/users") });
export const inboxesQuery = queryOptions({ queryKey: keys.inboxes, queryFn: () => page<wire.Inbox>("/api/inboxes") });
export const channelsQuery = queryOptions({
  queryKey: keys.channels,
  queryFn: () => page<wire.Channel>("/api/channels"),
  staleTime: Number.POSITIVE_INFINITY,
});
export const channelAccountsQuery = queryOptions({
  queryKey: keys.channelAccounts,
  queryFn: () => page<wire.ChannelAccount>("/api/channel-accounts"),
});
export const tokensQuery = queryOptions({ queryKey: keys.tokens, queryFn: () => page<wire.ApiToken>("/api/tokens") });
export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: () => page<wire.OpenSession>("/api/sessions"),
});

export const listQuery = (filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: keys.list(filter),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      get<wire.Page<wire.Conversation>>(
        `/api/conversations${query({ ...filter, limit: LIST_PAGE, cursor: pageParam })}`,
        signal,
      ),
    getNextPageParam: (last) => last.next,
  });

export const conversationQuery = (id: wire.Id) =>
  queryOptions({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) => get<wire.Conversation>(`/api/conversations/${id}`, signal),
  });

/** Pages go back in time: the first page holds the newest messages, and inside a page the oldest comes first. */
export const messagesQuery = (id: wire.Id) =>
  infiniteQueryOptions({
    queryKey: keys.messages(id),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      get<wire.Page<wire.Message>>(
        `/api/conversations/${id}/messages${query({ limit: MESSAGE_PAGE, before: pageParam })}`,
        signal,
      ),
    getNextPageParam: (last) => last.next,
  });

export const contactQuery = (id: wire.Id) =>
  queryOptions({ queryKey: keys.contact(id), queryFn: () => get<wire.Contact>(`/api/contacts/${id}`) });

export const ledgerQuery = (id: wire.Id) =>
  queryOptions({
    queryKey: keys.ledger(id),
    queryFn: () => get<wire.Ledger>(`/api/channel-accounts/${id}/ledger`),
    staleTime: 10_000,
  });

export const quarantineQuery = infiniteQueryOptions({
  queryKey: keys.quarantine,
  initialPageParam: null as string | null,
  queryFn: ({ pageParam }) =>
    get<wire.Page<wire.Delivery>>(`/api/deliveries${query({ fate: "quarantined", limit: 50, cursor: pageParam })}`),
  getNextPageParam: (last) => last.next,
  staleTime: 0,
});
