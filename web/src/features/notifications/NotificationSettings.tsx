/* What one is told, and how: a matrix of kinds and ways, quiet hours, and the devices that take pushes. What is changed here holds at once. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { useMay } from "../../api/may";
import { sessionQuery } from "../../api/queries";
import type { NotificationKind, NotificationSettings as Settings } from "../../api/types";
import { t, tOr } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { toastError } from "../../ui/toasts";
import { ClockInput } from "../../ui/WhenField";
import { useSavePreferences } from "../settings/savePreferences";
import { Devices } from "./Devices";
import { KINDS, saveSettings, settingsQuery } from "./notifications";
import { playTone } from "./sound";
import { hearsOthers } from "./spoken";
import "./notifications.css";

const WAYS = ["app", "push", "mail", "sound"] as const;
type Way = (typeof WAYS)[number];
type Choices = Settings["choices"];

export function NotificationSettings() {
  const client = useQueryClient();
  const settings = useQuery(settingsQuery);
  const save = (choices: Choices) => void saveSettings(client, choices).catch((problem) => toastError(problem));
  return (
    <div className="narrow">
      <h1>{t("settings.notifications")}</h1>
      <p className="soft">{t("notifications.lead")}</p>
      <Loading query={settings} queryKey={settingsQuery.queryKey} rows={4} shape="row" />
      {settings.data ? (
        <>
          <Matrix choices={settings.data.choices} hasMail={settings.data.has_mail} onSave={save} />
          <QuietHours choices={settings.data.choices} onSave={save} />
          <Spoken />
          <Devices />
        </>
      ) : null}
    </div>
  );
}

function Spoken() {
  const save = useSavePreferences();
  const preferences = useQuery(sessionQuery).data?.user.preferences;
  return (
    <>
      <h2>{t("notifications.spoken")}</h2>
      <label className="checkline">
        <input
          type="checkbox"
          checked={hearsOthers(preferences)}
          onChange={(event) => void save({ spoken: { has_others: event.target.checked } })}
        />
        {t("notifications.spoken_others")}
      </label>
      <p className="hint">{t("notifications.spoken_hint")}</p>
    </>
  );
}

interface PartProps {
  choices: Choices;
  onSave: (choices: Choices) => void;
}

function Matrix({ choices, hasMail, onSave }: PartProps & { hasMail: boolean }) {
  const canMend = useMay("account_access");
  const kinds = canMend ? KINDS : KINDS.filter((kind) => kind !== "trouble");
  const set = (kind: NotificationKind, way: Way, isOn: boolean) => {
    if (way === "sound" && isOn) playTone();
    onSave({ ...choices, [kind]: { ...choices[kind], [way]: isOn } });
  };
  return (
    <>
      <table className="toldways">
        <caption className="sr">{t("notifications.matrix")}</caption>
        <thead>
          <tr>
            <td />
            {WAYS.map((way) => (
              <th key={way} scope="col">
                {tOr(`notifications.way_${way}`, way)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => (
            <tr key={kind}>
              <th scope="row">{tOr(`notifications.kind_${kind}`, kind)}</th>
              {WAYS.map((way) => (
                <td key={way}>
                  <label>
                    <input
                      type="checkbox"
                      checked={choices[kind][way] && (way !== "mail" || hasMail)}
                      disabled={way === "mail" && !hasMail}
                      aria-label={t("notifications.cell", {
                        kind: tOr(`notifications.kind_${kind}`, kind),
                        way: tOr(`notifications.way_${way}`, way),
                      })}
                      onChange={(event) => set(kind, way, event.target.checked)}
                    />
                  </label>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {hasMail ? null : <p className="hint">{t("notifications.no_mail")}</p>}
    </>
  );
}

function QuietHours({ choices, onSave }: PartProps) {
  const { quiet } = choices;
  const id = useId();
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  const change = (part: Partial<Choices["quiet"]>) => onSave({ ...choices, quiet: { ...quiet, ...part } });
  const time = (name: "begins" | "ends") => (
    <div className="field">
      <label className="label" htmlFor={`${id}-${name}`}>
        {t(name === "begins" ? "notifications.quiet_begins" : "notifications.quiet_ends")}
      </label>
      <span className="input">
        <ClockInput
          id={`${id}-${name}`}
          value={quiet[name].slice(0, 5)}
          onChange={(clock) => change({ [name]: clock })}
        />
      </span>
    </div>
  );
  return (
    <>
      <h2>{t("notifications.quiet")}</h2>
      <div className="quietlines">
        <label className="checkline">
          <input
            type="checkbox"
            checked={quiet.while_away}
            onChange={(event) => change({ while_away: event.target.checked })}
          />
          {t("notifications.quiet_away")}
        </label>
        <label className="checkline">
          <input
            type="checkbox"
            checked={quiet.mail_waits}
            onChange={(event) => change({ mail_waits: event.target.checked })}
          />
          {t("notifications.quiet_away_mail")}
        </label>
        <p className="hint">
          {t("notifications.quiet_away_hint")}{" "}
          <Link className="link" to="/settings/$section" params={{ section: "hours" }}>
            {t("settings.hours")}
          </Link>
        </p>
        <label className="checkline">
          <input
            type="checkbox"
            checked={quiet.is_on}
            onChange={(event) => change({ is_on: event.target.checked, time_zone: own })}
          />
          {t("notifications.quiet_on")}
        </label>
      </div>
      {quiet.is_on ? (
        <>
          <div className="quiethours">
            {time("begins")}
            {time("ends")}
          </div>
          <p className="hint">{t("notifications.quiet_zone", { zone: quiet.time_zone })}</p>
        </>
      ) : null}
    </>
  );
}
