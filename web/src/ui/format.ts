/* Times, sizes, names and numbers in the reader's language, all through `Intl`. */
import { locale, t } from "./i18n";

const cache = new Map<string, unknown>();

/** Making a formatter costs a hundred times what using one does. */
function kept<T>(name: string, make: (tag: string) => T): T {
  const key = locale() + name;
  if (!cache.has(key)) cache.set(key, make(locale() === "en" ? "en-GB" : "nb-NO"));
  return cache.get(key) as T;
}

function format(date: Date, options: Intl.DateTimeFormatOptions): string {
  const said = kept(`date ${JSON.stringify(options)}`, (tag) => new Intl.DateTimeFormat(tag, options)).format(date);
  return locale() === "nb" ? norwegian(said) : said;
}

/** Norwegian writes "kl. 11.43", held together; the data that browsers bring say "11:43" since 2023, older ones "11.43". */
const norwegian = (time: string) => time.replace(/(\d):(?=\d\d)/g, "$1.").replace("kl. ", "kl.\u00a0");

const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const daysBetween = (from: Date, to: Date) => Math.round((startOfDay(to) - startOfDay(from)) / 86_400_000);

export const clock = (date: Date) => format(date, { hour: "2-digit", minute: "2-digit" });

/** For rows: "now", "42 min", "09:58", "Yesterday", "Tue", "3 Nov", "3 Nov 2025". */
export function rowTime(iso: string, now: Date): string {
  const date = new Date(iso);
  const minutes = Math.floor((now.getTime() - date.getTime()) / 60_000);
  if (minutes < 1) return t("time.now");
  if (minutes < 60) return t("time.minutes", { count: minutes });
  const days = daysBetween(date, now);
  if (days <= 0) return clock(date);
  if (days === 1) return t("time.yesterday");
  if (days < 7) return format(date, { weekday: "short" });
  return shortDate(date, now);
}

function shortDate(date: Date, now: Date): string {
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return format(date, { day: "numeric", month: "short", year });
}

/** For messages: the clock today, else date and clock. */
export function messageTime(iso: string, now: Date): string {
  const date = new Date(iso);
  return daysBetween(date, now) <= 0 ? clock(date) : `${shortDate(date, now)}, ${clock(date)}`;
}

/** Within a sentence: "09:41" today, else "3 Nov, 09:41"; in Norwegian "kl. 09.41", "3. nov. kl. 09.41". */
export function timeInSentence(iso: string, now: Date): string {
  const date = new Date(iso);
  const isNorwegian = locale() === "nb";
  const time = isNorwegian ? `kl.\u00a0${clock(date)}` : clock(date);
  if (daysBetween(date, now) === 0) return time;
  return `${shortDate(date, now)}${isNorwegian ? "" : ","} ${time}`;
}

const HOUR_MIN = 60;

/** How long something lasts, in one or two words: "48 min", "2 h 40", "23 h", "3 d". */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < HOUR_MIN) return t("time.minutes", { count: minutes });
  const hours = Math.floor(minutes / HOUR_MIN);
  const rest = minutes % HOUR_MIN;
  if (hours < 4 && rest) return t("time.hours_minutes", { hours, minutes: rest });
  return hours < 48 ? t("time.hours", { count: hours }) : t("time.days", { count: Math.floor(hours / 24) });
}

/** Within a sentence: "just now", "7 min ago", "3 hr ago", "yesterday", "4 days ago", "3 Nov". */
export function ago(iso: string, now: Date): string {
  const date = new Date(iso);
  const minutes = Math.floor((now.getTime() - date.getTime()) / 60_000);
  if (minutes < 1) return t("time.just_now");
  const words = kept("ago", (tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto", style: "short" }));
  if (minutes < HOUR_MIN) return words.format(-minutes, "minute");
  const days = daysBetween(date, now);
  if (days <= 0) return words.format(-Math.floor(minutes / HOUR_MIN), "hour");
  return days < 7 ? words.format(-days, "day") : shortDate(date, now);
}

/** Within a sentence, past or to come: "6 min ago", or "14 Feb", "14 Feb 2027". */
export const agoOrDate = (iso: string, now: Date): string =>
  new Date(iso) > now ? shortDate(new Date(iso), now) : ago(iso, now);

/** The clock in another place. */
export const clockIn = (date: Date, timeZone: string) => format(date, { hour: "2-digit", minute: "2-digit", timeZone });

/** For a line between days: "Today", "Yesterday", "Tuesday", "Tuesday 3 November", with the year when it is another one. */
export function dayName(iso: string, now: Date): string {
  const date = new Date(iso);
  const days = daysBetween(date, now);
  if (days === 0) return t("time.today");
  if (days === 1) return t("time.yesterday");
  if (days > 1 && days < 7) return format(date, { weekday: "long" });
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return format(date, { weekday: "long", day: "numeric", month: "long", year });
}

/** For deadlines: "Fri 16:00". */
export const weekdayTime = (iso: string) =>
  format(new Date(iso), { weekday: "short", hour: "2-digit", minute: "2-digit" });

/** A moment to come: "18:00", "Tomorrow 08:00", "Fri 09:00" within a week, "27 Nov, 09:00" after that. */
export function moment(iso: string, now: Date): string {
  const date = new Date(iso);
  const days = daysBetween(now, date);
  if (days === 0) return clock(date);
  if (days === 1) return `${t("time.tomorrow")} ${clock(date)}`;
  if (days > 1 && days < 7) return `${format(date, { weekday: "short" })} ${clock(date)}`;
  return `${shortDate(date, now)}, ${clock(date)}`;
}

/** For titles and screen readers: the whole moment. */
export function fullTime(iso: string): string {
  return format(new Date(iso), { dateStyle: "full", timeStyle: "short" });
}

/** A moment to come, short: "18:00" today, else "Fri 27 Nov, 08:00". */
export function fullMoment(date: Date, now: Date = new Date(), timeZone?: string): string {
  const clockThere = timeZone ? clockIn(date, timeZone) : clock(date);
  if (!timeZone && daysBetween(now, date) === 0) return clockThere;
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return `${format(date, { weekday: "short", day: "numeric", month: "short", year, timeZone })}, ${clockThere}`;
}

/** "Monday"; 0 is Monday, as on the wire. */
export const weekdayName = (weekday: number) => {
  const name = format(new Date(2024, 0, 1 + weekday), { weekday: "long" });
  return name.charAt(0).toLocaleUpperCase(locale()) + name.slice(1);
};

/** "Mon"; 0 is Monday. */
export const shortWeekday = (weekday: number) => format(new Date(2024, 0, 1 + weekday), { weekday: "short" });

/** What `Intl` takes for a country; of anything else it would throw. */
const isRegion = /^[A-Z]{2}$/;

/** "Norway" for "NO"; the code where it has no name. */
export const countryName = (code: string): string =>
  (isRegion.test(code) && kept("country", (tag) => new Intl.DisplayNames(tag, { type: "region" })).of(code)) || code;

const isLanguage = /^[a-z]{2,3}$/;

/** "Norwegian" for "no"; the code where it has no name. */
export const languageName = (code: string): string =>
  (isLanguage.test(code) && kept("language", (tag) => new Intl.DisplayNames(tag, { type: "language" })).of(code)) ||
  code;

/** "26 November 2026". */
export const longDate = (date: Date) => format(date, { dateStyle: "long" });
export const day = (iso: string) => format(new Date(iso), { dateStyle: "medium" });

export function number(value: number): string {
  return kept("number", (tag) => new Intl.NumberFormat(tag)).format(value);
}

/** "Jonas", "Jonas and Sara", "Jonas, Sara and Ola". */
export function nameList(names: readonly string[]): string {
  return kept("list", (tag) => new Intl.ListFormat(tag, { type: "conjunction" })).format(names);
}

export function percent(share: number): string {
  return kept("percent", (tag) => new Intl.NumberFormat(tag, { style: "percent" })).format(share);
}

const UNITS = ["kilobyte", "megabyte", "gigabyte"] as const;

export function fileSize(bytes: number): string {
  // A file with something in it has no size of 0.
  let size = bytes > 0 ? Math.max(bytes / 1000, 0.1) : 0;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  return new Intl.NumberFormat(locale() === "en" ? "en-GB" : "nb-NO", {
    style: "unit",
    unit: UNITS[unit],
    unitDisplay: "short",
    maximumFractionDigits: size < (unit === 0 ? 1 : 10) ? 1 : 0,
  }).format(size);
}

/** "Maja Lindqvist" → "ML"; an address gives its first letter; nothing gives "". */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const first = words[0];
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  if (!first) return "";
  const letter = (word: string) => String.fromCodePoint(word.codePointAt(0) ?? 32).toLocaleUpperCase(locale());
  return letter(first) + (last && !name.includes("@") ? letter(last) : "");
}

/** One of eight avatar colours, the same for a person everywhere. */
export function tint(seed: string): number {
  let hash = 7;
  for (const char of seed) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % 8;
}

/** Hebrew, Arabic and their neighbours. */
export const hasRightToLeft = (text: string): boolean => /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(text);
