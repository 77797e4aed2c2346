import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { live } from "../../api/live";
import { t } from "../../ui/i18n";
import { useStore } from "../../ui/store";

const CALM_MS = 3000;

/** "Live", "Connecting" or "Offline", and the way to the page that explains it. A short hiccup is not worth a word. */
export function LivePill() {
  const connection = useStore(live, (state) => state.connection);
  const isAsking = useStore(live, (state) => state.way === "poll");
  const isBroken = useSince(connection !== "live", CALM_MS);
  return (
    <span>
      <Link
        className="livepill"
        to="/settings/$section"
        params={{ section: "connection" }}
        title={isBroken ? t("live.connecting_title") : isAsking ? t("live.asking_title") : t("live.live_title")}
      >
        <span className={`dot s ${isBroken ? "warn" : "ok"}`} />
        {isBroken ? (connection === "offline" ? t("live.offline") : t("live.connecting")) : t("live.live")}
      </Link>
    </span>
  );
}

/** True once `is` has been true for `ms`. */
export function useSince(is: boolean, ms: number): boolean {
  const [hasLasted, setLasted] = useState(false);
  useEffect(() => {
    if (!is) {
      setLasted(false);
      return;
    }
    const timer = setTimeout(() => setLasted(true), ms);
    return () => clearTimeout(timer);
  }, [is, ms]);
  return is && hasLasted;
}
