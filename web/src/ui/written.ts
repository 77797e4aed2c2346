/* Days and times as people write them, in English and in Norwegian ("tomorrow 9", "fre 14.30", "25.12. kl 9", "jan 5"), and as a field of the app shows
 * them. Pure. What a field holds is a day (2026-11-27), a clock (09:00) or both (2026-11-27T09:00), by whatever clock the field is meant. */
import { locale } from "./i18n";

export const MORNING = 8;
const EVENING = 18;
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAGER = ["søn", "man", "tir", "ons", "tor", "fre", "lør"];
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MAANEDER = ["jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des"];

/** Which year is meant where none is written: that of the next such day, or of the last one. */
export type Leaning = "coming" | "past";

export const daysOn = (now: Date, days: number, hour = MORNING, minute = 0): Date =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour, minute);

export const plainWords = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, " ");

/** "tomorrow", "mon 9", "friday at 14:30", "25 dec", "dec 25", "25.12. kl 9", "17:00", "i kveld". */
export function readDayAndClock(words: string, now: Date, leaning: Leaning = "coming"): Date | null {
  // The number behind a month is its day: "jan 5" is no time of day.
  const [rest, clock] = dayFirst(words) === words ? cutClock(words) : [words, null];
  const [hour, minute] = clock ?? [MORNING, 0];
  if (rest === "" && clock) {
    const today = daysOn(now, 0, hour, minute);
    return today > now ? today : daysOn(now, 1, hour, minute);
  }
  if (/^(today|i dag|idag)$/.test(rest)) return clock ? daysOn(now, 0, hour, minute) : null;
  if (/^(this evening|tonight|evening|i kveld|kveld)$/.test(rest)) return daysOn(now, 0, ...(clock ?? [EVENING, 0]));
  if (/^(tomorrow|tom|tmr|i morgen|imorgen|morgen)$/.test(rest)) return daysOn(now, 1, hour, minute);
  if (/^(next week|neste uke)$/.test(rest)) return daysOn(now, (8 - now.getDay()) % 7 || 7, hour, minute);
  const name = rest.replace(/^(next|on|neste|på) /, "");
  const weekday = [DAYS, DAGER].map((names) => nameIndex(names, name)).find((index) => index >= 0);
  if (weekday !== undefined) return daysOn(now, (weekday - now.getDay() + 7) % 7 || 7, hour, minute);
  return readDate(rest, now, leaning, hour, minute);
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

function readDate(written: string, now: Date, leaning: Leaning, hour: number, minute: number): Date | null {
  const rest = dayFirst(written);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(rest);
  if (iso) return real(Number(iso[1]), Number(iso[2]), Number(iso[3]), hour, minute);
  const match = /^(\d{1,2})(?:[./] ?(\d{1,2})\.?|(?:st|nd|rd|th|\.)? (\p{L}{3,}))(?:[./ ]{1,2}(\d{4}))?$/u.exec(rest);
  if (!match) return null;
  const month = match[2] ? Number(match[2]) : (monthOf(match[3] ?? "") ?? -1) + 1;
  const inYear = (year: number) => real(year, month, Number(match[1]), hour, minute);
  if (match[4]) return inYear(Number(match[4]));
  const year = now.getFullYear();
  const thisYear = inYear(year);
  if (thisYear && leaning === "coming" && thisYear <= now) return inYear(year + 1);
  return thisYear && leaning === "past" && thisYear > now ? inYear(year - 1) : thisYear;
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

const two = (value: number) => String(value).padStart(2, "0");

/** What a field for a day and a time holds, by the clock of this computer. */
export const fieldValue = (at: Date): string =>
  `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;

/** A day and a time; null: it cannot be told. */
export function readWhen(text: string, now: Date): string | null {
  const words = plainWords(text).replace(/^(\d{4}-\d\d-\d\d)t(?=\d\d:\d\d$)/, "$1 ");
  const at = readDayAndClock(words, now);
  return at && fieldValue(at);
}

/** A day; null: it cannot be told. */
export function readDay(text: string, now: Date, leaning: Leaning): string | null {
  const words = plainWords(text);
  const near = [/^(yesterday|i går|igår)$/, /^(today|i dag|idag)$/].findIndex((pattern) => pattern.test(words));
  const found = near >= 0 ? daysOn(now, near - 1) : words && readDayAndClock(`${words} 12:00`, now, leaning);
  return found ? fieldValue(found).slice(0, 10) : null;
}

/** A time of day: "9", "9.30", "0930", "9:30 pm"; null: it cannot be told. */
export function readClock(text: string): string | null {
  const words = plainWords(text).replace(/^(\d{1,2})(\d{2})$/, "$1:$2");
  const [rest, clock] = cutClock(words);
  return rest === "" && clock ? `${two(clock[0])}:${two(clock[1])}` : null;
}

/** Its parts as they stand there: whose clock it is by does not matter here. */
const inWords = (value: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale() === "nb" ? "nb-NO" : "en-GB", { ...options, timeZone: "UTC" }).format(
    new Date(`${value}Z`),
  );

/** "09:00", "09.00". */
export const writeClock = (clock: string): string => (locale() === "nb" ? clock.replace(":", ".") : clock);

/** "27 Nov 2026", "27. nov. 2026". */
export const writeDay = (day: string): string =>
  inWords(`${day}T00:00`, { day: "numeric", month: "short", year: "numeric" });

/** "27 Nov 2026, 09:00", "27. nov. 2026 kl. 09.00". */
export const writeWhen = (value: string): string =>
  `${writeDay(value.slice(0, 10))}${locale() === "nb" ? " kl. " : ", "}${writeClock(value.slice(11, 16))}`;
