/* What one was told, the newest first. Opening one leads to what it is about and marks it read. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link, linkOptions } from "@tanstack/react-router";
import {
  AtSign,
  BellOff,
  CircleAlert,
  CircleCheck,
  Clock,
  Inbox,
  type LucideIcon,
  MessageSquare,
  Settings2,
  UserPlus,
} from "lucide-react";
import { useEffect } from "react";
import type { Notification, NotificationKind, Trouble } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { fullTime, rowTime } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { Empty } from "../../ui/States";
import { toastError } from "../../ui/toasts";
import { TROUBLE_ICONS } from "../radar/icons";
import { markRead, notificationsQuery } from "./notifications";
import "../settings/settings.css";
import "./notifications.css";

/** Of what is about a conversation. */
type Kind = Exclude<NotificationKind, "trouble">;

const ICONS: Record<Kind, LucideIcon> = {
  unassigned: Inbox,
  assigned: UserPlus,
  message: MessageSquare,
  mention: AtSign,
  failed: CircleAlert,
  reminder: Clock,
};
const VIEWS: Record<Kind, string> = {
  unassigned: "unassigned",
  assigned: "mine",
  message: "mine",
  mention: "open",
  failed: "open",
  reminder: "open",
};

export default function NotificationsPage() {
  const client = useQueryClient();
  const list = useInfiniteQuery(notificationsQuery);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const hasUnread = items.some((one) => !one.is_read);
  useEffect(() => {
    document.title = `${t("nav.notifications")} · ${t("app.name")}`;
  }, []);
  const read = (id: string | null) => void markRead(client, id).catch((problem) => toastError(problem));
  return (
    <div className="sheet noviews">
      <main className="page" id="main" tabIndex={-1} data-pane="page">
        <div className="pagebody">
          <div className="narrow">
            <div className="row told">
              <h1 className="grow">{t("nav.notifications")}</h1>
              {hasUnread ? (
                <Button size="s" onClick={() => read(null)}>
                  {t("notifications.all_read")}
                </Button>
              ) : null}
              <Link
                className="iconbtn"
                to="/settings/$section"
                params={{ section: "notifications" }}
                aria-label={t("notifications.settings")}
                title={t("notifications.settings")}
              >
                <Settings2 />
              </Link>
            </div>
            <Loading query={list} queryKey={notificationsQuery.queryKey} rows={4} shape="row" />
            {list.isSuccess && !items.length ? (
              <Empty
                title={t("notifications.empty_title")}
                text={t("notifications.empty_text")}
                picture={<BellOff className="big" />}
              />
            ) : null}
            {items.length ? (
              <ul className="card rowlist toldlist">
                {items.map((one) => (
                  <Line key={one.id} one={one} onOpen={() => !one.is_read && read(one.id)} />
                ))}
              </ul>
            ) : null}
            {list.hasNextPage ? (
              <Button look="ghost" isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t("notifications.older")}
              </Button>
            ) : null}
          </div>
        </div>
      </main>
    </div>
  );
}

function Line({ one, onOpen }: { one: Notification; onOpen: () => void }) {
  const { kind } = one;
  if (kind === "trouble") return one.trouble ? <TroubleLine one={one} trouble={one.trouble} onOpen={onOpen} /> : null;
  const isMany = one.count > 1;
  const values = { who: one.who || t("contact.unknown"), count: one.count };
  const single = tOr(`notifications.told_${kind}`, kind, values);
  const text = isMany ? tOr(`notifications.told_${kind}_many`, single, values) : single;
  const place =
    !one.conversation_id || (kind === "unassigned" && isMany)
      ? linkOptions({ to: "/inbox/$view", params: { view: "unassigned" } })
      : linkOptions({
          to: "/inbox/$view/$conversation",
          params: { view: VIEWS[kind], conversation: one.conversation_id },
          hash: one.message_id && kind !== "unassigned" ? `m${one.message_id}` : undefined,
        });
  return (
    <li>
      <Link {...place} className={lineClass(one, kind === "failed")} onClick={onOpen}>
        <Said one={one} icon={ICONS[kind]} text={text} about={one.about} />
      </Link>
    </li>
  );
}

/** What is stuck, in the radar's words; it leads to where one can do something about it. */
function TroubleLine({ one, trouble, onOpen }: { one: Notification; trouble: Trouble["kind"]; onOpen: () => void }) {
  const what = t(`radar.${trouble}`, { name: one.who, number: one.count, count: String(one.count) });
  const place =
    trouble === "quarantined"
      ? linkOptions({ to: "/settings/$section", params: { section: "quarantine" } })
      : one.channel_account_id
        ? linkOptions({
            to: "/settings/$section/$item",
            params: { section: "channels", item: one.channel_account_id },
          })
        : linkOptions({ to: "/radar" });
  return (
    <li>
      <Link {...place} className={lineClass(one, !one.is_over)} onClick={onOpen}>
        {one.is_over ? (
          <Said one={one} icon={CircleCheck} text={t("notifications.over", { what })} />
        ) : (
          <Said one={one} icon={TROUBLE_ICONS[trouble]} text={what} todo={t(`radar.${trouble}_do`)} />
        )}
      </Link>
    </li>
  );
}

const lineClass = (one: Notification, isBad: boolean) =>
  `toldline ${one.is_read ? "" : "unread"} ${isBad ? "bad" : ""}`;

interface SaidProps {
  one: Notification;
  icon: LucideIcon;
  text: string;
  /** Somebody's own words, of which the beginning will do. */
  about?: string;
  /** Ours, which are read to their end. */
  todo?: string;
}

function Said({ one, icon: Icon, text, about, todo }: SaidProps) {
  const now = useNow();
  return (
    <>
      <Icon />
      <span className="grow">
        <span className="what" dir="auto">
          {one.is_read ? null : <span className="sr">{t("row.unread")}, </span>}
          {text}
        </span>
        {about ? (
          <span className="about cut" dir="auto">
            {about}
          </span>
        ) : null}
        {todo ? <span className="about">{todo}</span> : null}
      </span>
      <time dateTime={one.at} title={fullTime(one.at)}>
        {rowTime(one.at, now)}
      </time>
    </>
  );
}
