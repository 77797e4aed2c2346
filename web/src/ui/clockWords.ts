/* What a deadline looks like and says: one shape for answer targets and closing windows. Pure; the chip that draws it is ClockChip.tsx. */
import { fullTime, weekdayTime } from "./format";
import { t } from "./i18n";

export interface Deadline {
  due_at: string | null;
  due_kind: "reply" | "window" | null;
  due_from: string | null;
}

export interface ClockFace {
  /** The time is running out, or has. */
  tone: "calm" | "soon" | "late";
  shape: "round" | "square";
  /** How much of the time is left, 0 to 100. */
  left: number;
  words: string;
  sentence: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Of the whole time: less is soon. */
const SOON_SHARE = 0.35;
const WINDOW_SOON = 4 * HOUR;
const WINDOW_LATE = HOUR;

/** "14 min", "2 h 40", "15 h", "3 d". Past an hour it moves by the quarter. */
export function span(ms: number): string {
  if (ms < HOUR) return t("time.minutes", { count: Math.max(1, Math.floor(ms / MINUTE)) });
  if (ms >= DAY) return t("clock.days", { count: Math.floor(ms / DAY) });
  const quarters = Math.floor(ms / (15 * MINUTE));
  const hours = Math.floor(quarters / 4);
  const minutes = (quarters % 4) * 15;
  return minutes && hours < 10 ? t("clock.hours_minutes", { hours, minutes }) : t("clock.hours", { count: hours });
}

/** Null when there is no deadline. `now` by the server's clock. */
export function clockFace({ due_at, due_kind, due_from }: Deadline, now: number): ClockFace | null {
  if (!due_at || !due_kind) return null;
  const due = Date.parse(due_at);
  const left = due - now;
  const whole = Math.max(1, due - Date.parse(due_from ?? due_at));
  const share = Math.max(0, Math.min(1, left / whole));
  const time = fullTime(due_at);
  const isWindow = due_kind === "window";
  const face = { shape: isWindow ? "square" : "round", left: Math.round(share * 100) } as const;
  if (isWindow) {
    const sentence = t(left > 0 ? "clock.window_sentence" : "clock.closed_sentence", { time });
    const tone = left <= WINDOW_LATE ? "late" : left <= WINDOW_SOON ? "soon" : "calm";
    if (left <= 0) return { ...face, tone, words: t("clock.closed"), sentence };
    const words =
      left >= DAY ? t("clock.closes_on", { time: weekdayTime(due_at) }) : t("clock.closes", { span: span(left) });
    return { ...face, tone, words, sentence };
  }
  const sentence = t("clock.reply_sentence", { time, span: span(whole) });
  if (left <= 0) return { ...face, tone: "late", words: t("clock.late", { span: span(-left) }), sentence };
  const words =
    left >= DAY ? t("clock.reply_on", { time: weekdayTime(due_at) }) : t("clock.reply", { span: span(left) });
  return { ...face, tone: share <= SOON_SHARE ? "soon" : "calm", words, sentence };
}
