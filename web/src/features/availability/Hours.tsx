/* The hours of the week: several stretches a day, each a pair of time fields; the bar is a picture of them that can be dragged. What can be kept is kept at once; what overlaps
 * or ends too early waits beside its reason. Read next: DayBar.tsx, week.ts. */
import { useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { keys } from "../../api/queries";
import { isSaving } from "../../api/saving";
import { Button, IconButton } from "../../ui/Button";
import { Switch } from "../../ui/Field";
import { clock, weekdayName } from "../../ui/format";
import { t } from "../../ui/i18n";
import { ClockInput } from "../../ui/WhenField";
import { changePlan, zoneHere } from "./availability";
import { DayBar } from "./DayBar";
import type { PartProps } from "./PlanEditor";
import { stretchHere } from "./there";
import {
  another,
  DAYS,
  isFine,
  likeDay,
  overMidnight,
  problemOf,
  readEnd,
  type Stretch,
  shownEnd,
  sorted,
  total,
  USUAL,
} from "./week";

export function Hours({ id, plan, isReadOnly, isMine }: PartProps) {
  const client = useQueryClient();
  const [hours, setHours] = useState(plan.hours);
  const saved = JSON.stringify(plan.hours);
  const sent = useRef("");
  const isTyping = useRef(false);
  // Somebody else, or Undo, changed them. What comes while more is on its way is older than what stands here, and the answer to one's own change must not
  // take away what one has begun to type since.
  useEffect(() => {
    if (isSaving(keys.plan(id)) || (isTyping.current && saved === sent.current)) return;
    setHours(JSON.parse(saved));
  }, [saved, id]);
  const keep = (wanted: Stretch[] | null) => {
    if (wanted && !isFine(wanted)) return;
    const next = wanted && sorted(wanted);
    isTyping.current = false;
    if (JSON.stringify(next) === saved && !isSaving(keys.plan(id))) return;
    sent.current = JSON.stringify(next);
    // Who sets their first hours means those of where they sit.
    const here = isMine && plan.hours === null && plan.time_zone === "UTC" ? zoneHere() : plan.time_zone;
    const isMoved = here !== plan.time_zone;
    const part = isMoved ? { hours: next, time_zone: here } : { hours: next };
    const back = isMoved ? { hours: plan.hours, time_zone: plan.time_zone } : { hours: plan.hours };
    const asked = sent.current;
    void changePlan(client, id, part, () => t("availability.hours_saved"), back).then((isKept) => {
      // What was refused must not stand there as if it held. What has been typed or sent since is another matter.
      if (!isKept && !isTyping.current && sent.current === asked) setHours(plan.hours);
    });
  };
  const set = (wanted: Stretch[] | null) => {
    setHours(wanted);
    keep(wanted);
  };
  return (
    <div className="fields">
      <Switch
        label={t("availability.has_hours")}
        hint={t("availability.has_hours_hint")}
        checked={hours !== null}
        disabled={isReadOnly}
        onChange={(event) => set(event.target.checked ? USUAL : null)}
      />
      {hours === null ? null : (
        <>
          <ul className="hoursgrid">
            {DAYS.map((day) => (
              <Day
                key={day}
                day={day}
                hours={hours}
                zone={plan.time_zone}
                isReadOnly={isReadOnly}
                onType={(typed) => {
                  isTyping.current = true;
                  setHours(typed);
                }}
                onLeave={() => keep(hours)}
                onSet={set}
              />
            ))}
          </ul>
          <p className="hint">
            {t("availability.total", {
              hours: Math.round(total(hours.filter((one) => problemOf([one]) === null)) / 6) / 10,
            })}
          </p>
        </>
      )}
    </div>
  );
}

const atClock = (time: string) => new Date(2024, 0, 1, Number(time.slice(0, 2)), Number(time.slice(3, 5)));

interface DayProps {
  day: number;
  hours: readonly Stretch[];
  /** Whose clock they are meant by. */
  zone: string;
  isReadOnly: boolean;
  /** Half typed: shown, not kept. */
  onType: (hours: Stretch[]) => void;
  onLeave: () => void;
  onSet: (hours: Stretch[]) => void;
}

function Day({ day, hours, zone, isReadOnly, onType, onLeave, onSet }: DayProps) {
  const row = useRef<HTMLLIElement>(null);
  const name = weekdayName(day);
  const mine = hours.filter((one) => one.day === day);
  const problem = problemOf(mine);
  const more = another(hours, day);
  const errorId = `hours-${day}-problem`;
  const type = (one: Stretch, part: Partial<Stretch>) =>
    onType(hours.map((other) => (other === one ? { ...other, ...part } : other)));
  const withStretch = (nth: number, stretch: Stretch) => hours.map((other) => (other === mine[nth] ? stretch : other));
  const remove = (one: Stretch) => {
    onSet(hours.filter((other) => other !== one));
    row.current?.querySelector<HTMLElement>("[data-add]")?.focus();
  };
  const night = problem === "ends_before" ? overMidnight(hours, day) : undefined;
  const split = (wanted: Stretch[]) => {
    onSet(wanted);
    row.current?.querySelector<HTMLElement>("input")?.focus(); // the button goes
  };
  const here = problem ? [] : mine.flatMap((one) => stretchHere(one, zone, zoneHere()) ?? []);
  const isDifferent = day === 0 && JSON.stringify(likeDay(hours, 0)) !== JSON.stringify(sorted(hours));
  return (
    <li ref={row}>
      <div role="group" aria-label={name}>
        <span className="mid dayname">{name}</span>
        <DayBar
          stretches={mine}
          isStill={isReadOnly || problem !== null}
          onDrag={(nth, stretch) => onType(withStretch(nth, stretch))}
          onDrop={(nth, stretch) => onSet(withStretch(nth, stretch))}
        />
        <div className="stretches">
          {mine.length ? null : <span className="muted">{t("availability.day_off")}</span>}
          {mine.map((one, at) => (
            <span key={String(at)} className="stretch">
              <Time
                label={t("availability.from_of", { day: name, nth: at + 1 })}
                value={one.from}
                {...{ isReadOnly, onLeave, problem, errorId }}
                onChange={(from) => type(one, { from })}
              />
              <span aria-hidden="true">–</span>
              <Time
                label={t("availability.to_of", { day: name, nth: at + 1 })}
                value={shownEnd(one.to)}
                {...{ isReadOnly, onLeave, problem, errorId }}
                onChange={(to) => type(one, { to: readEnd(to) })}
              />
              {isReadOnly ? null : (
                <IconButton
                  className="s"
                  label={t("availability.remove_hours", { day: name, nth: at + 1 })}
                  onClick={() => remove(one)}
                >
                  <X />
                </IconButton>
              )}
            </span>
          ))}
          {isReadOnly || !more ? null : (
            <Button
              size="xs"
              look="ghost"
              icon={<Plus />}
              data-add
              aria-label={t("availability.add_hours_to", { day: name })}
              onClick={() => onSet([...hours, more])}
            >
              {t("availability.add_hours")}
            </Button>
          )}
          {isDifferent && !isReadOnly ? (
            <Button size="xs" look="ghost" disabled={problem !== null} onClick={() => onSet(likeDay(hours, 0))}>
              {t("availability.for_weekdays")}
            </Button>
          ) : null}
        </div>
        {here.length ? (
          <p className="here small-text muted">{t("availability.for_you", { times: here.join(", ") })}</p>
        ) : null}
      </div>
      {problem ? (
        <p className="hint error" id={errorId} role="alert">
          {t(problem === "overlap" ? "availability.overlap" : "availability.ends_before")}
        </p>
      ) : null}
      {night && !isReadOnly ? (
        <Button size="s" onClick={() => split(night.hours)}>
          {t("availability.over_midnight", { time: clock(atClock(night.to.to)), day: weekdayName(night.to.day) })}
        </Button>
      ) : null}
    </li>
  );
}

interface TimeProps {
  label: string;
  value: string;
  isReadOnly: boolean;
  problem: string | null;
  errorId: string;
  onChange: (value: string) => void;
  onLeave: () => void;
}

function Time({ label, value, isReadOnly, problem, errorId, onChange, onLeave }: TimeProps) {
  return (
    <span className={`input ${problem ? "err" : ""}`}>
      <ClockInput
        aria-label={label}
        value={value}
        readOnly={isReadOnly}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem ? errorId : undefined}
        onChange={onChange}
        onBlur={onLeave}
      />
    </span>
  );
}
