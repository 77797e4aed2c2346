/* A field for a day, or for a day and a time, in the language of the app: a browser's own follows the browser, and 05/12 is not the same day in all of them.
 * It takes what people write ("tomorrow 9", "5 jan") and shows how it was understood; a calendar hangs at its end. Read next: written.ts. */
import { CalendarDays } from "lucide-react";
import { type InputHTMLAttributes, lazy, useLayoutEffect, useRef, useState } from "react";
import { Field } from "./Field";
import { t, withWords } from "./i18n";
import { Popover } from "./Popover";
import { fieldValue, type Leaning, readClock, readDay, readWhen, writeClock, writeDay, writeWhen } from "./written";
import "./when.css";

const Calendar = lazy(withWords(() => import("./Calendar")));

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange" | "type" | "min"> {
  label: string;
  /** As 2026-11-27, or 2026-11-27T09:00; "": nothing. */
  value: string;
  /** null: what stands there cannot be told. */
  onChange: (value: string | null) => void;
  /** A day alone; a day without its year is one to come, or one that was. */
  day?: Leaning;
  /** The first day that can be chosen in the calendar. */
  min?: string;
  hint?: string;
  error?: string | null;
}

export function WhenField({ value, onChange, day, min, hint, error, ...input }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  /** What is being written; null: the value stands there in words. */
  const [typed, setTyped] = useState<string | null>(null);
  const [isLeft, setLeft] = useState(false);
  const read = (text: string) => (day ? readDay(text, new Date(), day) : readWhen(text, new Date()));
  const write = (of: string) => (of ? (day ? writeDay(of) : writeWhen(of)) : "");
  const isUnread = typed !== null && typed.trim() !== "" && read(typed) === null;
  const example = write(fieldValue(new Date()).slice(0, day ? 10 : 16));
  const unread = isUnread ? t("when.unread", { example }) : "";
  // A form is not sent with what nobody understands.
  useLayoutEffect(() => frame.current?.querySelector("input")?.setCustomValidity(unread), [unread]);
  const choose = (chosen: string) => {
    setTyped(null);
    onChange(day ? chosen : `${chosen}T${value.slice(11, 16) || "08:00"}`);
  };
  return (
    <div className="when" ref={frame}>
      <Field
        {...input}
        autoComplete="off"
        spellCheck={false}
        placeholder={example}
        value={typed ?? write(value)}
        hint={hint}
        error={error || (isLeft && unread) || null}
        onChange={({ target }) => {
          setTyped(target.value);
          setLeft(false);
          onChange(target.value.trim() ? read(target.value) : "");
        }}
        onBlur={() => {
          setLeft(true);
          if (!isUnread) setTyped(null);
        }}
        after={
          input.readOnly || input.disabled ? null : (
            <Popover
              label={t("when.calendar_of", { name: input.label })}
              name={t("when.calendar_of", { name: input.label })}
              title={t("when.calendar")}
              className="iconbtn"
              trigger={<CalendarDays />}
            >
              {(close) => (
                <Calendar
                  value={value.slice(0, 10)}
                  min={min?.slice(0, 10)}
                  onChoose={(chosen) => {
                    choose(chosen);
                    close();
                  }}
                />
              )}
            </Popover>
          )
        }
      />
    </div>
  );
}

interface ClockProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange" | "type"> {
  /** As 09:00; "": nothing. */
  value: string;
  onChange: (value: string) => void;
}

const QUARTER_MIN = 15;
const DAY_MIN = 24 * 60;

/** The bare input for a time of day: "9", "0930" and "9.30" are understood when it is left, the arrows go on by a quarter of an hour. */
export function ClockInput({ value, onChange, onBlur, ...input }: ClockProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const step = (by: 1 | -1) => {
    const [hours = 0, minutes = 0] = value.split(":").map(Number);
    const quarters = (hours * 60 + minutes) / QUARTER_MIN;
    const next = by > 0 ? Math.floor(quarters) + 1 : Math.ceil(quarters) - 1;
    const at = (next * QUARTER_MIN + DAY_MIN) % DAY_MIN;
    setTyped(null);
    onChange(`${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`);
  };
  return (
    <input
      {...input}
      type="text"
      inputMode="numeric"
      autoComplete="off"
      maxLength={8}
      size={5}
      value={typed ?? writeClock(value)}
      onChange={({ target }) => {
        setTyped(target.value);
        const whole = /^\d{1,2}[:.]\d{2}$|^\d{4}$/.test(target.value.trim()) ? readClock(target.value) : null;
        if (whole) onChange(whole);
      }}
      onKeyDown={(event) => {
        if (input.readOnly || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
        event.preventDefault();
        step(event.key === "ArrowUp" ? 1 : -1);
      }}
      onBlur={(event) => {
        const meant = typed === null ? null : readClock(typed);
        if (meant && meant !== value) onChange(meant);
        setTyped(null);
        onBlur?.(event);
      }}
    />
  );
}
