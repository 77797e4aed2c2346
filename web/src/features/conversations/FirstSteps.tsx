import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { sheet } from "../../actions/list";
import { channelAccountsQuery } from "../../api/queries";
import { shownKey } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";

/** Beside an empty inbox: what is done and what comes next. Without conversations, else a word about how to begin. */
export default function FirstSteps({ isFirstRun }: { isFirstRun: boolean }) {
  const accounts = useQuery(channelAccountsQuery).data;
  const account = accounts?.[0];
  if (!isFirstRun)
    return (
      <main className="steps" id="main" tabIndex={-1}>
        <p className="muted nothingopen">{t("thread.none")}</p>
        <p className="stepsfoot nothingopen">
          <Keys />
        </p>
      </main>
    );
  return (
    <main className="steps" id="main" tabIndex={-1}>
      <h2>{t("steps.title")}</h2>
      <p>{t("steps.done", { done: account ? 2 : 1, total: 3 })}</p>
      <ol className="card">
        <Step number={1} isDone title={t("steps.account")} />
        <Step
          number={2}
          isDone={Boolean(account)}
          isNow={!account}
          title={account ? t("steps.channel_done", { name: account.address || account.name }) : t("steps.channel")}
          text={account ? undefined : t("steps.channel_text")}
        >
          {account ? (
            <span className="chip ok s">{t("steps.receiving")}</span>
          ) : (
            <Link className="btn s primary" to="/settings/$section" params={{ section: "channels" }}>
              {t("steps.connect")}
            </Link>
          )}
        </Step>
        <Step
          number={3}
          isNow={Boolean(account)}
          title={t("steps.test")}
          text={t("steps.test_text", {
            address: account?.hosted_address || account?.address || t("steps.your_address"),
          })}
        />
      </ol>
      <p className="stepsfoot">
        <span className="grow" />
        <Keys />
      </p>
    </main>
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
  isDone?: boolean;
  isNow?: boolean;
  children?: ReactNode;
}

function Step({ number, title, text, isDone, isNow, children }: StepProps) {
  return (
    <li className={isNow ? "now" : ""}>
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
