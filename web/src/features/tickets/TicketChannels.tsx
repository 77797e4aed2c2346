/* Which channels open tickets, in a line each, and the way to what a channel's tickets begin with: that is set there, for each by itself (TicketPanel.tsx). */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { channelAccountsQuery } from "../../api/queries";
import type { ChannelAccount } from "../../api/types";
import { t } from "../../ui/i18n";
import { Failed, Skeleton, sentence } from "../../ui/States";
import { DefaultsInWords } from "./DefaultsInWords";
import { ticketDefaultsQuery } from "./tickets";

export function TicketChannels() {
  const accounts = useQuery(channelAccountsQuery);
  return (
    <>
      <h2>{t("tickets.by_channel")}</h2>
      <p className="soft">{t("tickets.by_channel_text")}</p>
      {accounts.isPending ? <Skeleton rows={2} shape="row" /> : null}
      {accounts.isError ? <Failed error={accounts.error} onRetry={() => void accounts.refetch()} /> : null}
      {accounts.data?.length ? (
        <ul className="card rowlist" aria-label={t("tickets.by_channel")}>
          {accounts.data.map((one) => (
            <Row key={one.id} account={one} />
          ))}
        </ul>
      ) : accounts.data ? (
        <p>
          <Link className="link" to="/settings/$section" params={{ section: "channels" }}>
            {t("channels.connect")}
          </Link>
        </p>
      ) : null}
    </>
  );
}

function Row({ account }: { account: ChannelAccount }) {
  const kept = useQuery(ticketDefaultsQuery(account.id));
  return (
    <li>
      <div className="grow">
        <p className="mid" dir="auto">
          {account.name} <span className="small-text muted">{account.address}</span>
        </p>
        <p className="small-text muted">
          {kept.isError ? sentence(kept.error) : null}
          {kept.data ? kept.data.is_on ? <DefaultsInWords kept={kept.data} /> : t("tickets.without") : null}
        </p>
      </div>
      <Link
        className="btn s"
        to="/settings/$section/$item/$tab"
        params={{ section: "channels", item: account.id, tab: "automation" }}
        aria-label={t("tickets.change_channel", { name: account.name })}
      >
        {t("tickets.change")}
      </Link>
    </li>
  );
}
