/* What works between this browser and the server and what does not, in words, with what to do about it. Read next: checks.ts. */
import { CircleAlert, CircleCheck, CircleDashed, LoaderCircle, RotateCw, TriangleAlert } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { live } from "../../api/live";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { t, tOr } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { toast } from "../../ui/toasts";
import { CHECKS, type Check, type CheckName, type CheckState, runChecks } from "./checks";
import "./connection.css";

const ICONS: Record<CheckState, typeof CircleCheck> = {
  ok: CircleCheck,
  warn: TriangleAlert,
  bad: CircleAlert,
  running: LoaderCircle,
  skipped: CircleDashed,
};

const PROXIES = [
  [
    "nginx",
    `location /api/events {
    proxy_pass http://127.0.0.1:8080;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_buffering off;
    proxy_read_timeout 1h;
}`,
  ],
  [
    "Caddy",
    `reverse_proxy 127.0.0.1:8080 {
    flush_interval -1
}`,
  ],
] as const;

export function Connection() {
  const connection = useStore(live, (state) => state.connection);
  const way = useStore(live, (state) => state.way);
  const [checks, setChecks] = useState<Partial<Record<CheckName, Check>>>({});
  const [isRunning, setRunning] = useState(false);
  const isHere = useRef(true);
  const run = useCallback(async () => {
    setRunning(true);
    setChecks({});
    const done = await runChecks((check) => isHere.current && setChecks((old) => ({ ...old, [check.name]: check })));
    if (!isHere.current) return;
    setRunning(false);
    announce(t(summaryOf(done)));
  }, []);
  useEffect(() => {
    isHere.current = true;
    void run();
    return () => {
      isHere.current = false;
    };
  }, [run]);

  const found = CHECKS.map((name) => checks[name]).filter((check): check is Check => check !== undefined);
  const isHeldBack = found.some((check) => ["stream", "news"].includes(check.name) && check.state === "warn");
  return (
    <div className="narrow">
      <h1>{t("settings.connection")}</h1>
      <p className="soft">{t("connection.lead")}</p>
      <p className="connectionnow">
        <span className={`dot s ${connection === "live" ? "ok" : "warn"}`} />
        {connection === "live"
          ? way === "stream"
            ? t("connection.by_stream")
            : t("connection.by_asking")
          : t("connection.not_live")}
      </p>
      <p className={`connectionresult ${isRunning ? "soft" : "mid"}`}>
        {isRunning ? t("connection.running") : found.length ? t(summaryOf(found)) : ""}
      </p>
      <ul className="card rowlist checks">
        {CHECKS.map((name) => (
          <CheckLine key={name} name={name} check={checks[name]} />
        ))}
      </ul>
      <p className="row">
        <Button icon={<RotateCw />} isBusy={isRunning} onClick={() => void run()}>
          {t("connection.again")}
        </Button>
        <Button look="ghost" disabled={isRunning} onClick={() => void copyReport(found)}>
          {t("connection.copy")}
        </Button>
      </p>
      <details className="advanced" open={isHeldBack || undefined}>
        <summary>{t("connection.operator")}</summary>
        <p>{t("connection.operator_text")}</p>
        {PROXIES.map(([name, lines]) => (
          <figure key={name}>
            <figcaption className="mid">{name}</figcaption>
            <pre className="raw">{lines}</pre>
          </figure>
        ))}
        <p className="soft">{t("connection.operator_more")}</p>
      </details>
    </div>
  );
}

function CheckLine({ name, check }: { name: CheckName; check: Check | undefined }) {
  const state = check?.state ?? "skipped";
  const Icon = ICONS[state];
  const text =
    check && check.state !== "running" && check.state !== "skipped"
      ? tOr(`check.${name}.${check.found}`, "", { count: check.count })
      : check?.state === "skipped"
        ? t("check.skipped")
        : t("check.waiting");
  return (
    <li className={`check ${state}`}>
      <Icon className={state === "running" ? "spin" : ""} />
      <div className="grow">
        <p className="mid">
          {tOr(`check.${name}`, name)}
          <span className="sr">, {tOr(`check.state_${state}`, state)}</span>
        </p>
        <p className="small-text soft">{text}</p>
      </div>
    </li>
  );
}

/** The worst thing that was found, as the id of a sentence. */
function summaryOf(checks: Check[]) {
  const is = (name: CheckName, ...states: CheckState[]) =>
    checks.some((check) => check.name === name && states.includes(check.state));
  if (is("server", "bad")) return "connection.unreachable" as const;
  if (is("session", "bad")) return "connection.signed_out" as const;
  if (is("stream", "warn", "bad") || is("news", "warn", "bad"))
    return is("asking", "ok") ? ("connection.slower" as const) : ("connection.no_news" as const);
  if (is("version", "warn")) return "connection.old" as const;
  if (checks.some((check) => check.state === "warn" || check.state === "bad")) return "connection.small" as const;
  return "connection.good" as const;
}

async function copyReport(checks: Check[]): Promise<void> {
  const lines = checks.map((check) => `${check.name}: ${check.found} ${check.count || ""}`.trim());
  const text = [new Date().toISOString(), location.origin, navigator.userAgent, ...lines].join("\n");
  if (await copyText(text)) toast(t("common.copied"));
}
