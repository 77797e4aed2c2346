/* The hours of a week as they are edited: pure, tested. A stretch ends at 24:00 at the latest; a field for a time cannot say that, so there midnight as an
 * end is 00:00. */
import type { Plan } from "../../api/types";

export type Stretch = NonNullable<Plan["hours"]>[number];

export const DAYS = [0, 1, 2, 3, 4, 5, 6] as const;
const WEEKDAYS = 5;
export const USUAL: Stretch[] = [0, 1, 2, 3, 4].map((day) => ({ day, from: "09:00", to: "17:00" }));

export const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
/** Minutes of a day. */
export const DAY_MIN = 24 * 60;
const END = DAY_MIN;
const two = (value: number) => String(value).padStart(2, "0");
const clockOf = (value: number) => `${two(Math.floor(value / 60))}:${two(value % 60)}`;

export const shownEnd = (to: string) => (to === "24:00" ? "00:00" : to);
export const readEnd = (value: string) => (value === "00:00" ? "24:00" : value);

export const sorted = (hours: readonly Stretch[]): Stretch[] =>
  hours.toSorted((a, b) => a.day - b.day || minutes(a.from) - minutes(b.from));

/** What is wrong with the hours of a day: one ends before it begins (or is not filled in), or two overlap. */
export function problemOf(hours: readonly Stretch[]): "ends_before" | "overlap" | null {
  if (hours.some((one) => !one.from || !one.to || minutes(one.from) >= minutes(one.to))) return "ends_before";
  const ordered = sorted(hours);
  const isOver = ordered.some((one, at) => at > 0 && minutes(one.from) < minutes(ordered[at - 1]?.to ?? "00:00"));
  return isOver ? "overlap" : null;
}

export const isFine = (hours: readonly Stretch[]) =>
  DAYS.every((day) => problemOf(hours.filter((one) => one.day === day)) === null);

/** One more stretch on a day: usual hours on a free one, else an hour after the last, or where the day ends with that, before the first. Undefined: the
 * day is full. */
export function another(hours: readonly Stretch[], day: number): Stretch | undefined {
  const ofDay = sorted(hours.filter((one) => one.day === day));
  const [first, last] = [ofDay[0], ofDay.at(-1)];
  if (!first || !last) return { day, from: "09:00", to: "17:00" };
  const [from, to] = [minutes(last.to) + 60, minutes(first.from) - 60];
  if (from + 30 <= END) return { day, from: clockOf(from), to: clockOf(Math.min(END, from + 4 * 60)) };
  return to < 30 ? undefined : { day, from: clockOf(Math.max(0, to - 4 * 60)), to: clockOf(to) };
}

/** What was typed as 22:00 to 02:00 is meant over midnight: until then on this day, and from then on the next. Undefined where nothing is, or where the next
 * day has hours then already. */
export function overMidnight(hours: readonly Stretch[], day: number): { hours: Stretch[]; to: Stretch } | undefined {
  const late = hours.find((one) => one.day === day && one.from && one.to && minutes(one.to) < minutes(one.from));
  if (!late) return undefined;
  const to = { day: (day + 1) % DAYS.length, from: "00:00", to: late.to };
  const split = sorted([...hours.map((one) => (one === late ? { ...one, to: "24:00" } : one)), to]);
  return [day, to.day].every((on) => problemOf(split.filter((one) => one.day === on)) === null)
    ? { hours: split, to }
    : undefined;
}

/** Monday to Friday as this day is. */
export const likeDay = (hours: readonly Stretch[], day: number): Stretch[] =>
  sorted([
    ...hours.filter((one) => one.day >= WEEKDAYS),
    ...hours
      .filter((one) => one.day === day)
      .flatMap((one) => Array.from({ length: WEEKDAYS }, (_, other) => ({ ...one, day: other }))),
  ]);

/** Where a stretch stands in a day, in percent. */
export const placeIn = ({ from, to }: Stretch) => ({
  start: (minutes(from) / END) * 100,
  size: (Math.max(0, minutes(to) - minutes(from)) / END) * 100,
});

/** What is taken hold of in the picture of a stretch. */
export type Grip = "from" | "to" | "whole";
/** Minutes: a drag goes in such steps, and leaves no less. Fields are typed to the minute. */
const STEP = 15;

/** A stretch of a day as it is after a drag of its picture by so many minutes: it touches its neighbours at most, and stays within the day. */
export function dragged(ofDay: readonly Stretch[], nth: number, grip: Grip, by: number): Stretch {
  const one = ofDay[nth] as Stretch;
  const [from, to] = [minutes(one.from), minutes(one.to)];
  const others = ofDay.filter((_, at) => at !== nth);
  const floor = Math.max(0, ...others.map((other) => minutes(other.to)).filter((value) => value <= from));
  const ceiling = Math.min(END, ...others.map((other) => minutes(other.from)).filter((value) => value >= to));
  const held = grip === "to" ? to : from;
  // In steps of the clock, not of where it was taken; where it has not moved a step, it stays to the minute.
  const wanted = Math.abs(by) < STEP / 2 ? held : Math.round((held + by) / STEP) * STEP;
  const within = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));
  if (grip === "from") return { ...one, from: clockOf(within(wanted, floor, Math.max(floor, to - STEP))) };
  if (grip === "to") return { ...one, to: clockOf(within(wanted, Math.min(ceiling, from + STEP), ceiling)) };
  const start = within(wanted, floor, ceiling - (to - from));
  return { ...one, from: clockOf(start), to: clockOf(start + to - from) };
}

/** All of a week, in minutes. */
export const total = (hours: readonly Stretch[]) =>
  hours.reduce((sum, one) => sum + minutes(one.to) - minutes(one.from), 0);
