/* Times, sizes, names and numbers in the reader's language, all through `Intl`. */
import { locale, t } from "./i18n";

const cache = new Map<string, Intl.DateTimeFormat>();

function format(date: Date, options: Intl.DateTimeFormatOptions): string {
  const key = locale() + JSON.stringify(options);
  let made = cache.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale() === "en" ? "en-GB" : "nb-NO", options);
    cache.set(key, made);
  }
  return made.format(date);
}

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

/** For titles and screen readers: the whole moment. */
export function fullTime(iso: string): string {
  return format(new Date(iso), { dateStyle: "full", timeStyle: "short" });
}

export const day = (iso: string) => format(new Date(iso), { dateStyle: "medium" });

export function number(value: number): string {
  return new Intl.NumberFormat(locale() === "en" ? "en-GB" : "nb-NO").format(value);
}

export function percent(share: number): string {
  return new Intl.NumberFormat(locale() === "en" ? "en-GB" : "nb-NO", { style: "percent" }).format(share);
}

const UNITS = ["kilobyte", "megabyte", "gigabyte"] as const;

export function fileSize(bytes: number): string {
  let size = bytes / 1000;
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
