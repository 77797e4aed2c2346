/* Times as a clock elsewhere shows them, for fields of a form: what is typed there is meant there. */

const MINUTE_MS = 60_000;

/** The value of a field for date and time (as 2026-11-27T09:00) by the clock of a time zone. */
export function fieldIn(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  return `${of("year").padStart(4, "0")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
}

/** The moment at which the clock of a time zone shows this. An hour that a clock skips counts as the one after it, one that it shows twice as the first; what is no
 * time is an invalid date. */
export function momentIn(field: string, timeZone: string): Date {
  const wanted = Date.parse(`${field}Z`);
  if (Number.isNaN(wanted)) return new Date(Number.NaN);
  const offset = (at: number) =>
    Date.parse(`${fieldIn(new Date(at), timeZone)}Z`) - Math.floor(at / MINUTE_MS) * MINUTE_MS;
  // The zone's offset a day before and a day after are the only two that can hold then.
  const offsets = [offset(wanted - 86_400_000), offset(wanted + 86_400_000)];
  const found = offsets
    .map((one) => wanted - one)
    .filter((at) => Date.parse(`${fieldIn(new Date(at), timeZone)}Z`) === wanted);
  return new Date(found.length ? Math.min(...found) : wanted - Math.min(...offsets));
}
