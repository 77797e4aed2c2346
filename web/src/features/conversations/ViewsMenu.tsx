import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CalendarClock, Inbox, SquarePen } from "lucide-react";
import type { ReactNode } from "react";
import { startWriting } from "../../actions/starting";
import { channelAccountsQuery, inboxesQuery, savedViewsQuery, viewsQuery } from "../../api/queries";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { KindBadge } from "../channels/ChannelBadge";
import { SavedIcon } from "./SavedIcon";
import { countText } from "./ViewLink";
import { TEAM_VIEWS, VIEW_ICONS, YOUR_VIEWS } from "./viewLooks";
import { countId, VIEW_NAMES } from "./views";

/** Where the views have no room as a pane they are a menu. */
export function ViewsMenu({ view, children }: { view: string; children: ReactNode }) {
  const navigate = useNavigate();
  const counts = useQuery(viewsQuery).data ?? [];
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const saved = useQuery(savedViewsQuery).data ?? [];
  const inboxes = (useQuery(inboxesQuery).data ?? []).filter((inbox) => !inbox.archived_at);
  const item = (id: string, label: string, icon: ReactNode, startsGroup: boolean) => ({
    id,
    label,
    icon,
    startsGroup,
    count: countText(counts.find((count) => count.id === countId(id))),
    isChosen: id === view,
    run: () => void navigate({ to: "/inbox/$view", params: { view: id }, search: {} }),
  });
  const built = (views: readonly (keyof typeof VIEW_NAMES)[], isFirst: boolean) =>
    views.map((one, index) => {
      const Icon = VIEW_ICONS[one];
      return item(one, t(VIEW_NAMES[one]), <Icon />, index === 0 && !isFirst);
    });
  const items = [
    {
      id: "new",
      label: t("action.new_conversation"),
      icon: <SquarePen />,
      keys: "N",
      // The menu gives the focus back first.
      run: () => void setTimeout(startWriting),
    },
    ...built(YOUR_VIEWS, false),
    ...built(TEAM_VIEWS, false),
    ...accounts.map((account, index) =>
      item(`channel-${account.id}`, account.name, <KindBadge kind={account.kind} />, index === 0),
    ),
    ...(inboxes.length > 1 ? inboxes : []).map((inbox, index) =>
      item(`inbox-${inbox.id}`, inbox.name, <Inbox />, index === 0),
    ),
    ...saved.map((one, index) => item(`saved-${one.id}`, one.name, <SavedIcon name={one.icon} />, index === 0)),
    {
      id: "waiting",
      label: t("views.waiting"),
      icon: <CalendarClock />,
      startsGroup: true,
      run: () => void navigate({ to: "/waiting" }),
    },
    ...built(["filtered", "spam", "trash"], true),
  ];
  return (
    <Menu label={t("nav.views")} className="iconbtn viewsmenu" items={items}>
      {children}
    </Menu>
  );
}
