/* What a rule does: who would get a conversation that came in now, and why not the others; and whom the last hundred would have gone to. Nothing of it is
 * saved. Read next: Past.tsx. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useDeferredValue } from "react";
import { usersQuery } from "../../api/queries";
import type { ChannelAccount, Considered, NextInLine, RuleDraft, Team, User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { type MessageId, t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { teamsQuery } from "../people/people";
import { Past } from "./Past";
import { namesSomebody, simulationQuery } from "./routing";
import { StandingDot } from "./StandingDot";
import { skillWords } from "./skills";
import { loadWords, standingWords } from "./standing";
import { FLAWS } from "./Targets";

export function Preview({ account, rule }: { account: ChannelAccount; rule: RuleDraft }) {
  const wanted = useDeferredValue(rule);
  const isAsked = wanted.is_on && namesSomebody(wanted);
  const simulated = useQuery({
    ...simulationQuery(account.id, wanted),
    enabled: isAsked,
    placeholderData: keepPreviousData,
  });
  const users = useQuery(usersQuery).data ?? [];
  const teams = useQuery(teamsQuery).data ?? [];
  if (!isAsked)
    return (
      <>
        <h2>{t("routing.now")}</h2>
        <p className="soft">{t(rule.is_on ? "routing.name_somebody" : "routing.off")}</p>
      </>
    );
  if (simulated.isError) return <Failed error={simulated.error} onRetry={() => void simulated.refetch()} />;
  if (!simulated.data) return <Skeleton rows={4} shape="row" />;
  return (
    <>
      <h2>{t("routing.now")}</h2>
      <Now rule={wanted} next={simulated.data.now} users={users} teams={teams} />
      <Past account={account} simulation={simulated.data} users={users} />
    </>
  );
}

const REASONS: Record<string, MessageId> = {
  load_balanced: "routing.because_load_balanced",
  round_robin: "routing.because_round_robin",
  first_available: "routing.because_first_available",
  random: "routing.because_only",
  no_members: "routing.because_no_members",
  nobody_available: "routing.because_nobody_available",
  all_full: "routing.because_all_full",
  nobody_skilled: "routing.because_nobody_skilled",
};
const SHOWN = 12;

interface NowProps {
  rule: RuleDraft;
  next: NextInLine;
  users: readonly User[];
  teams: readonly Team[];
}

function Now({ rule, next, users, teams }: NowProps) {
  const reason = REASONS[next.how];
  const isDraw = next.how === "random" && next.among > 1;
  const more = next.people.length - SHOWN;
  return (
    <>
      {rule.asks_owner ? (
        <p className="soft">{t(rule.targets.length ? "routing.owner_first" : "routing.owner_only")}</p>
      ) : null}
      {rule.targets.length && rule.returning_days !== null ? (
        <p className="soft">{t("routing.returning_first", { days: rule.returning_days })}</p>
      ) : null}
      {next.skills.length ? <p className="soft">{t("routing.needed_here", skillWords(next.skills))}</p> : null}
      {isDraw ? <p className="soft">{t("routing.drawn", { count: next.among })}</p> : null}
      {rule.targets.length && next.among === 0 && reason ? (
        <p className="banner warn" role="status">
          {t(reason)}
        </p>
      ) : null}
      {next.people.length ? (
        <ol className="rowlist card">
          {next.people.slice(0, SHOWN).map((one) => (
            <Row
              key={one.user_id}
              one={one}
              name={users.find((user) => user.id === one.user_id)?.name ?? t("system.somebody")}
              team={teams.find((team) => team.id === one.team_id)?.name}
              reason={one.user_id === next.user_id && reason ? t(reason) : null}
            />
          ))}
        </ol>
      ) : null}
      {more > 0 ? <p className="muted small-text">{t("routing.more", { count: more })}</p> : null}
    </>
  );
}

/** Why not, or that nothing stands against it. */
function stateOf(one: Considered): string {
  if (one.flaw) return t(FLAWS[one.flaw]);
  if (one.fit === "lacking") return t("routing.lacking");
  if (one.is_able || one.status === "away") return standingWords(one);
  return t(one.is_full ? "routing.full" : "routing.disconnected");
}

/** `reason`: this one gets it, because. */
function Row({ one, name, team, reason }: { one: Considered; name: string; team?: string; reason: string | null }) {
  return (
    <li className={reason !== null ? "next" : one.is_able ? "" : "out"}>
      <Avatar name={name} seed={one.user_id} size={32}>
        {one.flaw ? null : <StandingDot status={one.status} />}
      </Avatar>
      <div className="grow">
        <p dir="auto">{reason === null ? name : <b>{t("routing.gets_it", { name })}</b>}</p>
        <p className="small-text">
          {team ? <span dir="auto">{team} · </span> : null}
          {stateOf(one)}
        </p>
        {reason === null ? null : <p className="small-text">{reason}</p>}
      </div>
      {one.flaw ? null : <span className={`num ${one.is_full ? "full" : ""}`}>{loadWords(one)}</span>}
      {reason === null ? null : <ArrowRight />}
    </li>
  );
}
