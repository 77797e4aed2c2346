import { Link } from "@tanstack/react-router";
import { CircleAlert, CornerUpLeft } from "lucide-react";
import { memo } from "react";
import { live } from "../../api/live";
import type { Conversation, User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { fullTime, rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { KindBadge, useChannel } from "../channels/ChannelBadge";

interface Props {
  row: Conversation;
  view: string;
  top: number;
  position: number;
  total: number;
  isOpen: boolean;
  isFresh: boolean;
  assignee: User | undefined;
  now: Date;
  onHover: (id: string) => void;
}

export const contactName = (row: Conversation) => row.contact?.name || row.contact?.address || t("contact.unknown");

/** One conversation of the list: one link, and what it says to a screen reader in the order that matters. */
export const Row = memo(function Row({
  row,
  view,
  top,
  position,
  total,
  isOpen,
  isFresh,
  assignee,
  now,
  onHover,
}: Props) {
  const name = contactName(row);
  const channel = useChannel(row.kind);
  const isTyping = useStore(live, (state) => [...state.typing].some((who) => who.startsWith(`${row.id}:`)));
  const label = [
    row.is_unread ? t("row.unread") : "",
    name,
    channel?.name ?? "",
    row.subject || row.preview,
    row.failed_count > 0 ? t("row.failed") : "",
  ].filter(Boolean);
  return (
    <li
      className={`conv ${row.is_unread ? "unread" : ""} ${isFresh ? "fresh" : ""}`}
      style={{ transform: `translateY(${top}px)` }}
      aria-setsize={total}
      aria-posinset={position}
    >
      <Link
        to="/inbox/$view/$conversation"
        params={{ view, conversation: row.id }}
        aria-label={label.join(", ")}
        data-row={row.id}
        tabIndex={isOpen || position === 1 ? 0 : -1}
        onPointerEnter={() => onHover(row.id)}
      >
        <Avatar name={row.contact?.name || row.contact?.address || ""} seed={row.contact?.address || row.id}>
          <KindBadge kind={row.kind} />
        </Avatar>
        <div>
          <div className="l1">
            <span className="who cut" dir="auto">
              {name}
            </span>
            <time dateTime={row.last_message_at} title={fullTime(row.last_message_at)}>
              {rowTime(row.last_message_at, now)}
            </time>
          </div>
          <span className="subject cut" dir="auto">
            {row.subject || row.preview}
          </span>
          <div className="l3">
            {row.last_direction === "out" && row.failed_count === 0 ? <CornerUpLeft className="small" /> : null}
            {isTyping ? (
              <span className="typing grow">{t("row.typing")}</span>
            ) : row.failed_count > 0 ? (
              <span className="failed grow">
                <CircleAlert className="small" />
                {t("delivery.failed")}
              </span>
            ) : (
              <span className="cut grow" dir="auto">
                {row.subject ? row.preview : ""}
              </span>
            )}
            {assignee ? (
              <Avatar name={assignee.name} seed={assignee.id} size={18} title={assignee.name} />
            ) : (
              <span className="nobody" role="img" aria-label={t("assign.nobody")} title={t("assign.nobody")} />
            )}
          </div>
        </div>
      </Link>
    </li>
  );
});
