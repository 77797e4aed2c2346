import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bell as BellIcon } from "lucide-react";
import { useFirstPaint } from "../../ui/firstPaint";
import { t } from "../../ui/i18n";
import { countWords, unreadQuery } from "./unread";

/** The way to what one was told, with the number of what is unread. On a phone it is in the menu of oneself. */
export function Bell({ className }: { className: string }) {
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
      {unread > 0 ? <span className="n">{countWords(unread)}</span> : null}
    </Link>
  );
}
