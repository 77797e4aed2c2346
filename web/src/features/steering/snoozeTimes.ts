/* When a snooze may end: sensible moments to choose from, and what people write, in English and in Norwegian ("tomorrow 9", "fre 14.30", "om 2 timer").
 * Pure, in the reader's own time zone. Read next: ui/written.ts. */
import { daysOn, plainWords, readDayAndClock } from "../../ui/written";

export type SnoozeName = "hour" | "evening" | "tomorrow" | "monday" | "week";

export interface SnoozeChoice {
  name: SnoozeName;
  at: Date;
}

const EVENING = 18;
const MINUTE = 60_000;
/** As far ahead as the server takes it. */
const DAYS_MAX = 3660;

/** What is offered now: nothing that is past, and nothing twice. */
export function snoozeChoices(now: Date): SnoozeChoice[] {
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const choices: SnoozeChoice[] = [{ name: "hour", at: new Date(now.getTime() + 60 * MINUTE) }];
  if (now.getHours() < EVENING - 1) choices.push({ name: "evening", at: daysOn(now, 0, EVENING) });
  choices.push({ name: "tomorrow", at: daysOn(now, 1) });
  if (toMonday > 1) choices.push({ name: "monday", at: daysOn(now, toMonday) });
  if (toMonday < 7) choices.push({ name: "week", at: daysOn(now, 7) });
  return choices;
}

/** The moment that somebody wrote; null when it cannot be told, is past or too far away. */
export function readMoment(text: string, now: Date): Date | null {
  const words = plainWords(text);
  const found = readSpan(words, now) ?? readDayAndClock(words, now);
  return found && found > now && found < daysOn(now, DAYS_MAX) ? found : null;
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
