/* Out of office: from a moment to a moment, away by itself and back by itself. Each is added and taken away at once, with Undo. */
import { useQueryClient } from "@tanstack/react-query";
import { Plane, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { Plan } from "../../api/types";
import { IconButton } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { fullMoment } from "../../ui/format";
import { t } from "../../ui/i18n";
import { WhenField } from "../../ui/WhenField";
import { fieldIn, momentIn } from "../../ui/zoned";
import { SaveLine } from "../unsaved/SaveLine";
import { useUnsaved } from "../unsaved/unsaved";
import { changePlan, zoneHere } from "./availability";
import type { PartProps } from "./PlanEditor";
import { differ, placeOf } from "./there";

type Absence = Plan["absences"][number];
const WEEK_MS = 7 * 86_400_000;

/** By the clock where they work. */
const words = ({ starts_at, ends_at }: Absence, zone: string) =>
  t("availability.absence", {
    from: fullMoment(new Date(starts_at), new Date(), zone),
    to: fullMoment(new Date(ends_at), new Date(), zone),
  });

const isElsewhere = ({ starts_at, ends_at }: Absence, zone: string) =>
  [starts_at, ends_at].some((at) => differ(new Date(at), zone, zoneHere()));

const zoneWords = (zone: string) => t("availability.absent_zone", { zone: zone.replaceAll("_", " ") });

export function Absences({ id, plan, isReadOnly, isMine }: PartProps) {
  const client = useQueryClient();
  const set = (absences: Absence[], said: string) =>
    changePlan(client, id, { absences }, () => said, { absences: plan.absences });
  const zone = plan.time_zone;
  const now = Date.now();
  const coming = plan.absences.filter((one) => new Date(one.ends_at).getTime() > now);
  const drop = (one: Absence) =>
    void set(
      plan.absences.filter((other) => other !== one),
      t("availability.absence_removed", { when: words(one, zone) }),
    );
  return (
    <>
      {coming.length ? (
        <ul className="rowlist card">
          {coming.map((one) => (
            <li key={one.starts_at + one.ends_at}>
              <Plane />
              <div className="grow">
                <p>
                  {isElsewhere(one, zone)
                    ? t("availability.in_place", { time: words(one, zone), place: placeOf(zone) })
                    : words(one, zone)}
                </p>
                {isElsewhere(one, zone) ? (
                  <p className="small-text muted">{t("availability.for_you", { times: words(one, zoneHere()) })}</p>
                ) : null}
                {one.note ? (
                  <p className="small-text muted" dir="auto">
                    {one.note}
                  </p>
                ) : null}
              </div>
              {new Date(one.starts_at).getTime() <= now ? (
                <span className="chip warn">{t("availability.absent_now")}</span>
              ) : null}
              {isReadOnly ? null : (
                <IconButton
                  label={t("availability.remove_absence", { when: words(one, zone) })}
                  onClick={() => drop(one)}
                >
                  <X />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <p className="soft">{t("availability.no_absences")}</p>
      )}
      {isReadOnly ? null : (
        <NewAbsence
          at={isMine ? "hours/absence" : `availability/${id}/absence`}
          zone={zone}
          onAdd={(one) => set([...plan.absences, one], t("availability.absence_added", { when: words(one, zone) }))}
        />
      )}
    </>
  );
}

interface NewProps {
  at: string;
  zone: string;
  onAdd: (one: Absence) => Promise<boolean>;
}

function NewAbsence({ at, zone, onAdd }: NewProps) {
  const unsaved = useUnsaved(at, { from: "", to: "", note: "" });
  const { note } = unsaved.value;
  const from = unsaved.value.from || morning(0, zone);
  const to = unsaved.value.to || morning(WEEK_MS, zone);
  const change = (part: Partial<typeof unsaved.value>) => unsaved.change({ ...unsaved.value, ...part });
  const [error, setError] = useState<string | null>(null);
  const inWords = (typed: string) => (typed ? fullMoment(momentIn(typed, zone), new Date(), zone) : "");
  const hints = [inWords(from), zone === zoneHere() ? "" : zoneWords(zone)].filter(Boolean);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const [starts, ends] = [momentIn(from, zone), momentIn(to, zone)];
    if (!(ends.getTime() > starts.getTime())) return setError(t("availability.absence_ends_before"));
    if (ends.getTime() <= Date.now()) return setError(t("availability.absence_past"));
    setError(null);
    const one = { starts_at: starts.toISOString(), ends_at: ends.toISOString(), note: note.trim() };
    if (await onAdd(one)) unsaved.saved(unsaved.value);
  };
  return (
    <form className="inlineform absenceform" onSubmit={add}>
      <WhenField
        label={t("availability.absent_from")}
        required
        hint={hints.join(". ")}
        value={from}
        onChange={(written) => written !== null && change({ from: written })}
      />
      <WhenField
        label={t("availability.absent_to")}
        required
        hint={inWords(to)}
        value={to}
        error={error}
        onChange={(written) => written !== null && change({ to: written })}
      />
      <Field
        label={t("availability.note")}
        maxLength={200}
        value={note}
        onChange={(event) => change({ note: event.target.value })}
      />
      <SaveLine unsaved={unsaved} label={t("availability.add_absence")} isLasting />
    </form>
  );
}

/** The next morning there, so many milliseconds later. */
const morning = (later: number, zone: string) =>
  `${fieldIn(new Date(Date.now() + 86_400_000 + later), zone).slice(0, 10)}T00:00`;
