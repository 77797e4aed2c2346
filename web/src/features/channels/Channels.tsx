import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { channelAccountsQuery, channelsQuery } from "../../api/queries";
import type { Channel, ChannelAccount } from "../../api/types";
import { number } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { AccountPage } from "./AccountPage";
import { ChannelBadge, useChannel } from "./ChannelBadge";
import { Connected } from "./Connected";
import { ConnectForm } from "./ConnectForm";
import { Guide } from "./Guide";
import { HealthLine } from "./HealthLine";

/** What is connected, what can be, and the page of one channel account. */
export function Channels({ item }: { item?: string }) {
  const [picked, setPicked] = useState<Channel | null>(null);
  const accounts = useQuery({ ...channelAccountsQuery, staleTime: 10_000 });
  if (item) {
    const account = accounts.data?.find((one) => one.id === item);
    return (
      <>
        <Link className="crumb" to="/settings/$section" params={{ section: "channels" }}>
          <ArrowLeft className="mid" />
          {t("settings.channels")}
        </Link>
        {account ? (
          <AccountPage key={account.id} account={account} />
        ) : accounts.isPending ? (
          <Skeleton rows={3} shape="row" />
        ) : (
          <p>{t("problem.not_found")}</p>
        )}
      </>
    );
  }
  if (picked) return <Connect channel={picked} onLeave={() => setPicked(null)} />;
  return (
    <>
      <h1>{t("settings.channels")}</h1>
      <p className="soft">{t("channels.lead")}</p>
      {accounts.isPending ? <Skeleton rows={2} shape="row" /> : null}
      {accounts.isError ? <Failed error={accounts.error} onRetry={() => void accounts.refetch()} /> : null}
      {accounts.data?.length ? (
        <>
          <h2>
            {t("channels.connected")} <span className="count">{number(accounts.data.length)}</span>
          </h2>
          <ul className="cards">
            {accounts.data.toSorted(worstFirst).map((account) => (
              <li key={account.id}>
                <AccountCard account={account} />
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <Catalogue onPick={setPicked} />
    </>
  );
}

const RANK: Record<string, number> = { broken: 0, unfinished: 1, quiet: 2, connected: 3, paused: 4 };
const worstFirst = (a: ChannelAccount, b: ChannelAccount) => (RANK[a.health.state] ?? 3) - (RANK[b.health.state] ?? 3);

function AccountCard({ account }: { account: ChannelAccount }) {
  const channel = useChannel(account.kind);
  return (
    <Link
      className={`card channelcard ${account.health.state}`}
      to="/settings/$section/$item"
      params={{ section: "channels", item: account.id }}
    >
      <span className="row">
        {channel ? <ChannelBadge channel={channel} size={32} /> : null}
        <span className="grow">
          <span className="strong cut block">{account.name}</span>
          <span className="small-text muted cut block">{account.address || channel?.name}</span>
        </span>
      </span>
      <HealthLine account={account} />
    </Link>
  );
}

function Catalogue({ onPick }: { onPick: (channel: Channel) => void }) {
  const channels = useQuery(channelsQuery);
  return (
    <>
      <h2>{t("channels.add")}</h2>
      {channels.isError ? <Failed error={channels.error} onRetry={() => void channels.refetch()} /> : null}
      <ul className="cards">
        {channels.data?.map((channel) => (
          <li key={channel.kind}>
            <button type="button" className="card channelcard wide" onClick={() => onPick(channel)}>
              <span className="row">
                <ChannelBadge channel={channel} size={32} />
                <span className="mid">{channel.name}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Connect({ channel, onLeave }: { channel: Channel; onLeave: () => void }) {
  const navigate = useNavigate();
  const [made, setMade] = useState<ChannelAccount | null>(null);
  return (
    <>
      <button type="button" className="crumb" onClick={onLeave}>
        <ArrowLeft className="mid" />
        {t("settings.channels")}
      </button>
      <div className="beside">
        <div>
          {made ? (
            <Connected account={made} onDone={() => void navigate({ to: "/" })} />
          ) : (
            <>
              <h1>{t("connect.title", { channel: channel.name })}</h1>
              <ConnectForm channel={channel} onDone={setMade} />
            </>
          )}
        </div>
        <aside aria-label={t("connect.guide")}>
          <Guide text={channel.guide} />
        </aside>
      </div>
    </>
  );
}
