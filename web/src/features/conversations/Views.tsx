import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, CircleDashed, Inbox, Layers, Plus, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { channelAccountsQuery, inboxesQuery, sessionQuery, viewsQuery } from "../../api/queries";
import type { ViewCount } from "../../api/types";
import { number } from "../../ui/format";
import { t } from "../../ui/i18n";
import { KindBadge } from "../channels/ChannelBadge";
import { type BuiltIn, countId, VIEW_NAMES } from "./views";

const ICONS: Record<BuiltIn, ReactNode> = {
  mine: <Inbox />,
  unassigned: <CircleDashed />,
  open: <Layers />,
  failed: <CircleAlert />,
  closed: <CircleCheck />,
};
const HOT = new Set(["mine", "unassigned", "failed"]);

export function countText(count: ViewCount | undefined): string {
  if (!count?.count) return "";
  return count.is_capped ? t("count.capped", { count: number(count.count) }) : number(count.count);
}

/** The navigation between views: mine, the team's, one per channel, one per inbox when there are several. */
export function Views() {
  const counts = useQuery(viewsQuery).data ?? [];
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const inboxes = (useQuery(inboxesQuery).data ?? []).filter((inbox) => !inbox.archived_at);
  const session = useQuery(sessionQuery).data;
  const title = inboxes.length === 1 ? inboxes[0]?.name : session?.account.name;
  const countOf = (view: string) => counts.find((count) => count.id === countId(view));
  const builtIn = (view: BuiltIn) => (
    <ViewLink key={view} view={view} icon={ICONS[view]} name={t(VIEW_NAMES[view])} count={countOf(view)} />
  );
  return (
    <nav className="sidenav views" aria-label={t("nav.views")} data-pane="views">
      <header className="cut">{title}</header>
      <h3>{t("views.you")}</h3>
      {builtIn("mine")}
      <h3>{t("views.team")}</h3>
      {(["unassigned", "open", "failed", "closed"] as const).map(builtIn)}
      <h3>
        {t("views.channels")}
        <Link
          className="iconbtn s"
          to="/settings/$section"
          params={{ section: "channels" }}
          aria-label={t("views.connect")}
          title={t("views.connect")}
        >
          <Plus className="mid" />
        </Link>
      </h3>
      {accounts.map((account) => (
        <ViewLink
          key={account.id}
          view={`channel-${account.id}`}
          icon={<KindBadge kind={account.kind} />}
          name={account.name}
          count={countOf(`channel-${account.id}`)}
          warning={account.health?.state === "broken" ? account.health.sentence : undefined}
        />
      ))}
      {accounts.length === 0 ? (
        <Link className="navitem add" to="/settings/$section" params={{ section: "channels" }}>
          <Plus />
          {t("views.connect")}
        </Link>
      ) : null}
      {inboxes.length > 1 ? <h3>{t("views.inboxes")}</h3> : null}
      {inboxes.length > 1
        ? inboxes.map((inbox) => (
            <ViewLink
              key={inbox.id}
              view={`inbox-${inbox.id}`}
              icon={<Inbox />}
              name={inbox.name}
              count={countOf(`inbox-${inbox.id}`)}
            />
          ))
        : null}
    </nav>
  );
}

interface LinkProps {
  view: string;
  icon: ReactNode;
  name: string;
  count: ViewCount | undefined;
  warning?: string;
}

function ViewLink({ view, icon, name, count, warning }: LinkProps) {
  const text = countText(count);
  return (
    <Link
      className="navitem"
      to="/inbox/$view"
      params={{ view }}
      activeProps={{ className: "active", "aria-current": "page" }}
    >
      {icon}
      <span className="grow cut" title={name}>
        {name}
      </span>
      {warning ? (
        <span className="plug" title={warning} role="img" aria-label={warning}>
          <Unplug className="mid" />
        </span>
      ) : null}
      {text && view !== "closed" ? <span className={`count ${HOT.has(view) ? "hot" : ""}`}>{text}</span> : null}
    </Link>
  );
}
