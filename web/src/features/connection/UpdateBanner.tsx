import { RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";
import { onStreamEvent } from "../../api/live";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { isOldVersion } from "./version";

const LOOK_MS = 15 * 60_000;

/** The server was brought to a new version while this page was open. Drafts and waiting messages survive the reload. */
export function UpdateBanner() {
  const [isOld, setOld] = useState(false);
  const [isPutOff, setPutOff] = useState(false);
  useEffect(() => {
    let hasGreeted = false;
    const look = () => void isOldVersion().then((is) => is && setOld(true));
    // A server that comes back may be a new one.
    const stop = onStreamEvent((event) => {
      if (event.type !== "hello") return;
      if (hasGreeted) look();
      hasGreeted = true;
    });
    const timer = setInterval(look, LOOK_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, []);
  if (!isOld || isPutOff) return null;
  return (
    <div className="banner info" role="status">
      <RefreshCw />
      <span className="mid">{t("update.ready")}</span>
      <Button size="xs" onClick={() => location.reload()}>
        {t("update.reload")}
      </Button>
      <Button size="xs" look="ghost" onClick={() => setPutOff(true)}>
        {t("update.later")}
      </Button>
    </div>
  );
}
