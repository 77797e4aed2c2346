import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { channelAccountsQuery } from "../../api/queries";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { KindBadge } from "../channels/ChannelBadge";
import { BUILT_IN, VIEW_NAMES } from "./views";

/** Where the views have no room as a pane they are a menu. */
export function ViewsMenu({ view, children }: { view: string; children: ReactNode }) {
  const navigate = useNavigate();
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const go = (to: string) => () => void navigate({ to: "/inbox/$view", params: { view: to } });
  const items = [
    ...BUILT_IN.map((one) => ({ id: one, label: t(VIEW_NAMES[one]), isChosen: one === view, run: go(one) })),
    ...accounts.map((account, index) => ({
      id: account.id,
      label: account.name,
      icon: <KindBadge kind={account.kind} />,
      isChosen: view === `channel-${account.id}`,
      startsGroup: index === 0,
      run: go(`channel-${account.id}`),
    })),
  ];
  return (
    <Menu label={t("nav.views")} className="iconbtn viewsmenu" items={items}>
      {children}
    </Menu>
  );
}
