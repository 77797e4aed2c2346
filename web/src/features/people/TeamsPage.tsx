/* Teams and their members. Deleting keeps what Undo needs: members and inboxes come back. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2, UsersRound } from "lucide-react";
import { patch, post, remove } from "../../api/client";
import { useMay } from "../../api/may";
import { inboxesQuery, keys, usersQuery } from "../../api/queries";
import { saveInto } from "../../api/saving";
import type { Team, User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { IconButton } from "../../ui/Button";
import { nameList } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { type Member, Members } from "./Members";
import { NewNamed, RenameField } from "./Named";
import { attempt, teamsQuery } from "./people";

export function TeamsPage() {
  const teams = useQuery(teamsQuery);
  const users = useQuery(usersQuery).data ?? [];
  const mayChange = useMay("user_management");
  return (
    <div className="narrow">
      <h1>{t("settings.teams")}</h1>
      <p className="soft">{t("teams.lead")}</p>
      {mayChange ? <NewNamed path="/api/teams" label={t("teams.new")} button={t("teams.add")} /> : null}
      {teams.isPending ? <Skeleton rows={3} shape="row" /> : null}
      {teams.isError ? <Failed error={teams.error} onRetry={() => void teams.refetch()} /> : null}
      {teams.isSuccess && !teams.data.length ? <p className="soft">{t("teams.empty")}</p> : null}
      {teams.data?.map((team) => (
        <TeamCard key={team.id} team={team} users={users} mayChange={mayChange} />
      ))}
    </div>
  );
}

interface CardProps {
  team: Team;
  users: readonly User[];
  mayChange: boolean;
}

function TeamCard({ team, users, mayChange }: CardProps) {
  const client = useQueryClient();
  const inboxes = useQuery(inboxesQuery).data ?? [];
  const { main_member_ids: main, extra_member_ids: extra } = team;
  const before = { main_member_ids: main, extra_member_ids: extra };
  const path = `/api/teams/${team.id}`;
  const save = (part: object) =>
    saveInto<Team[], unknown>(
      client,
      keys.teams,
      (held) => held.map((one) => (one.id === team.id ? { ...one, ...part } : one)),
      () => patch(path, part),
    );
  const change = (part: object, undo: object) =>
    attempt(
      client,
      () => save(part),
      t("teams.changed", { name: team.name }),
      () => attempt(client, () => save(undo)),
    );
  const drop = () =>
    void attempt(
      client,
      () => remove(path),
      t("teams.deleted", { name: team.name }),
      () => attempt(client, () => post(`${path}/restore`)),
    );
  const member = (id: string): Member | undefined => {
    const user = users.find((one) => one.id === id);
    return user && memberOf(user);
  };
  const members = (ids: readonly string[]) => ids.map(member).filter((one) => one !== undefined);
  const others = users
    .filter((user) => user.status !== "deactivated" && !main.includes(user.id) && !extra.includes(user.id))
    .map(memberOf);
  const without = (ids: readonly string[], id: string) => ids.filter((one) => one !== id);
  const named = inboxes.filter((inbox) => team.inbox_ids.includes(inbox.id)).map((inbox) => inbox.name);
  return (
    <section className="card teamcard" aria-label={team.name}>
      <header>
        <UsersRound />
        <h2 dir="auto">{team.name}</h2>
        {mayChange ? (
          <IconButton label={t("teams.delete", { name: team.name })} onClick={drop}>
            <Trash2 />
          </IconButton>
        ) : null}
      </header>
      {mayChange ? (
        <RenameField
          label={t("inboxes.name")}
          name={team.name}
          onRename={(name) => change({ name }, { name: team.name })}
        />
      ) : null}
      <Members
        label={t("teams.main")}
        hint={t("teams.main_hint")}
        addLabel={t("teams.add_member")}
        isReadOnly={!mayChange}
        chosen={members(main)}
        others={others}
        onAdd={(id) => change({ main_member_ids: [...main, id] }, before)}
        onRemove={(id) => change({ main_member_ids: without(main, id) }, before)}
      />
      <Members
        label={t("teams.extra")}
        hint={t("teams.extra_hint")}
        addLabel={t("teams.add_extra")}
        isReadOnly={!mayChange}
        chosen={members(extra)}
        others={others}
        onAdd={(id) => change({ extra_member_ids: [...extra, id] }, before)}
        onRemove={(id) => change({ extra_member_ids: without(extra, id) }, before)}
      />
      <p className="small-text muted">
        {named.length ? t("teams.inboxes", { inboxes: nameList(named) }) : t("teams.no_inboxes")}
      </p>
    </section>
  );
}

/** With a word beside the name of whoever is not at work. */
export function memberOf(user: User): Member {
  const hint =
    user.status === "active" ? undefined : t(user.status === "invited" ? "people.invited" : "people.deactivated");
  return { id: user.id, name: user.name, icon: <Avatar name={user.name} seed={user.id} size={20} />, hint };
}
