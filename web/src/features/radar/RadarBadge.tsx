import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Siren } from "lucide-react";
import { radarQuery } from "../../api/queries";
import { useFirstPaint } from "../../ui/firstPaint";
import { t } from "../../ui/i18n";

/** Something is stuck: everybody sees it, wherever they are, and as long as it lasts. Nothing is shown while all is well. */
export function RadarBadge({ className, hasWord }: { className: string; hasWord?: boolean }) {
  const count = useQuery({ ...radarQuery, enabled: useFirstPaint() }).data?.length ?? 0;
  if (!count) return null;
  const name = t("nav.radar_count", { count });
  return (
    <Link
      className={`${className} stuck`}
      to="/radar"
      activeProps={{ className: "active", "aria-current": "page" }}
      title={name}
      aria-label={name}
    >
      <Siren />
      {hasWord ? t("nav.radar") : null}
      <span className="n">{count}</span>
    </Link>
  );
}
