import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus, Send } from "lucide-react";
import { useMay } from "../../api/may";
import { channelAccountsQuery, inboxesQuery, viewsQuery } from "../../api/queries";
import { Button } from "../../ui/Button";
import { type MessageId, t } from "../../ui/i18n";
import { Empty } from "../../ui/States";
import { useChangeList, useView } from "./useList";
import { filtersOf, partOf, VIEW_NAMES } from "./views";

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
  mentions: { title: "empty.mentions_title", text: "empty.mentions_text" },
  drafts: { title: "empty.drafts_title", text: "empty.drafts_text" },
  snoozed: { title: "empty.snoozed_title", text: "empty.snoozed_text" },
  sent: { title: "empty.sent_title", text: "empty.sent_text" },
  unassigned: { title: "empty.done_title", text: "empty.unassigned_text" },
  closing: { title: "empty.closing_title", text: "empty.closing_text" },
  failed: { title: "empty.failed_title", text: "empty.failed_text" },
  closed: { title: "empty.nothing_title", text: "empty.closed_text" },
  filtered: { title: "empty.filtered_view_title", text: "empty.filtered_view_text" },
  spam: { title: "empty.spam_title", text: "empty.spam_text" },
  trash: { title: "empty.trash_title", text: "empty.trash_text" },
};
/** Where work may be waiting, the most urgent first. */
const NEXT = ["mine", "unassigned", "open"] as const;

/** Why a view is empty and what to do about it: clear the filters, connect a channel, send a test, or go where work is. */
export default function EmptyList({ view }: { view: string }) {
  const accounts = useQuery(channelAccountsQuery).data;
  const counts = useQuery(viewsQuery).data ?? [];
  const { search } = useView();
  const change = useChangeList();
  const mayConnect = useMay("account_access");
  const inboxes = useQuery(inboxesQuery).data;
  if (!accounts || !inboxes) return null;
  if (filtersOf(search) !== null)
    return (
      <Empty title={t("empty.filtered_title")} text={t("empty.filtered_text")} picture={<Tray />}>
        <Button size="s" onClick={() => change({ filters: {} })}>
          {t("filter.clear")}
        </Button>
      </Empty>
    );
  if (!inboxes.some((one) => one.can_read))
    return <Empty title={t("empty.no_inbox_title")} text={t("empty.no_inbox")} picture={<Tray />} />;
  if (!accounts.length && !mayConnect)
    return <Empty title={t("empty.nothing_title")} text={t("empty.no_channel_yet")} picture={<Tray />} />;
  if (!accounts.length)
    return (
      <Empty title={t("empty.nothing_title")} text={t("empty.no_channel")} picture={<Tray />}>
        <Link className="btn s plain" to="/settings/$section" params={{ section: "channels" }}>
          <Plus className="mid" />
          {t("views.connect")}
        </Link>
      </Empty>
    );
  const next = NEXT.find((one) => one !== view && counts.some((count) => count.id === one && count.count > 0));
  const known = TEXTS[view];
  if (known || next)
    return (
      <Empty
        title={t(known?.title ?? "empty.answered_title")}
        text={t(known?.text ?? "empty.answered_text")}
        picture={<Tray />}
      >
        {next ? (
          <Link className="btn s plain" to="/inbox/$view" params={{ view: next }} search={{}}>
            {t("empty.next", { view: t(VIEW_NAMES[next]) })}
          </Link>
        ) : null}
      </Empty>
    );
  const part = partOf(view);
  const account = accounts.find((one) => part?.kind === "channel" && one.id === part.id) ?? accounts[0];
  const address = account?.hosted_address || account?.address || "";
  return (
    <Empty
      title={t("empty.nothing_title")}
      text={t("empty.connected", { name: account?.address || account?.name || "" })}
      picture={<Tray />}
    >
      {address.includes("@") ? (
        <a className="btn s plain" href={`mailto:${address}?subject=${encodeURIComponent(t("empty.test_subject"))}`}>
          <Send className="mid" />
          {t("empty.send_test")}
        </a>
      ) : null}
    </Empty>
  );
}
