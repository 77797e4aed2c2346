/* Who gets what comes in, over every channel, in a sentence each: whom a rule names and who of them cannot be chosen, and the way to change it and try
 * it out. Below it what people can, and which conversations need that. Read next: Skills.tsx, Needs.tsx; a rule itself is Automation.tsx. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { channelAccountsQuery, sessionQuery, usersQuery } from "../../api/queries";
import type { AssignmentRule, ChannelAccount, RuleDraft } from "../../api/types";
import { nameList } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { Empty } from "../../ui/States";
import { teamsQuery } from "../people/people";
import { Needs } from "./Needs";
import { rulesQuery } from "./routing";
import { Skills } from "./Skills";
import { skillsQuery } from "./skills";
import { FLAWS } from "./Targets";
import "./routing.css";

export default function RoutingPage() {
  const rules = useQuery(rulesQuery);
  const accounts = useQuery(channelAccountsQuery);
  const skills = useQuery(skillsQuery);
  const isOff = useQuery(sessionQuery).data?.account.switched_off.includes("automatic_assignment");
  const shown = accounts.data?.filter((one) => rules.data?.some((rule) => rule.channel_account_id === one.id)) ?? [];
  return (
    <div className="narrow routing">
      <h1>{t("routing.page")}</h1>
      <p className="soft">{t("routing.page_lead")}</p>
      {isOff ? <p className="banner warn">{t("routing.switched_off")}</p> : null}
      {!rules.data ? (
        <Loading query={rules} queryKey={rulesQuery.queryKey} rows={3} shape="row" />
      ) : !accounts.data ? (
        <Loading query={accounts} queryKey={channelAccountsQuery.queryKey} rows={3} shape="row" />
      ) : shown.length ? (
        <ul className="rowlist card rules">
          {shown.map((one) => {
            const rule = rules.data?.find((found) => found.channel_account_id === one.id)?.rule;
            return rule ? <RuleRow key={one.id} account={one} rule={rule} /> : null;
          })}
        </ul>
      ) : (
        <Empty title={t("routing.no_channels")} text={t("routing.no_channels_text")}>
          <Link className="btn" to="/settings/$section" params={{ section: "channels" }}>
            {t("channels.connect")}
          </Link>
        </Empty>
      )}
      <Skills />
      {skills.data?.length ? <Needs skills={skills.data} /> : null}
    </div>
  );
}

const HOW: Record<RuleDraft["distribution"], MessageId> = {
  random: "routing.how_random",
  round_robin: "routing.how_round_robin",
  load_balanced: "routing.how_load_balanced",
  first_available: "routing.how_first_available",
};

function RuleRow({ account, rule }: { account: ChannelAccount; rule: AssignmentRule }) {
  const users = useQuery(usersQuery).data ?? [];
  const teams = useQuery(teamsQuery).data ?? [];
  const nameOf = ({ type, id }: AssignmentRule["targets"][number]) =>
    (type === "team" ? teams : users).find((one) => one.id === id)?.name ??
    t(type === "team" ? "routing.a_team" : "system.somebody");
  const flawed = rule.targets.filter((one) => one.flaw !== null);
  return (
    <li>
      <div className="grow">
        <h2 dir="auto">
          {account.name} <span className="small-text muted">{account.address}</span>
        </h2>
        <p>{ruleSentence(rule, rule.targets.map(nameOf))}</p>
        {rule.is_on && flawed.length ? (
          <p className="flaws small-text">
            <CircleAlert />
            <span>
              {t("routing.flawed", {
                count: flawed.length,
                names: nameList(flawed.map((one) => `${nameOf(one)} (${one.flaw ? t(FLAWS[one.flaw]) : ""})`)),
              })}
            </span>
          </p>
        ) : null}
      </div>
      <Link
        className="btn s"
        to="/settings/$section/$item/$tab"
        params={{ section: "channels", item: account.id, tab: "automation" }}
        aria-label={t("routing.edit_rule", { name: account.name })}
      >
        {t("routing.edit")}
      </Link>
    </li>
  );
}

/** The whole of a rule in words. */
function ruleSentence(rule: AssignmentRule, names: readonly string[]): string {
  if (!rule.is_on) return t("routing.rule_off");
  if (!names.length) return t("routing.rule_owner");
  const among = { how: t(HOW[rule.distribution]), names: nameList(names) };
  const said = [t(rule.asks_owner ? "routing.rule_owner_then" : "routing.rule_people", among)];
  if (rule.returning_days !== null) said.push(t("routing.rule_returning"));
  if (!rule.only_available && !rule.is_live && rule.distribution !== "first_available")
    said.push(t("routing.rule_away"));
  if (rule.skills !== "off") said.push(t(rule.skills === "prefer" ? "routing.rule_prefer" : "routing.rule_require"));
  return said.join(" ");
}
