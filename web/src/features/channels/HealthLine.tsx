import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleDashed, CirclePause, CircleX, CloudOff, TriangleAlert } from "lucide-react";
import { inboxesQuery } from "../../api/queries";
import type { ChannelAccount, HealthState } from "../../api/types";
import { useNow } from "../../ui/clock";
import { healthWords } from "./healthWords";

const ICONS = {
  connected: <CircleCheck />,
  quiet: <TriangleAlert />,
  unreachable: <CloudOff />,
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
