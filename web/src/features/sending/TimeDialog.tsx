/* Chooses a time: to send later, to snooze until, to be reminded at. */
import { Hourglass } from "lucide-react";
import { useState } from "react";
import { createPortal } from "react-dom";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { fullTime, moment } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { WhenField } from "../../ui/WhenField";
import { fieldValue } from "../../ui/written";
import { fromField, type Preset, presets } from "./times";

export type TimeKind = "later" | "snooze" | "remind_send" | "remind";

interface Props {
  kind: TimeKind;
  /** When the channel's reply window closes; null: there is none. */
  closesAt: Date | null;
  /** `at` null: until the customer answers. */
  onChoose: (at: Date | null, evenIfAnswered: boolean) => void;
  onClose: () => void;
}

const TITLES: Record<TimeKind, MessageId> = {
  later: "sending.later_title",
  snooze: "sending.snooze_title",
  remind_send: "sending.remind_send_title",
  remind: "sending.remind_title",
};
const BUTTONS: Record<TimeKind, MessageId> = {
  later: "sending.later_do",
  snooze: "sending.snooze_do",
  remind_send: "sending.remind_send_do",
  remind: "sending.remind_do",
};
const PRESETS: Record<Preset["id"], MessageId> = {
  hours: "sending.preset_hours",
  evening: "sending.preset_evening",
  tomorrow: "sending.preset_tomorrow",
  monday: "sending.preset_monday",
  week: "sending.preset_week",
};
const YEAR_MS = 366 * 86_400_000;

export default function TimeDialog({ kind, closesAt, onChoose, onClose }: Props) {
  const [now] = useState(() => new Date());
  const offered = presets(now);
  const [value, setValue] = useState(() => fieldValue(offered.find((one) => one.id === "tomorrow")?.at ?? now));
  const [isAnyway, setAnyway] = useState(false);
  const [isTried, setTried] = useState(false);
  const at = fromField(value);
  const isWrong = !at || at.getTime() <= Date.now() || at.getTime() > now.getTime() + YEAR_MS;
  // An answer for after the end would not leave, unless the customer's own words open the window again; a reminder is only of less use then.
  const isAfter = (date: Date) => closesAt !== null && date >= closesAt;
  const isTooLate = (date: Date) => kind === "later" && !isAnyway && isAfter(date);
  const isRefused = isTried && (isWrong || isTooLate(at));
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // In the page it stands outside the composer: a form may not stand in a form.
  return createPortal(
    <Dialog title={t(TITLES[kind])} onClose={onClose}>
      <form
        className="timedialog"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation(); // in the tree of components it stands in the composer's form
          setTried(true);
          if (at && !isWrong && !isTooLate(at)) onChoose(at, isAnyway);
        }}
      >
        {closesAt && kind !== "snooze" ? (
          <p className="banner warn" role="status">
            <Hourglass />
            {t("sending.window_closes", { time: moment(closesAt.toISOString(), now) })}
          </p>
        ) : null}
        <ul className="presets">
          {kind === "snooze" ? (
            <li>
              <button type="button" className="preset" onClick={() => onChoose(null, false)}>
                <span className="grow">{t("sending.until_answer")}</span>
              </button>
            </li>
          ) : null}
          {offered.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                className="preset"
                aria-disabled={isTooLate(one.at) || undefined}
                onClick={() => (isTooLate(one.at) ? announce(t("sending.window_before")) : onChoose(one.at, isAnyway))}
              >
                <span className="grow">{t(PRESETS[one.id])}</span>
                {kind !== "snooze" && isAfter(one.at) ? (
                  <span className="chip s">{t("sending.window_by_then")}</span>
                ) : null}
                <span className="muted num">{moment(one.at.toISOString(), now)}</span>
              </button>
            </li>
          ))}
        </ul>
        <WhenField
          label={t("sending.own_time")}
          value={value}
          min={fieldValue(now)}
          hint={at ? t("sending.chosen", { time: fullTime(at.toISOString()), zone }) : t("sending.zone", { zone })}
          error={isRefused ? t(isWrong ? "sending.time_wrong" : "sending.window_before") : null}
          onChange={(written) => setValue(written ?? "")}
        />
        {kind === "later" ? (
          <label className="checkline">
            <input type="checkbox" checked={isAnyway} onChange={(event) => setAnyway(event.target.checked)} />
            <span>{t("sending.even_if_answered")}</span>
          </label>
        ) : null}
        <footer>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary">
            {t(BUTTONS[kind])}
          </Button>
        </footer>
      </form>
    </Dialog>,
    document.body,
  );
}
