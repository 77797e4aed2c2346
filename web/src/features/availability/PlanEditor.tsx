/* All that somebody's availability follows from: what is set by hand now, the hours of the week, public holidays, absences, limits. Each change holds at once
 * and can be undone. Without the right to change it, it can be read. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMay } from "../../api/may";
import { sessionQuery } from "../../api/queries";
import type { Plan } from "../../api/types";
import { Button } from "../../ui/Button";
import { fullMoment, moment } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { standingWords } from "../routing/standing";
import { Absences } from "./Absences";
import { planQuery, zoneHere } from "./availability";
import { Hours } from "./Hours";
import { Limits } from "./Limits";
import { setMyStatus, setStatusOf } from "./status";
import { HolidayFields, ZoneField } from "./ZoneAndHolidays";

/** What each part gets. */
export interface PartProps {
  id: string;
  plan: Plan;
  isReadOnly: boolean;
  isMine: boolean;
}

export function PlanEditor({ id, name = "" }: { id: string; name?: string }) {
  const plan = useQuery(planQuery(id));
  const me = useQuery(sessionQuery).data?.user.id;
  const manages = useMay("availability_management");
  if (!plan.data) return <Loading query={plan} queryKey={planQuery(id).queryKey} rows={6} shape="line" />;
  const props = { id, plan: plan.data, isReadOnly: id !== me && !manages, isMine: id === me };
  return (
    <div className="plan">
      <Now {...props} name={id === me ? null : name} />
      <h2>{t("availability.week")}</h2>
      <ZoneField {...props} />
      <Hours {...props} />
      <h2>{t("availability.holidays")}</h2>
      <HolidayFields {...props} />
      <h2>{t("availability.absences")}</h2>
      <Absences {...props} />
      <Limits id={id} />
    </div>
  );
}

function Now({ id, plan, isReadOnly, name }: PartProps & { name: string | null }) {
  const client = useQueryClient();
  const next = plan.status === "available" ? "away" : "available";
  const there = untilThere(plan);
  const set = () => void (name === null ? setMyStatus(client, id, next) : setStatusOf(client, id, name, next));
  return (
    <p className="row">
      <span className={`chip ${plan.status === "available" ? "ok" : "warn"}`}>{standingWords(plan)}</span>
      {isReadOnly ? null : (
        <Button size="s" onClick={set}>
          {t(next === "away" ? "availability.set_away" : "availability.set_here")}
        </Button>
      )}
      {plan.why === "chosen" ? (
        <span className="muted small-text">
          {plan.until
            ? t("availability.by_hand_until", { time: moment(plan.until, new Date()) })
            : t("availability.by_hand")}
        </span>
      ) : null}
      {there === null ? null : <span className="muted small-text">{there}</span>}
    </p>
  );
}

/** Until when by the clock where they work, if that is another one than the reader's: all other times here are by the reader's. */
function untilThere({ until, time_zone: zone }: Plan): string | null {
  if (!until) return null;
  const [at, now] = [new Date(until), new Date()];
  const time = fullMoment(at, now, zone);
  return time === fullMoment(at, now, zoneHere())
    ? null
    : t("availability.until_there", { time, zone: zone.replaceAll("_", " ") });
}
