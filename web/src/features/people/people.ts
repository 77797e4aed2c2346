/* What the screens about people read and change. Read next: PeoplePage.tsx. */
import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { get, query } from "../../api/client";
import { keys } from "../../api/queries";
import type { Invited, Page, Person, Role, Team } from "../../api/types";
import { type MessageId, t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";

export const STATUSES = ["available", "away", "active", "invited", "deactivated", "here", "not_here"] as const;
export type Status = (typeof STATUSES)[number];

export interface PeopleFilter {
  q: string;
  status: Status | "";
  inbox_id: string;
}

const PAGE = 50;

export const peopleQuery = (filter: PeopleFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.people, filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const { q, status, inbox_id } = filter;
      const asked = {
        q: q || null,
        status: status || null,
        inbox_id: inbox_id || null,
        cursor: pageParam,
        limit: PAGE,
      };
      return get<Page<Person>>(`/api/people${query(asked)}`, signal);
    },
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
    staleTime: 30_000,
  });

export const personQuery = (id: string) =>
  queryOptions({ queryKey: [...keys.people, id], queryFn: () => get<Person>(`/api/people/${id}`), staleTime: 10_000 });

export const rolesQuery = queryOptions({
  queryKey: keys.roles,
  queryFn: () => get<Page<Role>>("/api/roles").then((page) => page.items),
});
export const teamsQuery = queryOptions({
  queryKey: keys.teams,
  queryFn: () => get<Page<Team>>("/api/teams").then((page) => page.items),
});

const BUILT_IN: Record<NonNullable<Role["key"]>, MessageId> = {
  super_admin: "roles.super_admin",
  admin: "roles.admin",
  agent: "roles.agent",
};

export const roleName = (role: Role | undefined) => (role ? (role.key ? t(BUILT_IN[role.key]) : role.name) : "");

/** Does it, says so (with Undo where it can be undone), and asks anew for all that shows people. True when it was done. */
export async function attempt(
  client: QueryClient,
  act: () => Promise<unknown>,
  done?: string,
  undo?: () => void,
): Promise<boolean> {
  let isDone = false;
  try {
    await act();
    isDone = true;
    if (done) toast(done, undo, { isLasting: true });
  } catch (problem) {
    toastError(problem);
  }
  await renewPeople(client);
  return isDone;
}

export async function renewPeople(client: QueryClient): Promise<void> {
  const shown = [keys.people, keys.teams, keys.roles, keys.users, keys.inboxes];
  await Promise.all(shown.map((queryKey) => client.invalidateQueries({ queryKey })));
}

/** The words for what became of an invitation; none when its link has to be passed on. */
export const sentWords = (invited: Invited, email: string) =>
  invited.mail === "sent" ? t("people.sent", { email }) : null;
