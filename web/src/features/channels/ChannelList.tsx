/* Everything that is connected, the ones that need somebody first, and below it what can be connected (picture 02). */
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, Inbox as InboxIcon, Plus, Search, Unplug } from "lucide-react";
import { useMay } from "../../api/may";
import { channelDraftsQuery, inboxesQuery } from "../../api/queries";
import type { ChannelAccount, HealthState, Id } from "../../api/types";
import { Button } from "../../ui/Button";
import { number } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { Empty, Failed, Skeleton } from "../../ui/States";
import { useFilter } from "../settings/useFilter";
import { AccountCard } from "./AccountCard";
import { Catalogue, matches } from "./Catalogue";
import { DraftCard } from "./DraftCard";

interface Props {
  accounts: UseQueryResult<ChannelAccount[]>;
}

const RANK: Record<HealthState, number> = {
  broken: 0,
  unreachable: 1,
  unfinished: 2,
  quiet: 3,
  connected: 4,
  paused: 5,
};
const worstFirst = (a: ChannelAccount, b: ChannelAccount) => RANK[a.health.state] - RANK[b.health.state];

export function ChannelList({ accounts }: Props) {
  const navigate = useNavigate();
  const [{ q: wanted, inbox: chosen }, filter] = useFilter();
  const inboxId = chosen || null;
  const open = (item: string) =>
    void navigate({ to: "/settings/$section/$item", params: { section: "channels", item } });
  const connect = (kind: string) =>
    void navigate({
      to: "/settings/$section/$item",
      params: { section: "channels", item: `connect-${kind}` },
      search: inboxId ? { inbox: inboxId } : {},
    });
  const mayChange = useMay("account_access");
  const drafts = useQuery({ ...channelDraftsQuery, enabled: mayChange }).data ?? [];
  const shown = accounts.data
    ?.filter((one) => !inboxId || one.inbox_id === inboxId)
    .filter((one) => matches(wanted, one.name, one.address))
    .toSorted(worstFirst);
  const begun = drafts.filter((one) => matches(wanted, one.name));
  const needing =
    drafts.length +
    (accounts.data?.filter(({ health }) => health.state === "broken" || health.state === "unfinished").length ?? 0);
  return (
    <>
      <div className="pagehead">
        <div>
          <h1>{t("settings.channels")}</h1>
          <p className="soft">
            {t("channels.lead")} <WhichInbox value={inboxId} onChange={(id) => filter({ inbox: id ?? "" })} />
          </p>
        </div>
        <div className="input find">
          <Search className="mid" />
          <input
            type="search"
            aria-label={t("channels.find")}
            placeholder={t("channels.find")}
            value={wanted}
            onChange={(event) => filter({ q: event.target.value })}
          />
        </div>
        {mayChange ? (
          <Button
            look="primary"
            icon={<Plus />}
            onClick={() => document.querySelector<HTMLElement>(".catalogue button")?.focus()}
          >
            {t("channels.connect")}
          </Button>
        ) : null}
      </div>
      {accounts.isPending ? <Skeleton rows={2} shape="row" /> : null}
      {accounts.isError ? <Failed error={accounts.error} onRetry={() => void accounts.refetch()} /> : null}
      {accounts.data?.length || drafts.length ? (
        <>
          <h2>
            {t("channels.connected")}{" "}
            {accounts.data ? <span className="count">{number(accounts.data.length)}</span> : null}
            <span className="grow" />
            {needing ? (
              <span className="chip bad">
                <Unplug className="small" />
                {t("channels.need_you", { count: needing })}
              </span>
            ) : null}
          </h2>
          <ul className="cards">
            {shown?.map((account) => (
              <li key={account.id}>
                <AccountCard account={account} mayChange={mayChange} />
              </li>
            ))}
            {begun.map((draft) => (
              <li key={`draft ${draft.id}`}>
                <DraftCard draft={draft} onOpen={() => open(`draft-${draft.id}`)} />
              </li>
            ))}
          </ul>
          {shown && !shown.length && !begun.length ? (
            <p className="soft">{wanted ? t("channels.none_connected", { words: wanted }) : t("channels.none_here")}</p>
          ) : null}
        </>
      ) : null}
      {accounts.data?.length === 0 && !mayChange ? (
        <Empty title={t("channels.none_yours_title")} text={t("channels.none_yours")} />
      ) : null}
      {mayChange ? (
        <Catalogue
          wanted={wanted}
          isFirst={accounts.isSuccess && !accounts.data.length}
          onPick={({ kind }) => connect(kind)}
        />
      ) : null}
    </>
  );
}

/** The inbox whose channels are looked at; with one there is nothing to choose. */
function WhichInbox({ value, onChange }: { value: Id | null; onChange: (id: Id | null) => void }) {
  const inboxes = useQuery(inboxesQuery).data?.filter((one) => !one.is_archived) ?? [];
  if (inboxes.length < 2) return null;
  const name = inboxes.find((one) => one.id === value)?.name ?? t("channels.all_inboxes");
  return (
    <Menu
      label={t("channels.which_inbox", { name })}
      className="link"
      items={[
        { id: "", label: t("channels.all_inboxes"), isChosen: value === null, run: () => onChange(null) },
        ...inboxes.map((one) => ({
          id: one.id,
          label: one.name,
          icon: <InboxIcon />,
          isChosen: one.id === value,
          run: () => onChange(one.id),
        })),
      ]}
    >
      {name} <ChevronDown className="small" />
    </Menu>
  );
}
