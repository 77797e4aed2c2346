import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleDashed, CirclePause, CircleX, TriangleAlert } from "lucide-react";
import { inboxesQuery } from "../../api/queries";
import type { ChannelAccount, HealthState } from "../../api/types";
import { useNow } from "../../ui/clock";
import { ago, messageTime, span } from "../../ui/format";
import { t } from "../../ui/i18n";
import { inWords } from "../../ui/serverWords";

const ICONS = {
  connected: <CircleCheck />,
  quiet: <TriangleAlert />,
  unfinished: <CircleDashed />,
  broken: <CircleX />,
  paused: <CirclePause />,
} satisfies Record<HealthState, unknown>;

/** How a connection is, in words, and what it means. */
export function HealthLine({ account }: { account: ChannelAccount }) {
  const now = useNow();
  const inbox = useQuery(inboxesQuery).data?.find((one) => one.id === account.inbox_id);
  const [first, second] = healthWords(account, inbox?.name, now);
  const { state } = account.health;
  return (
    <div className={`row health ${state}`}>
      {ICONS[state] ?? ICONS.unfinished}
      <div className="small-text">
        <p className={state === "connected" ? "" : "strong"}>{first}</p>
        <p className="muted">{second}</p>
      </div>
    </div>
  );
}

function healthWords(account: ChannelAccount, inbox: string | undefined, now: Date): [string, string] {
  const { health, last_received_at: last, kept_count: count } = account;
  const lastWords = last ? t("health.last", { when: ago(last, now) }) : t("health.none_yet");
  const kept = count ? t("health.kept", { count }) : "";
  switch (health.state) {
    case "connected":
      return [
        last ? t("health.connected_last", { when: ago(last, now) }) : t("health.connected"),
        kept || (inbox ? t("health.lands_in", { inbox }) : ""),
      ];
    case "quiet":
      return [
        t("health.quiet_for", { span: span(last ? now.getTime() - new Date(last).getTime() : 0) }),
        health.usual_s ? t("health.usual", { span: span(health.usual_s * 1000) }) : lastWords,
      ];
    case "broken":
      return [
        inWords(health.sentence) || t("health.broken"),
        [
          health.since ? t("health.since", { when: messageTime(health.since, now) }) : "",
          kept || inWords(health.action),
        ]
          .filter(Boolean)
          .join(" "),
      ];
    case "paused":
      return [
        inWords(health.sentence) || t("health.paused"),
        [health.since ? t("health.since", { when: messageTime(health.since, now) }) : "", kept]
          .filter(Boolean)
          .join(" "),
      ];
    default:
      return [t("health.unfinished"), inWords(health.sentence) || lastWords];
  }
}
