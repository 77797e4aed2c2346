/* Two clocks: hours and absences are meant by the clock where somebody works, and whoever reads them lives by their own. Pure, tested. */
import { clockIn, fullMoment, shortWeekday } from "../../ui/format";
import { t } from "../../ui/i18n";
import { fieldIn, momentIn } from "../../ui/zoned";
import type { Stretch } from "./week";

const DAY_MS = 86_400_000;

/** "Lord Howe" of "Australia/Lord_Howe". */
export const placeOf = (zone: string) => zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");

/** Do the two clocks show another time then? */
export const differ = (at: Date, zone: string, here: string) => fieldIn(at, zone) !== fieldIn(at, here);

/** A stretch of hours by the clock here, in the week that comes: "01:00–09:00", with its days where they are others: "Sun 16:00–Mon 00:00".
 * Undefined where it is the same by both. */
export function stretchHere(one: Stretch, zone: string, here: string, now = new Date()): string | undefined {
  const today = new Date(`${fieldIn(now, zone).slice(0, 10)}T00:00Z`);
  const days = (one.day - ((today.getUTCDay() + 6) % 7) + 7) % 7;
  const there = (clockThere: string) => {
    const date = new Date(today.getTime() + (days + (clockThere === "24:00" ? 1 : 0)) * DAY_MS).toISOString();
    return momentIn(`${date.slice(0, 10)}T${clockThere === "24:00" ? "00:00" : clockThere}`, zone);
  };
  const [from, to] = [there(one.from), there(one.to)];
  if (!differ(from, zone, here) && !differ(to, zone, here)) return undefined;
  const dayHere = (at: Date) => (new Date(`${fieldIn(at, here).slice(0, 10)}T00:00Z`).getUTCDay() + 6) % 7;
  const [first, last] = [dayHere(from), dayHere(to)];
  const begins = first === one.day ? clockIn(from, here) : `${shortWeekday(first)} ${clockIn(from, here)}`;
  const ends = last === first ? clockIn(to, here) : `${shortWeekday(last)} ${clockIn(to, here)}`;
  return `${begins}–${ends}`;
}

/** "Fri 27 Nov, 09:00 in Tokyo": a moment by the clock there, where the reader's shows another. */
export function momentThere(iso: string, zone: string, here: string, now = new Date()): string | undefined {
  const at = new Date(iso);
  if (!differ(at, zone, here)) return undefined;
  const isSameDay = fieldIn(at, zone).slice(0, 10) === fieldIn(at, here).slice(0, 10);
  const time = isSameDay ? clockIn(at, zone) : fullMoment(at, now, zone);
  return t("availability.in_place", { time, place: placeOf(zone) });
}
