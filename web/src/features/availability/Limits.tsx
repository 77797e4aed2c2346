/* How many open conversations and tickets somebody gets from rules at most: all together, and of a kind. Who manages people sets it; by hand more
 * is possible. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "../../api/may";
import type { Plan } from "../../api/types";
import { Field } from "../../ui/Field";
import { type MessageId, t } from "../../ui/i18n";
import { loadWords } from "../routing/standing";
import { changePlan, planQuery } from "./availability";
import "./availability.css";

const LIMITS = {
  conversations_max: "availability.limit_all",
  calling_max: "availability.limit_calling",
  messaging_max: "availability.limit_messaging",
  other_max: "availability.limit_other",
  tickets_max: "availability.limit_tickets",
  tickets_calling_max: "availability.limit_calling",
  tickets_messaging_max: "availability.limit_messaging",
  tickets_other_max: "availability.limit_other",
} satisfies Partial<Record<keyof Plan, MessageId>>;
type Name = keyof typeof LIMITS;
const isOfTickets = (name: Name) => name.startsWith("tickets_");

export function Limits({ id }: { id: string }) {
  const plan = useQuery(planQuery(id)).data;
  const may = useMay("user_management");
  if (!plan) return null;
  return (
    <>
      <h2>
        {t("availability.limits")} <span className="count">{loadWords(plan)}</span>
      </h2>
      <p className="soft">{t(may ? "availability.limits_hint" : "availability.limits_others")}</p>
      {[false, true].map((ofTickets) => (
        <fieldset key={String(ofTickets)} className="limitset">
          <legend className="label">
            {ofTickets ? t("availability.limits_tickets", { count: plan.ticket_count }) : t("availability.limits_open")}
          </legend>
          <div className="pairs limits">
            {(Object.keys(LIMITS) as Name[])
              .filter((name) => isOfTickets(name) === ofTickets)
              .map((name) => (
                <Limit key={`${name}${plan[name]}`} id={id} plan={plan} name={name} isReadOnly={!may} />
              ))}
          </div>
        </fieldset>
      ))}
    </>
  );
}

function Limit({ id, plan, name, isReadOnly }: { id: string; plan: Plan; name: Name; isReadOnly: boolean }) {
  const client = useQueryClient();
  const before = plan[name];
  const [value, setValue] = useState(before === null ? "" : String(before));
  const [error, setError] = useState<string | null>(null);
  const keep = () => {
    const wanted = value.trim() === "" ? null : Number(value);
    if (wanted !== null && !(Number.isInteger(wanted) && wanted >= 0 && wanted <= 100_000))
      return setError(t("availability.limit_wrong"));
    setError(null);
    if (wanted !== before)
      void changePlan(client, id, { [name]: wanted }, () => t("availability.limit_saved"), { [name]: before });
  };
  return (
    <Field
      label={t(LIMITS[name])}
      inputMode="numeric"
      maxLength={6}
      placeholder={t("availability.no_limit")}
      value={value}
      readOnly={isReadOnly}
      error={error}
      onChange={(event) => setValue(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => event.key === "Enter" && keep()}
    />
  );
}
