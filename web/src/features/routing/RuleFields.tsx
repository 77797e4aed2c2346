/* What a rule says, field by field. Whoever shows them says when they are kept. */
import { useQuery } from "@tanstack/react-query";
import type { AssignmentRule, ChannelAccount, RuleDraft } from "../../api/types";
import { Select, Switch } from "../../ui/Field";
import { type MessageId, t } from "../../ui/i18n";
import { skillsQuery } from "./skills";
import { Targets } from "./Targets";

type Way = RuleDraft["distribution"];

const WAYS: Record<Way, [name: MessageId, hint: MessageId]> = {
  random: ["routing.random", "routing.random_hint"],
  round_robin: ["routing.round_robin", "routing.round_robin_hint"],
  load_balanced: ["routing.load_balanced", "routing.load_balanced_hint"],
  first_available: ["routing.first_available", "routing.first_available_hint"],
};

/** Offered for how long ago an answer may be; the API takes others, too. */
const DAYS = [1, 3, 7, 14, 30, 90];
const DAYS_FIRST = 14;

interface Props {
  account: ChannelAccount;
  saved: AssignmentRule;
  rule: RuleDraft;
  onChange: (part: Partial<RuleDraft>) => void;
}

export function RuleFields(props: Props) {
  const { rule, onChange } = props;
  return (
    <>
      <Switch
        label={t("routing.assign")}
        hint={t("routing.assign_hint")}
        checked={rule.is_on}
        onChange={(event) => onChange({ is_on: event.target.checked })}
      />
      {rule.is_on ? <Choices {...props} /> : null}
    </>
  );
}

function Choices({ account, saved, rule, onChange }: Props) {
  // The first of the list is looked for among those who are there; and so is somebody for a live chat.
  const alwaysAsks = saved.is_live || (rule.distribution === "first_available" && !rule.asks_owner);
  return (
    <>
      <fieldset className="accesslist">
        <legend className="label">{t("routing.title")}</legend>
        {[false, true].map((asksOwner) => (
          <div key={String(asksOwner)} className="pick rulepick">
            <label>
              <input
                type="radio"
                name={`who gets ${account.id}`}
                checked={rule.asks_owner === asksOwner}
                onChange={() => onChange({ asks_owner: asksOwner })}
              />
              <span className="grow">
                <span className="block mid">{t(asksOwner ? "routing.owner" : "routing.certain")}</span>
                <span className="block small-text muted">
                  {t(asksOwner ? "routing.owner_hint" : "routing.certain_hint")}
                </span>
              </span>
            </label>
            {rule.asks_owner === asksOwner ? (
              <Targets account={account} saved={saved} rule={rule} onChange={(targets) => onChange({ targets })} />
            ) : null}
          </div>
        ))}
      </fieldset>
      {rule.targets.length ? (
        <Select
          label={t("routing.how")}
          hint={t(WAYS[rule.distribution][1])}
          value={rule.distribution}
          onChange={(event) => onChange({ distribution: event.target.value as Way })}
        >
          {Object.entries(WAYS).map(([way, [name]]) => (
            <option key={way} value={way}>
              {t(name)}
            </option>
          ))}
        </Select>
      ) : null}
      <label className="rulecheck">
        <input
          type="checkbox"
          checked={rule.only_available || alwaysAsks}
          disabled={alwaysAsks}
          onChange={(event) => onChange({ only_available: event.target.checked })}
        />
        <span className="grow">
          {t("routing.only_available")}
          <span className="block small-text muted">
            {t(
              saved.is_live
                ? "routing.live_hint"
                : rule.only_available || alwaysAsks
                  ? "routing.only_available_hint"
                  : "routing.also_away_hint",
            )}
          </span>
        </span>
      </label>
      {rule.targets.length ? <Returning rule={rule} onChange={onChange} /> : null}
      {rule.targets.length ? <Skilled rule={rule} onChange={onChange} /> : null}
    </>
  );
}

const SKILLED: Record<RuleDraft["skills"], [name: MessageId, hint: MessageId]> = {
  off: ["routing.skills_off", "routing.skills_off_hint"],
  prefer: ["routing.skills_prefer", "routing.skills_prefer_hint"],
  require: ["routing.skills_require", "routing.skills_require_hint"],
};

/** Only where the account has skills at all. */
function Skilled({ rule, onChange }: Pick<Props, "rule" | "onChange">) {
  const skills = useQuery(skillsQuery).data ?? [];
  if (!skills.length && rule.skills === "off") return null;
  return (
    <Select
      label={t("routing.skills")}
      hint={t(SKILLED[rule.skills][1])}
      value={rule.skills}
      onChange={(event) => onChange({ skills: event.target.value as RuleDraft["skills"] })}
    >
      {Object.entries(SKILLED).map(([wanted, [name]]) => (
        <option key={wanted} value={wanted}>
          {t(name)}
        </option>
      ))}
    </Select>
  );
}

function Returning({ rule, onChange }: Pick<Props, "rule" | "onChange">) {
  const days = rule.returning_days;
  return (
    <>
      <label className="rulecheck">
        <input
          type="checkbox"
          checked={days !== null}
          onChange={(event) => onChange({ returning_days: event.target.checked ? DAYS_FIRST : null })}
        />
        <span className="grow">
          {t("routing.returning")}
          <span className="block small-text muted">{t("routing.returning_hint")}</span>
        </span>
      </label>
      {days === null ? null : (
        <Select
          label={t("routing.returning_within")}
          value={String(days)}
          onChange={(event) => onChange({ returning_days: Number(event.target.value) })}
        >
          {[...new Set([...DAYS, days])]
            .toSorted((one, other) => one - other)
            .map((one) => (
              <option key={one} value={one}>
                {t("routing.returning_days", { days: one })}
              </option>
            ))}
        </Select>
      )}
    </>
  );
}
