/* The people and teams that a rule names, in order. Who cannot be chosen is not offered; who was named and cannot be chosen any more stays, marked
 * with the reason. */
import { useQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { inboxesQuery, usersQuery } from "../../api/queries";
import type { AssignmentRule, Availability, ChannelAccount, RuleDraft, Target, Team, User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { locale, type MessageId, t } from "../../ui/i18n";
import { MemberField } from "../people/MemberField";
import type { Member } from "../people/Members";
import { teamsQuery } from "../people/people";
import { earlier, isRoutable, keyOf, targetOf } from "./routing";
import { StandingDot } from "./StandingDot";
import { availabilityQuery, loadWords, standingWords } from "./standing";

export const FLAWS: Record<NonNullable<AssignmentRule["targets"][number]["flaw"]>, MessageId> = {
  unknown: "routing.flaw_unknown",
  deleted: "routing.flaw_deleted",
  deactivated: "routing.flaw_deactivated",
  invited: "routing.flaw_invited",
  no_seat: "routing.flaw_no_seat",
  not_a_member: "routing.flaw_not_a_member",
};

interface Props {
  account: ChannelAccount;
  saved: AssignmentRule;
  rule: RuleDraft;
  onChange: (targets: Target[]) => void;
}

export function Targets({ account, saved, rule, onChange }: Props) {
  const users = useQuery(usersQuery).data ?? [];
  const teams = useQuery(teamsQuery).data ?? [];
  const inbox = useQuery(inboxesQuery).data?.find((one) => one.id === account.inbox_id);
  const standings = useQuery(availabilityQuery).data ?? [];
  const { targets, asks_owner: asksOwner, distribution } = rule;
  const flaw = (target: Target) => saved.targets.find((one) => keyOf(one) === keyOf(target))?.flaw ?? null;
  const isNamed = (key: string) => targets.some((one) => keyOf(one) === key);

  const chosen = targets.map((target): Member => {
    const found = flaw(target);
    const of =
      target.type === "team"
        ? teamMember(teams.find((one) => one.id === target.id))
        : userMember(
            users.find((one) => one.id === target.id),
            standings,
          );
    const id = keyOf(target);
    return {
      name: t(target.type === "team" ? "routing.a_team" : "system.somebody"),
      ...of,
      id,
      flaw: found ? t(FLAWS[found]) : undefined,
    };
  });
  const routable = users.filter((user) => isRoutable(user, inbox, teams));
  const others: Member[] = [
    ...teams.filter((team) => !isNamed(`team:${team.id}`)).map(teamMember),
    ...routable.filter((user) => !isNamed(`user:${user.id}`)).map((user) => userMember(user, standings, true)),
  ].filter((one) => one !== undefined);
  const leftOut = users.filter((user) => user.status === "active").length - routable.length;
  const add = (key: string) => onChange([...targets, targetOf(key)]);
  return (
    <MemberField
      isLabelShown={asksOwner}
      label={t(asksOwner ? "routing.otherwise" : "routing.targets")}
      hint={[
        asksOwner ? t("routing.otherwise_hint") : "",
        distribution === "first_available" && targets.length > 1 ? t("routing.order_hint") : "",
        leftOut > 0 ? t("routing.not_offered", { count: leftOut }) : "",
      ]
        .filter(Boolean)
        .join(" ")}
      addLabel={t("routing.add")}
      empty={asksOwner ? t("routing.nobody_else") : undefined}
      chosen={chosen}
      others={others}
      onAdd={add}
      onRemove={(key) => onChange(targets.filter((one) => keyOf(one) !== key))}
      onEarlier={
        distribution === "first_available"
          ? (key) =>
              onChange(
                earlier(
                  targets,
                  targets.findIndex((one) => keyOf(one) === key),
                ),
              )
          : undefined
      }
    />
  );
}

/** "6 open, available". */
function offeredWords(one: Availability): string {
  const standing = standingWords(one);
  return t("routing.load_standing", {
    load: loadWords(one),
    standing: standing.charAt(0).toLocaleLowerCase(locale()) + standing.slice(1),
  });
}

/** `isOffered`: with what it depends on whether they are wanted here. */
function userMember(user: User | undefined, all: readonly Availability[], isOffered = false): Member | undefined {
  if (!user) return undefined;
  const standing = all.find((one) => one.user_id === user.id);
  return {
    id: `user:${user.id}`,
    name: user.name,
    icon: (
      <Avatar name={user.name} seed={user.id} size={20}>
        {standing ? <StandingDot status={standing.status} /> : null}
      </Avatar>
    ),
    hint: standing && isOffered ? offeredWords(standing) : undefined,
  };
}

function teamMember(team: Team | undefined): Member | undefined {
  if (!team) return undefined;
  const icon = <UsersRound className="small" />;
  return {
    id: `team:${team.id}`,
    name: team.name,
    icon,
    hint: t("routing.main_members", { count: team.main_member_ids.length }),
  };
}
