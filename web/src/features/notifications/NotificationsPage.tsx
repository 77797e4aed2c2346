/* What one was told, the newest first. Opening one leads to the conversation and marks it read. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { AtSign, BellOff, CircleAlert, Clock, Inbox, MessageSquare, Settings2, UserPlus } from "lucide-react";
import { useEffect } from "react";
import type { Notification, NotificationKind } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { fullTime, rowTime } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { Empty } from "../../ui/States";
import { toastError } from "../../ui/toasts";
import { markRead, notificationsQuery } from "./notifications";
import "../settings/settings.css";
import "./notifications.css";

const ICONS: Record<NotificationKind, typeof AtSign> = {
  unassigned: Inbox,
  assigned: UserPlus,
  message: MessageSquare,
  mention: AtSign,
  failed: CircleAlert,
  reminder: Clock,
};
const VIEWS: Record<NotificationKind, string> = {
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
  const now = useNow();
  const Icon = ICONS[one.kind];
  const isMany = one.count > 1;
  const values = { who: one.who || t("contact.unknown"), count: one.count };
  const single = tOr(`notifications.told_${one.kind}`, one.kind, values);
  const text = isMany ? tOr(`notifications.told_${one.kind}_many`, single, values) : single;
  const isAllUnassigned = one.kind === "unassigned" && isMany;
  const content = (
    <>
      <Icon />
      <span className="grow">
        <span className="what">
          {one.is_read ? null : <span className="sr">{t("row.unread")}, </span>}
          {text}
        </span>
        {one.about ? (
          <span className="about cut" dir="auto">
            {one.about}
          </span>
        ) : null}
      </span>
      <time dateTime={one.at} title={fullTime(one.at)}>
        {rowTime(one.at, now)}
      </time>
    </>
  );
  const className = `toldline ${one.is_read ? "" : "unread"} ${one.kind === "failed" ? "bad" : ""}`;
  return (
    <li>
      {isAllUnassigned ? (
        <Link className={className} to="/inbox/$view" params={{ view: "unassigned" }} onClick={onOpen}>
          {content}
        </Link>
      ) : (
        <Link
          className={className}
          to="/inbox/$view/$conversation"
          params={{ view: VIEWS[one.kind], conversation: one.conversation_id }}
          hash={one.message_id && one.kind !== "unassigned" ? `m${one.message_id}` : undefined}
          onClick={onOpen}
        >
          {content}
        </Link>
      )}
    </li>
  );
}
