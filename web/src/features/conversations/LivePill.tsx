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
  const isBroken = useCutFor(CALM_MS);
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

/** True once there has been no stream for `ms`, whatever was opened or closed meanwhile. */
export function useCutFor(ms: number): boolean {
  const brokenAt = useStore(live, (state) => state.brokenAt);
  const isOver = brokenAt > 0 && performance.now() >= brokenAt + ms;
  const [, look] = useState(0);
  useEffect(() => {
    if (!brokenAt || isOver) return;
    const timer = setTimeout(() => look((times) => times + 1), brokenAt + ms - performance.now());
    return () => clearTimeout(timer);
  });
  return isOver;
}
