/* What the composer says when the channel takes no answer now: since when, what opens it again, and the other ways. Read next: useReplyWindow.ts. */
import { Hourglass } from "lucide-react";
import { Button } from "../../ui/Button";
import { timeInSentence } from "../../ui/format";
import { t } from "../../ui/i18n";
import { ChannelBadge } from "../channels/ChannelBadge";
import { type Elsewhere, insteadWords, type Shut } from "./useReplyWindow";

const HOUR_S = 3600;

/** "The 24-hour window closed at 08:47". */
export function shutWords({ reason, since, window_s }: Shut, name: string): string {
  if (reason === "must_write_first" || !since)
    return name ? t("composer.window_never", { name }) : t("composer.window_never_unknown");
  const hours = window_s % HOUR_S ? 0 : window_s / HOUR_S;
  return t("composer.window_closed", { hours, time: timeInSentence(since, new Date()) });
}

export function ShutWindow({ shut, name }: { shut: Shut; name: string }) {
  return (
    <div className="banner warn" role="status">
      <Hourglass />
      <span className="mid">{shutWords(shut, name)}</span>
      {shut.since ? (
        <span>{name ? t("composer.window_opens", { name }) : t("composer.window_opens_unknown")}</span>
      ) : null}
    </div>
  );
}

/** Beside the button that sends. What is written goes along. */
export function OtherWays({ ways, onChoose }: { ways: Elsewhere[]; onChoose: (way: Elsewhere) => void }) {
  if (!ways.length) return null;
  return (
    <span className="otherways">
      {ways.map((one) => (
        <Button
          key={one.account.id}
          size="s"
          icon={<ChannelBadge channel={one.channel} size={14} />}
          title={one.account.address || undefined}
          onClick={() => onChoose(one)}
        >
          {insteadWords(one, ways)}
        </Button>
      ))}
    </span>
  );
}
