import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { channelAccountsQuery, viewsQuery } from "../../api/queries";
import { type MessageId, t } from "../../ui/i18n";
import { Empty } from "../../ui/States";
import { VIEW_NAMES } from "./views";

const Tray = () => (
  <svg width="120" height="92" viewBox="0 0 120 92" fill="none" aria-hidden="true">
    <rect x="14" y="10" width="92" height="18" rx="6" fill="var(--surface-3)" />
    <rect x="14" y="34" width="92" height="18" rx="6" fill="var(--surface-3)" opacity=".7" />
    <path
      d="M14 64h26l6 10h28l6-10h26v14a8 8 0 0 1-8 8H22a8 8 0 0 1-8-8z"
      fill="var(--accent-soft)"
      stroke="var(--accent)"
      strokeWidth="1.75"
    />
    <circle cx="28" cy="19" r="4" fill="var(--border-2)" />
    <circle cx="28" cy="43" r="4" fill="var(--border-2)" />
  </svg>
);

const TEXTS: Record<string, { title: MessageId; text: MessageId }> = {
  mine: { title: "empty.mine_title", text: "empty.mine_text" },
  unassigned: { title: "empty.done_title", text: "empty.unassigned_text" },
  failed: { title: "empty.failed_title", text: "empty.failed_text" },
  closed: { title: "empty.nothing_title", text: "empty.closed_text" },
};

/** Why a view is empty and what to do about it. */
export function EmptyList({ view }: { view: string }) {
  const accounts = useQuery(channelAccountsQuery).data;
  const counts = useQuery(viewsQuery).data ?? [];
  if (!accounts) return null;
  if (!accounts.length)
    return (
      <Empty title={t("empty.nothing_title")} text={t("empty.no_channel")} picture={<Tray />}>
        <Link className="btn s plain" to="/settings/$section" params={{ section: "channels" }}>
          <Plus className="mid" />
          {t("views.connect")}
        </Link>
      </Empty>
    );
  const known = TEXTS[view];
  const name = accounts.map((account) => account.address || account.name)[0] ?? "";
  const next = (["mine", "unassigned", "open"] as const).find(
    (one) => one !== view && counts.some((count) => count.id === one && count.count > 0),
  );
  return (
    <Empty
      title={known ? t(known.title) : t("empty.nothing_title")}
      text={known ? t(known.text) : t("empty.connected", { name })}
      picture={<Tray />}
    >
      {next ? (
        <Link className="btn s plain" to="/inbox/$view" params={{ view: next }}>
          {t("empty.next", { view: t(VIEW_NAMES[next]) })}
        </Link>
      ) : null}
    </Empty>
  );
}
