/* What is stuck and needs somebody, the worst first: what is so, what to do, and the way there. It is asked anew by itself. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { radarQuery } from "../../api/queries";
import type { Trouble } from "../../api/types";
import { useNow } from "../../ui/clock";
import { fullTime, timeInSentence } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { Empty } from "../../ui/States";
import { inWords } from "../../ui/serverWords";
import "../settings/settings.css";
import { TROUBLE_ICONS } from "./icons";
import "./radar.css";

export default function RadarPage() {
  const radar = useQuery(radarQuery);
  useEffect(() => {
    document.title = `${t("radar.title")} · ${t("app.name")}`;
  }, []);
  return (
    <div className="sheet noviews">
      <main className="page" id="main" tabIndex={-1} data-pane="page">
        <div className="pagebody">
          <div className="narrow">
            <h1>{t("radar.title")}</h1>
            <p className="soft">{t("radar.lead")}</p>
            <Loading query={radar} queryKey={radarQuery.queryKey} rows={3} shape="row" />
            {radar.data && !radar.data.length ? (
              <Empty title={t("radar.empty_title")} text={t("radar.empty_text")} />
            ) : null}
            {radar.data?.length ? (
              <ul className="card rowlist stacked" aria-label={t("radar.title")}>
                {radar.data.map((one) => (
                  <Row key={`${one.kind} ${one.channel_account_id}`} trouble={one} />
                ))}
              </ul>
            ) : null}
          </div>
        </div>
      </main>
    </div>
  );
}

function Row({ trouble }: { trouble: Trouble }) {
  const now = useNow();
  const { kind, name, since, detail } = trouble;
  const Icon = TROUBLE_ICONS[kind];
  const count = trouble.is_capped ? `${trouble.count}+` : String(trouble.count);
  return (
    <li>
      <span className={`health ${["quiet", "gap", "records", "unreachable"].includes(kind) ? "quiet" : "broken"}`}>
        <Icon />
      </span>
      <div className="grow">
        <p className="mid strong" dir="auto">
          {t(`radar.${kind}`, { name, count, number: trouble.count })}
        </p>
        {detail ? (
          <p className="small-text soft" dir="auto">
            {inWords(detail)}
          </p>
        ) : null}
        <p className="small-text soft">
          {t(`radar.${kind}_do`)}{" "}
          {since ? (
            <time className="muted" dateTime={since} title={fullTime(since)}>
              {t("radar.since", { when: timeInSentence(since, now) })}
            </time>
          ) : null}
        </p>
        {kind === "broken" && trouble.count ? (
          <p className="small-text soft">{t("radar.kept", { number: trouble.count, count })}</p>
        ) : null}
        {isMany(trouble) ? <Stuck trouble={trouble} /> : null}
      </div>
      {isMany(trouble) ? null : <Way trouble={trouble} />}
    </li>
  );
}

/** Answers that should have left are in no list of the inbox: where there are several conversations, they are named here. */
const isMany = ({ kind, conversations }: Trouble) => kind === "unsent" && conversations.length > 1;

function Stuck({ trouble }: { trouble: Trouble }) {
  return (
    <details className="choices">
      <summary>
        {t("radar.show_all", { count: trouble.conversations.length })}
        <ChevronRight className="small" />
      </summary>
      <ul className="stucklist">
        {trouble.conversations.map((one) => (
          <li key={one.id}>
            <Link to="/inbox/$view/$conversation" params={{ view: "all", conversation: one.id }} dir="auto">
              {[one.name || t("contact.unknown"), one.subject].filter(Boolean).join(" · ")}
            </Link>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Way({ trouble }: { trouble: Trouble }): ReactNode {
  const look = "btn s plain";
  const { kind, channel_account_id: channel, conversation_id: conversation } = trouble;
  if (kind === "failed" || ((kind === "unsent" || kind === "uncertain") && conversation)) {
    const view = kind === "unsent" ? "all" : "failed";
    if (!conversation || (kind !== "unsent" && trouble.count > 1))
      return (
        <Link className={look} to="/inbox/$view" params={{ view }}>
          {t("radar.show")}
        </Link>
      );
    return (
      <Link className={look} to="/inbox/$view/$conversation" params={{ view, conversation }}>
        {t("radar.show")}
      </Link>
    );
  }
  if (channel && kind !== "quarantined")
    return (
      <Link className={look} to="/settings/$section/$item" params={{ section: "channels", item: channel }}>
        {t("radar.channel")}
      </Link>
    );
  const section = kind === "quarantined" ? "quarantine" : "connection";
  return (
    <Link className={look} to="/settings/$section" params={{ section }}>
      {t(kind === "quarantined" ? "settings.quarantine" : "settings.connection")}
    </Link>
  );
}
