/* Times that people choose from: soon, tomorrow morning, Monday morning; and what a date field holds. All in the reader's own time zone. */

export interface Preset {
  id: "hours" | "evening" | "tomorrow" | "monday" | "week";
  at: Date;
}

const MORNING = 8;
const EVENING = 18;

/** What is offered at this moment, the soonest first; never two that are the same. */
export function presets(now: Date): Preset[] {
  const at = (days: number, hour: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour, 0, 0, 0);
  const inHours = new Date(now.getTime() + 3 * 3_600_000);
  inHours.setMinutes(Math.ceil(inHours.getMinutes() / 5) * 5, 0, 0);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const found: Preset[] = [{ id: "hours", at: inHours }];
  if (now.getHours() < EVENING - 4) found.push({ id: "evening", at: at(0, EVENING) });
  found.push({ id: "tomorrow", at: at(1, MORNING) });
  if (toMonday > 1) found.push({ id: "monday", at: at(toMonday, MORNING) });
  if (toMonday !== 7) found.push({ id: "week", at: at(7, MORNING) });
  return found;
}

/** Null for what is no time. */
export function fromField(value: string): Date | null {
  const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? new Date(value) : null;
  return date && !Number.isNaN(date.getTime()) ? date : null;
}
