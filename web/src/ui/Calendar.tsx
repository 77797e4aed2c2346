/* A month to choose a day from, with the keys of the ARIA guide's date picker: arrows, Home and End, Page Up and Page Down. The week begins on Monday. */
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { IconButton } from "./Button";
import { shortWeekday, weekdayName } from "./format";
import { locale, t } from "./i18n";
import { fieldValue } from "./written";

interface Props {
  /** As 2026-11-27; "": none is chosen. */
  value: string;
  /** No day before it can be chosen. */
  min?: string;
  onChoose: (day: string) => void;
}

const DAY_MS = 86_400_000;
// By UTC, in which every day has 24 hours: it is about days alone.
const dateOf = (day: string) => new Date(`${day}T00:00Z`);
const dayOf = (date: Date) => date.toISOString().slice(0, 10);
const plus = (day: string, days: number) => dayOf(new Date(dateOf(day).getTime() + days * DAY_MS));
/** Since Monday. */
const inWeek = (day: string) => (dateOf(day).getUTCDay() + 6) % 7;
const said = (day: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale() === "nb" ? "nb-NO" : "en-GB", { ...options, timeZone: "UTC" }).format(dateOf(day));

/** The same day of another month, or its last. */
function inMonth(day: string, months: number): string {
  const date = dateOf(day);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0));
  return dayOf(new Date(last.setUTCDate(Math.min(date.getUTCDate(), last.getUTCDate()))));
}

export default function Calendar({ value, min = "", onChoose }: Props) {
  const id = useId();
  const today = fieldValue(new Date()).slice(0, 10);
  const [at, setAt] = useState(value || today);
  const grid = useRef<HTMLTableElement>(null);
  const hasMoved = useRef(true); // it begins in the day
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus goes with the day
  useEffect(() => {
    if (hasMoved.current) grid.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus();
    hasMoved.current = false;
  }, [at]);
  const first = `${at.slice(0, 8)}01`;
  const begins = plus(first, -inWeek(first));
  // Six, whatever the month: nothing moves under the pointer.
  const weeks = [0, 1, 2, 3, 4, 5].map((week) => plus(begins, week * 7));
  const onKeyDown = (event: KeyboardEvent) => {
    const days: Record<string, string> = {
      ArrowLeft: plus(at, -1),
      ArrowRight: plus(at, 1),
      ArrowUp: plus(at, -7),
      ArrowDown: plus(at, 7),
      Home: plus(at, -inWeek(at)),
      End: plus(at, 6 - inWeek(at)),
      PageUp: inMonth(at, event.shiftKey ? -12 : -1),
      PageDown: inMonth(at, event.shiftKey ? 12 : 1),
    };
    const next = days[event.key];
    if (!next) return;
    event.preventDefault();
    hasMoved.current = true;
    setAt(next);
  };
  return (
    <div className="calendar">
      <div className="calendarhead">
        <IconButton label={t("when.month_before")} onClick={() => setAt(inMonth(at, -1))}>
          <ChevronLeft />
        </IconButton>
        <span id={id} className="strong" aria-live="polite">
          {said(at, { month: "long", year: "numeric" })}
        </span>
        <IconButton label={t("when.month_after")} onClick={() => setAt(inMonth(at, 1))}>
          <ChevronRight />
        </IconButton>
      </div>
      <table role="grid" aria-labelledby={id} ref={grid} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            {[0, 1, 2, 3, 4, 5, 6].map((weekday) => (
              <th key={weekday} scope="col" abbr={weekdayName(weekday)}>
                {shortWeekday(weekday).slice(0, 2)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((monday) => (
            <tr key={monday}>
              {[0, 1, 2, 3, 4, 5, 6].map((weekday) => {
                const day = plus(monday, weekday);
                return (
                  // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
                  <td key={day} role="gridcell" aria-selected={day === value}>
                    <button
                      type="button"
                      tabIndex={day === at ? 0 : -1}
                      className={day.slice(0, 7) === at.slice(0, 7) ? "" : "muted"}
                      aria-label={said(day, { weekday: "long", day: "numeric", month: "long", year: "numeric" })}
                      aria-current={day === today ? "date" : undefined}
                      aria-disabled={day < min || undefined}
                      onClick={() => day >= min && onChoose(day)}
                    >
                      {Number(day.slice(8))}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
