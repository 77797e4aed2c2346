/* Finds what fits what is typed after "/", "@" or ":", best first. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { get } from "../../api/client";
import { keys, snippetsQuery } from "../../api/queries";
import type { Id, Page, Snippet, User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { t, tOr } from "../../ui/i18n";
import type { RichApi } from "./create";
import { htmlFromText } from "./plain";
import { fillLine, fillTokens, type TokenValues } from "./tokens";
import type { Trigger } from "./trigger";

export interface Ground {
  users: User[];
  /** In which people are named: who cannot read it would not see that. */
  inboxId?: Id;
  values: () => TokenValues;
  /** Takes the subject of a template; left out where there is none to give. */
  onSubject?: (subject: string) => void;
}

export interface Suggestion {
  id: string;
  icon?: ReactNode;
  before?: string;
  title: string;
  /** How many letters of the title are what was typed. */
  matched: number;
  detail: string;
  /** Shown with why, and cannot be taken. */
  isOff?: boolean;
  take: (api: RichApi, trigger: Trigger | null) => void;
}

const MAX = 8;

export const readersQuery = (inboxId: Id) =>
  queryOptions({
    queryKey: ["readers", inboxId],
    queryFn: () =>
      get<Page<{ id: Id }>>(`/api/inboxes/${inboxId}/readers`).then(({ items }) => new Set(items.map((one) => one.id))),
    staleTime: 30_000,
  });

/** Without a network, who could when it was asked last; not known: everybody. */
async function readersOf(client: QueryClient, inboxId: Id | undefined): Promise<Set<Id> | undefined> {
  if (inboxId === undefined) return undefined;
  const query = readersQuery(inboxId);
  return client.fetchQuery(query).catch(() => client.getQueryData(query.queryKey));
}

export async function findSuggestions(client: QueryClient, trigger: Trigger, ground: Ground): Promise<Suggestion[]> {
  const query = trigger.query.toLowerCase();
  if (trigger.kind === "emoji") {
    const { findEmoji } = await import("./emoji");
    return (await findEmoji(query)).slice(0, MAX).map((one) => ({
      id: one.char,
      icon: <span className="emoji">{one.char}</span>,
      title: one.name,
      matched: 0,
      detail: one.code ? `:${one.code}:` : "",
      take: (api, asked) => api.insert(one.char, asked),
    }));
  }
  if (trigger.kind === "mention") {
    const readers = await readersOf(client, ground.inboxId);
    const canRead = (user: User) => readers === undefined || readers.has(user.id);
    return ground.users
      .map((user) => ({ user, rank: rankOf(query, [user.name], user.email) }))
      .filter(({ user, rank }) => user.is_active && rank > 0)
      .sort(
        (a, b) =>
          Number(canRead(b.user)) - Number(canRead(a.user)) ||
          b.rank - a.rank ||
          a.user.name.localeCompare(b.user.name),
      )
      .slice(0, MAX)
      .map(({ user }) => ({
        id: user.id,
        icon: <Avatar name={user.name} seed={user.id} size={20} />,
        before: "@",
        title: user.name,
        matched: user.name.toLowerCase().startsWith(query) ? query.length : 0,
        detail: canRead(user) ? user.email : t("suggest.cannot_read"),
        isOff: !canRead(user),
        take: (api, asked) => api.insertNode("mention", { id: user.id, name: user.name }, asked),
      }));
  }
  // Fetched again when somebody changed one; without a network, what was there before.
  const snippets = await client
    .fetchQuery(snippetsQuery)
    .catch(() => client.getQueryData<Snippet[]>(keys.snippets) ?? []);
  return rankSnippets(snippets, query)
    .slice(0, MAX)
    .map((one) => ({
      id: one.id,
      before: "/",
      title: one.shortcut,
      matched: one.shortcut.startsWith(query) ? query.length : 0,
      detail: [one.subject, one.text.replace(/\s+/g, " ")].filter(Boolean).join(" · "),
      take: (api, asked) => {
        const values = ground.values();
        if (one.subject) ground.onSubject?.(fillLine(one.subject, values));
        api.insert(fillTokens(one.html || htmlFromText(one.text), values, tokenWords), asked);
        api.nextField(true);
      },
    }));
}

/** By shortcut, then by name, then by what they say. */
export function rankSnippets(snippets: Snippet[], query: string): Snippet[] {
  return snippets
    .map((one) => ({ one, rank: rankOf(query, [one.shortcut, one.name], one.text) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || a.one.shortcut.localeCompare(b.one.shortcut))
    .map(({ one }) => one);
}

function rankOf(query: string, titles: string[], rest: string): number {
  let rank = rest.toLowerCase().includes(query) ? 1 : 0;
  titles.forEach((title, index) => {
    const low = title.toLowerCase();
    const weight = (titles.length - index) * 10;
    if (low.startsWith(query)) rank = Math.max(rank, weight + 3);
    else if (low.split(/[\s_-]+/).some((word) => word.startsWith(query))) rank = Math.max(rank, weight + 2);
    else if (low.includes(query)) rank = Math.max(rank, weight + 1);
  });
  return rank;
}

/** What a token is called where it has to be filled in; one that is not ours as it is written, without the signs: "order.number" → "order number". */
export const tokenWords = (token: string) => tOr(`token.${token}`, token.replace(/[._]+/g, " "));
