/* When a snooze may end: sensible moments to choose from, and what people write, in English and in Norwegian ("tomorrow 9", "fre 14.30", "om 2 timer").
 * Pure, in the reader's own time zone. */

export type SnoozeName = "hour" | "evening" | "tomorrow" | "monday" | "week";

export interface SnoozeChoice {
  name: SnoozeName;
  at: Date;
}

export const MORNING = 8;
const EVENING = 18;
const MINUTE = 60_000;
/** As far ahead as the server takes it. */
const DAYS_MAX = 3660;
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAGER = ["søn", "man", "tir", "ons", "tor", "fre", "lør"];
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MAANEDER = ["jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des"];

function day(now: Date, days: number, hour = MORNING, minute = 0): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour, minute);
}

/** What is offered now: nothing that is past, and nothing twice. */
export function snoozeChoices(now: Date): SnoozeChoice[] {
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const choices: SnoozeChoice[] = [{ name: "hour", at: new Date(now.getTime() + 60 * MINUTE) }];
  if (now.getHours() < EVENING - 1) choices.push({ name: "evening", at: day(now, 0, EVENING) });
  choices.push({ name: "tomorrow", at: day(now, 1) });
  if (toMonday > 1) choices.push({ name: "monday", at: day(now, toMonday) });
  if (toMonday < 7) choices.push({ name: "week", at: day(now, 7) });
  return choices;
}

/** The moment that somebody wrote; null when it cannot be told, is past or too far away. */
export function readMoment(text: string, now: Date): Date | null {
  const words = text.trim().toLowerCase().replace(/\s+/g, " ");
  const found = readSpan(words, now) ?? readDay(words, now);
  return found && found > now && found < day(now, DAYS_MAX) ? found : null;
}

const UNITS: [RegExp, number][] = [
  [/^(m|min|mins|minutes?|minutt(er)?)$/, 1],
  [/^(h|hr|hrs|hours?|t|timer?)$/, 60],
  [/^(d|days?|dag(er)?|døgn)$/, 60 * 24],
  [/^(w|weeks?|uker?)$/, 60 * 24 * 7],
];

/** "2 h", "in 30 min", "om 3 dager", "90m". */
function readSpan(words: string, now: Date): Date | null {
  const match = /^(?:in |om )?(\d{1,4}|an?|en|ei|et) ?(\p{L}+)$/u.exec(words);
  if (!match) return null;
  const unit = UNITS.find(([pattern]) => pattern.test(match[2] ?? ""))?.[1];
  if (!unit) return null;
  const count = /^\d/.test(match[1] ?? "") ? Number(match[1]) : 1;
  return new Date(now.getTime() + count * unit * MINUTE);
}

/** "tomorrow", "mon 9", "friday at 14:30", "25 dec", "dec 25", "25.12. kl 9", "17:00", "i kveld". */
function readDay(words: string, now: Date): Date | null {
  // The number behind a month is its day: "jan 5" is no time of day.
  const [rest, clock] = dayFirst(words) === words ? cutClock(words) : [words, null];
  const [hour, minute] = clock ?? [MORNING, 0];
  if (rest === "" && clock) {
    const today = day(now, 0, hour, minute);
    return today > now ? today : day(now, 1, hour, minute);
  }
  if (/^(today|i dag|idag)$/.test(rest)) return clock ? day(now, 0, hour, minute) : null;
  if (/^(this evening|tonight|evening|i kveld|kveld)$/.test(rest)) return day(now, 0, ...(clock ?? [EVENING, 0]));
  if (/^(tomorrow|tom|tmr|i morgen|imorgen|morgen)$/.test(rest)) return day(now, 1, hour, minute);
  if (/^(next week|neste uke)$/.test(rest)) return day(now, (8 - now.getDay()) % 7 || 7, hour, minute);
  const name = rest.replace(/^(next|on|neste|på) /, "");
  const weekday = [DAYS, DAGER].map((names) => nameIndex(names, name)).find((index) => index >= 0);
  if (weekday !== undefined) return day(now, (weekday - now.getDay() + 7) % 7 || 7, hour, minute);
  return readDate(rest, now, hour, minute);
}

/** "mon", "monday", "mandag": at least three letters of the name. */
function nameIndex(names: readonly string[], written: string): number {
  return /^\p{L}{3,}$/u.test(written) ? names.findIndex((name) => written.startsWith(name)) : -1;
}

const monthOf = (written: string) =>
  [MONTHS, MAANEDER].map((names) => nameIndex(names, written)).find((index) => index >= 0);

/** "jan 5", "on january 5th, 2028" as "5 jan", "5 january 2028"; everything else as it is. */
function dayFirst(written: string): string {
  const match = /^(?:on |på )?(\p{L}{3,})\.? (\d{1,2})(?:st|nd|rd|th|\.)?(?:,? (\d{4}))?$/u.exec(written);
  if (!match || monthOf(match[1] ?? "") === undefined) return written;
  return [match[2], match[1], match[3]].filter(Boolean).join(" ");
}

function readDate(written: string, now: Date, hour: number, minute: number): Date | null {
  const rest = dayFirst(written);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(rest);
  if (iso) return real(Number(iso[1]), Number(iso[2]), Number(iso[3]), hour, minute);
  const match = /^(\d{1,2})(?:[./] ?(\d{1,2})\.?|(?:st|nd|rd|th|\.)? (\p{L}{3,}))(?:[./ ]{1,2}(\d{4}))?$/u.exec(rest);
  if (!match) return null;
  const month = match[2] ? Number(match[2]) : (monthOf(match[3] ?? "") ?? -1) + 1;
  if (match[4]) return real(Number(match[4]), month, Number(match[1]), hour, minute);
  const thisYear = real(now.getFullYear(), month, Number(match[1]), hour, minute);
  return thisYear && thisYear <= now ? real(now.getFullYear() + 1, month, Number(match[1]), hour, minute) : thisYear;
}

/** Null for the 31st of February. */
function real(year: number, month: number, date: number, hour: number, minute: number): Date | null {
  const made = new Date(year, month - 1, date, hour, minute);
  return made.getMonth() === month - 1 && made.getDate() === date ? made : null;
}

/** The words without the time of day at their end, and that time. */
function cutClock(words: string): [string, [number, number] | null] {
  const match = /^(.*?)(?:^|[ ,])(?:at |kl\.? ?)?(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?$/.exec(words);
  if (!match) return [words, null];
  const before = (match[1] ?? "").trim().replace(/,$/, "");
  // "25 dec" has its number in front; "25.12" is a day, unless something else says the day.
  if (before === "" && match[3] !== undefined && words.includes(".") && Number(match[3]) <= 12 && Number(match[2]) > 23)
    return [words, null];
  let hour = Number(match[2]);
  if (match[4] === "pm" && hour < 12) hour += 12;
  if (match[4] === "am" && hour === 12) hour = 0;
  const minute = Number(match[3] ?? 0);
  return hour > 23 || minute > 59 ? [words, null] : [before, [hour, minute]];
}

/** For a field of type datetime-local. */
export function fieldValue(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
