/* Who acts in an inbox: everyone, or named people and teams. Who only reads it is said too. */
import { useQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { usersQuery } from "../../api/queries";
import type { Inbox } from "../../api/types";
import { t } from "../../ui/i18n";
import { Members } from "../people/Members";
import { teamsQuery } from "../people/people";
import { memberOf } from "../people/TeamsPage";

type Access = Pick<Inbox, "access" | "member_ids" | "team_ids">;
type Part = { [Key in keyof Access]?: Readonly<Access[Key]> };

interface Props {
  inbox: Access & Pick<Inbox, "id">;
  mayChange: boolean;
  /** What changes, and what it was. */
  onChange: (part: Part, before: Part) => Promise<void>;
}

export function InboxAccess({ inbox, mayChange, onChange }: Props) {
  const users = useQuery(usersQuery).data ?? [];
  const teams = useQuery(teamsQuery).data ?? [];
  const { member_ids: memberIds, team_ids: teamIds, access } = inbox;
  const members = users.filter((user) => memberIds.includes(user.id)).map(memberOf);
  const icon = <UsersRound className="small" />;
  const teamMember = (team: { id: string; name: string }) => ({ id: team.id, name: team.name, icon });
  const setMembers = (ids: readonly string[]) => void onChange({ member_ids: ids }, { member_ids: memberIds });
  const setTeams = (ids: readonly string[]) => void onChange({ team_ids: ids }, { team_ids: teamIds });
  return (
    <fieldset className="accesslist" disabled={!mayChange}>
      <legend className="label">{t("inboxes.access")}</legend>
      {(["everyone", "members"] as const).map((choice) => (
        <label key={choice} className="pick">
          <input
            type="radio"
            name={`access of ${inbox.id}`}
            checked={access === choice}
            onChange={() => void onChange({ access: choice }, { access })}
          />
          <span className="grow">
            {t(choice === "everyone" ? "inboxes.everyone" : "inboxes.members")}
            <span className="block small-text muted">
              {t(choice === "everyone" ? "inboxes.everyone_hint" : "inboxes.members_hint")}
            </span>
          </span>
        </label>
      ))}
      {access === "members" ? (
        <>
          <Members
            label={t("settings.people")}
            addLabel={t("people.add_person")}
            isReadOnly={!mayChange}
            chosen={members}
            others={users.filter((user) => user.status !== "deactivated" && !memberIds.includes(user.id)).map(memberOf)}
            onAdd={(id) => setMembers([...memberIds, id])}
            onRemove={(id) => setMembers(memberIds.filter((one) => one !== id))}
          />
          <Members
            label={t("settings.teams")}
            hint={t("inboxes.teams_hint")}
            addLabel={t("people.add_team")}
            empty={t("people.no_team")}
            isReadOnly={!mayChange}
            chosen={teams.filter((team) => teamIds.includes(team.id)).map(teamMember)}
            others={teams.filter((team) => !teamIds.includes(team.id)).map(teamMember)}
            onAdd={(id) => setTeams([...teamIds, id])}
            onRemove={(id) => setTeams(teamIds.filter((one) => one !== id))}
          />
          {memberIds.length + teamIds.length ? null : (
            <p className="hint error" role="status">
              {t("inboxes.nobody_acts")}
            </p>
          )}
        </>
      ) : null}
    </fieldset>
  );
}
