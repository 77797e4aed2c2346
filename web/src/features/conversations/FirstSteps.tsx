/* Beside a list in which nothing is open: until the account is ready, the four steps of the beginning as the server finds them; afterwards, or for who cannot
 * take them, a word about how to begin, and where there is nothing to pick, what one does with what will come. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, FlaskConical, X } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import type { Action } from "../../actions/action";
import { actions, sheet } from "../../actions/list";
import { useMay } from "../../api/may";
import { channelAccountsQuery, firstStepsQuery, sessionQuery } from "../../api/queries";
import { Button, IconButton } from "../../ui/Button";
import { shownKey } from "../../ui/hotkeys";
import { t, tOr } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";
import { demoQuery, loadDemo, percent, removeDemo } from "../demo/demo";
import { useSavePreferences } from "../settings/savePreferences";

/** In a person's preferences: they do not want to see the steps any more. */
const DISMISSED = "first_steps_dismissed";

interface Props {
  view: string;
  /** There is nothing in the list. */
  isEmpty: boolean;
  /** Tells whether the steps are shown: on a phone they stand under an empty list then. */
  onShown: (isShown: boolean) => void;
}

export default function FirstSteps({ view, isEmpty, onShown }: Props) {
  const me = useQuery(sessionQuery).data?.user;
  const mayConfigure = useMay("account_access");
  const isAsked = view === "open" && mayConfigure && !me?.preferences[DISMISSED];
  const done = useQuery({ ...firstStepsQuery, enabled: isAsked }).data;
  const isShown = isAsked && done !== undefined && !(done.has_channel && done.has_team && done.has_hours);
  useEffect(() => {
    onShown(isShown);
    return () => onShown(false);
  }, [isShown, onShown]);
  if (!isShown)
    return (
      <main className="steps" id="main" tabIndex={-1}>
        {isEmpty ? <WhatComes /> : <p className="muted nothingopen">{t("thread.none")}</p>}
        <p className="stepsfoot nothingopen">
          <Keys />
        </p>
      </main>
    );
  return (
    <main className="steps todo" id="main" tabIndex={-1}>
      <div className="stepshead">
        <h2>{t("steps.title")}</h2>
        <Dismiss />
      </div>
      <Steps {...done} />
      <p className="stepsfoot">
        <DemoButton />
        <span className="grow" />
        <Keys />
      </p>
    </main>
  );
}

/** What one does with a conversation most often, and what can be done before there is one. */
const TAUGHT = ["next", "reply", "comment", "assign_me", "close", "new_conversation"];

function WhatComes() {
  const lines = TAUGHT.map((name) => actions.find((one) => one.name === name))
    .map((action): [Action | undefined, string] => [action, shownKey(action)])
    .filter((line): line is [Action, string] => line[1] !== "");
  return (
    <>
      <h2>{t("steps.comes_title")}</h2>
      <p>{t("steps.comes_text")}</p>
      {lines.length ? (
        <dl className="card taught">
          {lines.map(([action, key]) => (
            <div key={action.name}>
              <dt>{t(action.label(null))}</dt>
              <dd>
                {key.split(" ").map((part) => (
                  <kbd key={part}>{part}</kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
    </>
  );
}

interface StepsProps {
  has_channel: boolean;
  has_team: boolean;
  has_hours: boolean;
}

function Steps({ has_channel, has_team, has_hours }: StepsProps) {
  const account = useQuery(channelAccountsQuery).data?.find((one) => !one.is_demo && !one.is_fallback);
  const mayInvite = useMay("user_management");
  const states = [true, has_channel, has_team, has_hours];
  const now = states.indexOf(false);
  const state = (at: number) => ({ number: at + 1, isDone: states[at] ?? false, isNow: at === now });
  const look = (at: number) => `btn s ${at === now ? "primary" : "plain"}`;
  const isReceiving = account?.health.state === "connected";
  return (
    <>
      <p>{t("steps.done", { done: states.filter(Boolean).length, total: states.length })}</p>
      <ol className="card">
        <Step {...state(0)} title={t("steps.account")} />
        <Step
          {...state(1)}
          title={account ? t("steps.channel_done", { name: account.address || account.name }) : t("steps.channel")}
          text={has_channel ? undefined : t(account ? "steps.channel_unfinished" : "steps.channel_text")}
        >
          {has_channel && account ? (
            <span className={`chip s ${isReceiving ? "ok" : "warn"}`}>
              {isReceiving ? t("steps.receiving") : tOr(`health.${account.health.state}`, t("health.unfinished"))}
            </span>
          ) : (
            <Link className={look(1)} to="/settings/$section" params={{ section: "channels" }}>
              {t(account ? "common.continue" : "steps.connect")}
            </Link>
          )}
        </Step>
        <Step {...state(2)} title={t("steps.team")} text={has_team ? undefined : t("steps.team_text")}>
          {has_team || !mayInvite ? null : (
            <Link className={look(2)} to="/settings/$section" params={{ section: "people" }}>
              {t("steps.invite")}
            </Link>
          )}
        </Step>
        <Step {...state(3)} title={t("steps.hours")} text={has_hours ? undefined : t("steps.hours_text")}>
          {has_hours ? null : (
            <Link className={look(3)} to="/settings/$section" params={{ section: "hours" }}>
              {t("steps.set_hours")}
            </Link>
          )}
        </Step>
      </ol>
    </>
  );
}

function Dismiss() {
  const save = useSavePreferences();
  const dismiss = async () => {
    if (await save({ [DISMISSED]: true })) toast(t("steps.dismissed"), () => void save({ [DISMISSED]: false }));
  };
  return (
    <IconButton label={t("steps.dismiss")} onClick={() => void dismiss()}>
      <X />
    </IconButton>
  );
}

function DemoButton() {
  const client = useQueryClient();
  const mayLoad = useMay("super_admin");
  const demo = useQuery({ ...demoQuery, enabled: mayLoad }).data;
  if (!mayLoad || !demo || demo.is_of_operator) return null;
  if (demo.state === "loading" || demo.state === "removing")
    return (
      <span className="row demoprogress">
        <FlaskConical className="small" />
        {t(demo.state === "loading" ? "demo.loading" : "demo.removing", { percent: percent(demo) })}
      </span>
    );
  const isHere = demo.state === "loaded";
  return (
    <Button
      look="ghost"
      size="s"
      icon={<FlaskConical />}
      className="demobutton"
      onClick={() =>
        void (isHere ? removeDemo(client) : loadDemo(client).catch((problem: unknown) => toastError(problem)))
      }
    >
      {t(isHere ? "demo.remove" : "demo.load")}
    </Button>
  );
}

function Keys() {
  const key = shownKey(sheet);
  if (!key) return null;
  const [before, after] = t("steps.keys", { key: "\u0000" }).split("\u0000");
  return (
    <span>
      {before}
      <kbd>{key}</kbd>
      {after}
    </span>
  );
}

interface StepProps {
  number: number;
  title: string;
  text?: string;
  isDone: boolean;
  isNow: boolean;
  children?: ReactNode;
}

function Step({ number, title, text, isDone, isNow, children }: StepProps) {
  return (
    <li className={isNow ? "now" : ""} aria-current={isNow ? "step" : undefined}>
      <span className={`tick ${isDone ? "done" : ""}`}>{isDone ? <Check className="small" /> : number}</span>
      <span className="grow">
        <span className={isDone ? "muted" : "mid"}>
          {title}
          {isDone ? <span className="sr"> {t("steps.is_done")}</span> : null}
        </span>
        {text ? <span className="small-text soft block">{text}</span> : null}
      </span>
      {children}
    </li>
  );
}
