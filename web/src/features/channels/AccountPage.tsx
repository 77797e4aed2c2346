import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useMay } from "../../api/may";
import { keys, sessionQuery } from "../../api/queries";
import type { ChannelAccount } from "../../api/types";
import { Button } from "../../ui/Button";
import { type MessageId, t, withWords } from "../../ui/i18n";
import { Skeleton } from "../../ui/States";
import { TabPanel, Tabs } from "../../ui/Tabs";
import { UnsavedMark } from "../unsaved/SaveLine";
import { ChannelBadge, useChannel } from "./ChannelBadge";
import { Configuration } from "./Configuration";
import { HealthLine } from "./HealthLine";
import { Owner } from "./Owner";
import { setActive } from "./setActive";

const TicketPanel = lazy(withWords(() => import("../tickets/TicketPanel")));
const Automation = lazy(withWords(() => import("../routing/Automation")));

const TABS: { id: string; label: MessageId }[] = [
  { id: "configuration", label: "channels.configuration" },
  { id: "automation", label: "channels.automation" },
];

/** One channel account. How it is set up, and what is done by itself with what comes over it, stand apart, each with an address of its own. */
export function AccountPage({ account }: { account: ChannelAccount }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { tab } = useParams({ strict: false });
  const mayRule = useMay("account_access");
  const hasTickets = useQuery(sessionQuery).data?.account.inbox_ticketing;
  const channel = useChannel(account.kind);
  const current = tab === "automation" && mayRule ? "automation" : "configuration";
  // What was opened once stays, with what is half changed in it.
  const [isOpened, setOpened] = useState(false);
  if (current === "automation" && !isOpened) setOpened(true);
  const go = (to: string) =>
    void navigate({
      to: "/settings/$section/$item/$tab",
      params: { section: "channels", item: account.id, tab: to },
      replace: true,
    });
  const refresh = () => client.invalidateQueries({ queryKey: keys.channelAccounts });
  return (
    <>
      <div className="pagehead">
        {channel ? <ChannelBadge channel={channel} size={32} /> : null}
        <div>
          <h1>{account.name}</h1>
          <p className="soft">{account.address}</p>
          <Owner account={account} />
        </div>
        {mayRule && !account.is_fallback ? (
          <Button onClick={() => void setActive(client, account, !account.is_active)}>
            {account.is_active ? t("channels.pause") : t("channels.resume")}
          </Button>
        ) : null}
      </div>
      {mayRule ? (
        <Tabs
          label={t("channels.tabs")}
          name="channel"
          current={current}
          tabs={TABS.map(({ id, label }) => ({
            id,
            label: t(label),
            mark: <UnsavedMark at={`channels/${account.id}/${id}`} />,
          }))}
          onTab={go}
        />
      ) : null}
      <TabPanel name="channel" id="configuration" current={current}>
        {mayRule ? <Configuration account={account} onChanged={refresh} /> : <Health account={account} />}
      </TabPanel>
      <TabPanel name="channel" id="automation" current={current}>
        {isOpened ? (
          <Suspense fallback={<Skeleton rows={4} shape="line" />}>
            <Automation account={account} />
            {hasTickets ? <TicketPanel account={account} /> : null}
          </Suspense>
        ) : null}
      </TabPanel>
    </>
  );
}

/** What everybody may know of it who reads its inbox. */
function Health({ account }: { account: ChannelAccount }) {
  return (
    <div className="narrow">
      <h2>{t("channels.health")}</h2>
      <HealthLine account={account} />
      <p className="soft">{t("channels.read_only")}</p>
    </div>
  );
}
