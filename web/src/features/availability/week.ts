/* The hours of a week as they are edited: pure, tested. A stretch ends at 24:00 at the latest; a field for a time cannot say that, so there midnight as an
 * end is 00:00. */
import type { Plan } from "../../api/types";

export type Stretch = NonNullable<Plan["hours"]>[number];

export const DAYS = [0, 1, 2, 3, 4, 5, 6] as const;
const WEEKDAYS = 5;
export const USUAL: Stretch[] = [0, 1, 2, 3, 4].map((day) => ({ day, from: "09:00", to: "17:00" }));

export const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const END = 24 * 60;
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

/** One more stretch on a day: usual hours on a free one, else after an hour's break. Undefined: the day is full. */
export function another(hours: readonly Stretch[], day: number): Stretch | undefined {
  const last = sorted(hours.filter((one) => one.day === day)).at(-1);
  if (!last) return { day, from: "09:00", to: "17:00" };
  const from = minutes(last.to) + 60;
  return from + 30 > END ? undefined : { day, from: clockOf(from), to: clockOf(Math.min(END, from + 4 * 60)) };
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

/** All of a week, in minutes. */
export const total = (hours: readonly Stretch[]) =>
  hours.reduce((sum, one) => sum + minutes(one.to) - minutes(one.from), 0);
