/* What is connected to an inbox, and putting the inbox away. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Archive, ArchiveRestore, Pencil, Plus } from "lucide-react";
import { useState } from "react";
import { channelAccountsQuery } from "../../api/queries";
import type { ChannelAccount, Inbox } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { ChannelBadge, useChannel } from "../channels/ChannelBadge";
import { saveActive } from "../channels/setActive";
import { Fallback } from "./Fallback";
import type { ChangeInbox } from "./Inboxes";

interface Props {
  inbox: Inbox;
  mayChange: boolean;
  onChange: ChangeInbox;
}

export function InboxChannels({ inbox, mayChange, onChange }: Props) {
  const accounts = useQuery(channelAccountsQuery);
  const connected = accounts.data?.filter((one) => one.inbox_id === inbox.id && !one.archived_at && !one.is_fallback);
  const [isAsking, setAsking] = useState(false);
  const archive = (disconnect: boolean) => {
    setAsking(false);
    const part = { is_archived: true, disconnect_channels: disconnect };
    void onChange(part, disconnect ? undefined : { is_archived: false });
  };
  return (
    <>
      <h2>{t("settings.channels")}</h2>
      {accounts.isPending ? <Skeleton rows={2} shape="line" /> : null}
      {accounts.isError ? <Failed error={accounts.error} onRetry={() => void accounts.refetch()} /> : null}
      {connected?.length ? (
        <ul className="card rowlist">
          {connected.map((account) => (
            <Connected key={account.id} account={account} mayChange={mayChange} />
          ))}
        </ul>
      ) : null}
      {connected?.length === 0 ? <p className="soft">{t("inboxes.no_channels")}</p> : null}
      {mayChange && !inbox.is_archived ? (
        <p>
          <Link
            className="btn plain s"
            to="/settings/$section"
            params={{ section: "channels" }}
            search={{ inbox: inbox.id }}
          >
            <Plus />
            {t("inboxes.connect")}
          </Link>
        </p>
      ) : null}
      {mayChange && !inbox.is_archived ? <Fallback key={inbox.id} inbox={inbox} /> : null}
      {mayChange ? (
        <p>
          {inbox.is_archived ? (
            <Button
              icon={<ArchiveRestore />}
              onClick={() => void onChange({ is_archived: false }, { is_archived: true })}
            >
              {t("inboxes.restore")}
            </Button>
          ) : (
            <Button
              icon={<Archive />}
              disabled={!connected}
              onClick={() => (connected?.length ? setAsking(true) : archive(false))}
            >
              {t("inboxes.archive")}
            </Button>
          )}
        </p>
      ) : null}
      {isAsking && connected ? (
        <Dialog title={t("inboxes.archive_title", { name: inbox.name })} onClose={() => setAsking(false)}>
          <div className="fields">
            <p>{t("inboxes.archive_text", { count: connected.length })}</p>
            <ul className="reachlist">
              {connected.map((account) => (
                <li key={account.id}>{account.name}</li>
              ))}
            </ul>
            <div className="dialogfoot">
              <Button data-begin onClick={() => setAsking(false)}>
                {t("common.cancel")}
              </Button>
              <Button look="danger" onClick={() => archive(true)}>
                {t("inboxes.archive_and_disconnect")}
              </Button>
            </div>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}

function Connected({ account, mayChange }: { account: ChannelAccount; mayChange: boolean }) {
  const client = useQueryClient();
  const channel = useChannel(account.kind);
  const set = async (isActive: boolean) => {
    const send = (wanted: boolean) => saveActive(client, account, wanted);
    try {
      await send(isActive);
      toast(t("toast.saved"), () => void send(!isActive).catch((problem) => toastError(problem)));
    } catch (problem) {
      toastError(problem);
    }
  };
  return (
    <li>
      {channel ? <ChannelBadge channel={channel} size={32} /> : null}
      <span className="grow">
        <span className="strong block">{account.name}</span>
        <span className="small-text muted block">{account.address}</span>
      </span>
      {mayChange ? (
        <>
          <Switch
            label={t(account.is_active ? "inboxes.channel_on" : "inboxes.channel_off")}
            aria-label={t("inboxes.channel_switch", { name: account.name })}
            checked={account.is_active}
            onChange={(event) => void set(event.target.checked)}
          />
          <Link
            className="btn ghost s"
            to="/settings/$section/$item"
            params={{ section: "channels", item: account.id }}
            aria-label={t("inboxes.edit_channel", { name: account.name })}
          >
            <Pencil />
            {t("inboxes.edit")}
          </Link>
        </>
      ) : null}
    </li>
  );
}
