/* The table of people: who is here, what they may do, and where. Found by name, status and inbox; the filter stands in the fields above it. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { inboxesQuery } from "../../api/queries";
import type { Availability, Inbox, Person, Role, Team } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { Field, Select } from "../../ui/Field";
import { nameList, timeInSentence } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Empty, Failed, Skeleton } from "../../ui/States";
import { StandingDot } from "../routing/StandingDot";
import { availabilityQuery, isFull, loadWords, standingWords } from "../routing/standing";
import { type Filter, useFilter } from "../settings/useFilter";
import { UnsavedMark } from "../unsaved/SaveLine";
import { InviteDialog } from "./InviteDialog";
import { PersonPage } from "./PersonPage";
import { type PeopleFilter, peopleQuery, roleName, rolesQuery, STATUSES, teamsQuery } from "./people";

const ANYBODY = { q: "", status: "", inbox: "" };

export function PeoplePage({ item }: { item?: string }) {
  return item ? <PersonPage id={item} /> : <Table />;
}

function Table() {
  const [{ q, status, inbox }, change] = useFilter();
  const filter: PeopleFilter = { q, status: STATUSES.find((one) => one === status) ?? "", inbox_id: inbox };
  const [isInviting, setInviting] = useState(false);
  const people = useInfiniteQuery(peopleQuery(useDeferredValue(filter)));
  const inboxes = useQuery(inboxesQuery).data ?? [];
  const roles = useQuery(rolesQuery).data ?? [];
  const teams = useQuery(teamsQuery).data ?? [];
  const standings = useQuery(availabilityQuery).data ?? [];
  const rows = people.data?.pages.flatMap((page) => page.items) ?? [];
  const isFiltered = filter.q !== "" || filter.status !== "" || filter.inbox_id !== "";
  return (
    <>
      <div className="pagehead">
        <div>
          <h1>{t("settings.people")}</h1>
          <p className="soft">{t("people.lead")}</p>
        </div>
        <Button look="primary" icon={<UserPlus />} onClick={() => setInviting(true)}>
          {t("people.invite")}
          <UnsavedMark at="people/invitation" />
        </Button>
      </div>
      <PeopleFilters filter={filter} inboxes={inboxes} onChange={change} />
      {people.isPending ? <Skeleton rows={4} shape="row" /> : null}
      {people.isError ? <Failed error={people.error} onRetry={() => void people.refetch()} /> : null}
      {people.isSuccess && !rows.length ? (
        <Empty title={t("people.none_title")} text={t("people.none")}>
          {isFiltered ? <Button onClick={() => change(ANYBODY)}>{t("people.clear")}</Button> : null}
        </Empty>
      ) : null}
      {rows.length ? (
        <table className="peopletable card">
          <caption className="sr">{t("settings.people")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("people.name")}</th>
              <th scope="col">{t("people.status")}</th>
              <th scope="col">{t("people.role")}</th>
              <th scope="col">{t("people.teams")}</th>
              <th scope="col">{t("views.inboxes")}</th>
              <th scope="col">{t("people.seat")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((person) => (
              <Row
                key={person.id}
                person={person}
                standing={standings.find((one) => one.user_id === person.id)}
                {...{ roles, teams, inboxes }}
              />
            ))}
          </tbody>
        </table>
      ) : null}
      {people.hasNextPage ? (
        <p className="block">
          <Button isBusy={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
            {t("people.more")}
          </Button>
        </p>
      ) : null}
      {isInviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
    </>
  );
}

interface FilterProps {
  filter: PeopleFilter;
  inboxes: readonly Inbox[];
  onChange: (part: Partial<Filter>) => void;
}

function PeopleFilters({ filter, inboxes, onChange }: FilterProps) {
  return (
    <search className="peoplefilters">
      <Field
        label={t("people.find")}
        type="search"
        value={filter.q}
        maxLength={200}
        onChange={(event) => onChange({ q: event.target.value })}
      />
      <Select
        label={t("people.status")}
        value={filter.status}
        onChange={(event) => onChange({ status: event.target.value })}
      >
        <option value="">{t("people.any")}</option>
        <option value="active">{t("people.active")}</option>
        <option value="available">{t("standing.available")}</option>
        <option value="away">{t("standing.away")}</option>
        <option value="here">{t("people.here")}</option>
        <option value="not_here">{t("people.not_here")}</option>
        <option value="invited">{t("people.invited")}</option>
        <option value="deactivated">{t("people.deactivated")}</option>
      </Select>
      <Select
        label={t("people.acts_in")}
        value={filter.inbox_id}
        onChange={(event) => onChange({ inbox: event.target.value })}
      >
        <option value="">{t("people.any")}</option>
        {inboxes
          .filter((inbox) => !inbox.is_archived)
          .map((inbox) => (
            <option key={inbox.id} value={inbox.id}>
              {inbox.name}
            </option>
          ))}
      </Select>
    </search>
  );
}

interface RowProps {
  person: Person;
  standing?: Availability;
  roles: readonly Role[];
  teams: readonly Team[];
  inboxes: readonly Inbox[];
}

function Row({ person, standing, roles, teams, inboxes }: RowProps) {
  const names = (ids: readonly string[]) =>
    ids.map((id) => teams.find((team) => team.id === id)?.name).filter((name) => name !== undefined);
  const main = person.main_team_id ? names([person.main_team_id]) : [];
  const extra = names(person.extra_team_ids);
  const reach = (mayAct: boolean) =>
    inboxes
      .filter((inbox) => !inbox.is_archived)
      .filter((inbox) => person.reach.some((one) => one.inbox_id === inbox.id && one.may_act === mayAct))
      .map((inbox) => inbox.name);
  const acts = reach(true);
  const reads = reach(false);
  const isEverywhere = acts.length > SHOWN && acts.length === inboxes.filter((inbox) => !inbox.is_archived).length;
  return (
    <tr>
      <td className="who">
        <Avatar name={person.name} seed={person.id} size={32}>
          {standing ? <StandingDot status={standing.status} /> : null}
        </Avatar>
        <span className="grow">
          <Link to="/settings/$section/$item" params={{ section: "people", item: person.id }} dir="auto">
            {person.name}
          </Link>
          <span className="block small-text muted cut">{person.email}</span>
        </span>
      </td>
      <td data-label={t("people.status")}>
        <StatusChip person={person} standing={standing} />
      </td>
      <td data-label={t("people.role")}>{roleName(roles.find((role) => role.id === person.role_id))}</td>
      <td data-label={t("people.teams")}>
        {main.length ? <span className="strong">{main[0]}</span> : null}
        {extra.length ? (
          <span className="block small-text muted">{t("people.also_in", { teams: someOf(extra) })}</span>
        ) : null}
        {main.length || extra.length ? null : <span className="muted">{t("people.no_team")}</span>}
      </td>
      <td data-label={t("views.inboxes")}>
        {isEverywhere ? (
          t("people.all_inboxes", { count: acts.length })
        ) : acts.length ? (
          someOf(acts)
        ) : (
          <span className="muted">{t("people.no_inbox")}</span>
        )}
        {reads.length ? (
          <span className="block small-text muted">{t("people.reads", { inboxes: someOf(reads) })}</span>
        ) : null}
      </td>
      <td data-label={t("people.seat")}>
        {t(person.can_receive ? "people.has_seat" : "people.has_no_seat")}
        {standing ? (
          <span className={`block small-text num ${isFull(standing) ? "full" : "muted"}`}>{loadWords(standing)}</span>
        ) : null}
      </td>
    </tr>
  );
}

/** So many names stand in a row of the table; all of them on the page of the person. */
const SHOWN = 3;

const someOf = (names: readonly string[]) =>
  names.length > SHOWN + 1
    ? nameList([...names.slice(0, SHOWN), t("people.and_more", { count: names.length - SHOWN })])
    : nameList(names);

/** In words: colour and dot only support them. */
export function StatusChip({ person, standing }: { person: Person; standing?: Availability }) {
  if (person.status === "deactivated") return <span className="chip">{t("people.deactivated")}</span>;
  if (person.status === "invited") {
    const isExpired = person.invitation?.is_expired ?? true;
    return (
      <span className={`chip ${isExpired ? "warn" : "info"}`}>
        {t(isExpired ? "people.invitation_expired" : "people.invited")}
      </span>
    );
  }
  const seen = person.seen_at ? timeInSentence(person.seen_at, new Date()) : null;
  const presence = person.is_here ? t("people.here") : seen ? t("people.seen", { when: seen }) : t("people.not_here");
  if (!standing) return <span className={`chip ${person.is_here ? "ok" : ""}`}>{presence}</span>;
  return (
    <>
      <span className={`chip ${standing.status === "available" ? "ok" : "warn"}`}>{standingWords(standing)}</span>
      <span className="block small-text muted">{presence}</span>
    </>
  );
}
