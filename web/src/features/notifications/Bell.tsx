import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bell as BellIcon } from "lucide-react";
import { useFirstPaint } from "../../ui/firstPaint";
import { t } from "../../ui/i18n";
import { unreadQuery } from "./unread";

/** The way to what one was told, with the number of what is unread. */
export function Bell({ className, hasWord }: { className: string; hasWord?: boolean }) {
  const unread = useQuery({ ...unreadQuery, enabled: useFirstPaint() }).data?.notifications ?? 0;
  const name = unread > 0 ? t("nav.notifications_unread", { count: unread }) : t("nav.notifications");
  return (
    <Link
      className={className}
      to="/notifications"
      activeProps={{ className: "active", "aria-current": "page" }}
      title={name}
      aria-label={name}
    >
      <BellIcon />
      {hasWord ? t("nav.notifications") : null}
      {unread > 0 ? <span className="n">{unread > 98 ? "99+" : unread}</span> : null}
    </Link>
  );
}
