import { useEffect, useState } from "react";
import { live } from "../../api/live";
import { t } from "../../ui/i18n";
import { useStore } from "../../ui/store";

/** "No connection, trying again in 4 s". The seconds are for eyes only: read out, they would never end. */
export function RetryLine() {
  const retryAt = useStore(live, (state) => state.retryAt);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = Math.ceil((retryAt - now) / 1000);
  return (
    <span className="mid">
      <span className={left > 0 ? "sr" : ""}>{t("live.no_connection")}</span>
      {left > 0 ? (
        <span className="num" aria-hidden="true">
          {t("live.retry_in", { count: left })}
        </span>
      ) : null}
    </span>
  );
}
