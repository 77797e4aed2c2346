import { CircleCheck, CircleDashed, CirclePause, CircleX, TriangleAlert } from "lucide-react";
import type { ChannelAccount, HealthState } from "../../api/types";
import { useNow } from "../../ui/clock";
import { rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";

const ICONS = {
  connected: <CircleCheck />,
  quiet: <TriangleAlert />,
  unfinished: <CircleDashed />,
  broken: <CircleX />,
  paused: <CirclePause />,
} satisfies Record<HealthState, unknown>;

/** How a connection is, in words, and what to do about it. */
export function HealthLine({ account }: { account: ChannelAccount }) {
  const now = useNow();
  const { state, sentence, action } = account.health;
  const last = account.last_received_at
    ? t("health.last", { when: rowTime(account.last_received_at, now) })
    : t("health.none_yet");
  return (
    <div className={`row health ${state}`}>
      {ICONS[state] ?? ICONS.unfinished}
      <div className="small-text">
        {/* A connection that works is told by its newest message, which moves; the stored sentence is for what does not. */}
        <p className="mid">{(state !== "connected" && sentence) || t(`health.${state}`)}</p>
        <p className="muted">{action || last}</p>
      </div>
    </div>
  );
}
