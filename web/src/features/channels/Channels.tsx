import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { isNotThere } from "../../api/client";
import { channelAccountQuery, channelAccountsQuery } from "../../api/queries";
import type { Id } from "../../api/types";
import { t, withWords } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { inWords } from "../../ui/serverWords";
import { toastError } from "../../ui/toasts";
import { AccountPage } from "./AccountPage";
import { ChannelList } from "./ChannelList";
import { useWayBack } from "./signIn";

const SetUp = lazy(withWords(() => import("./setup/SetUp")));

/** What is connected, what can be, the page of one channel account, and the way to connect one. */
export function Channels({ item }: { item?: string }) {
  const { tab } = useParams({ strict: false });
  const accounts = useQuery({ ...channelAccountsQuery, staleTime: 10_000 });
  const navigate = useNavigate();
  useWayBack((state) => {
    if (state.problem) toastError(inWords(state.problem.sentence));
    else if (state.channel_account_id) {
      void accounts.refetch();
      void navigate({
        to: "/settings/$section/$item/$tab",
        params: { section: "channels", item: state.channel_account_id, tab: "setup" },
      });
    }
  });
  // Each set-up that is begun right after another begins anew, though it stands at the same place.
  const [round, setRound] = useState(0);
  const goOn = async (kind: string, inbox: Id) => {
    const params = { section: "channels", item: `connect-${kind}` };
    await navigate({ to: "/settings/$section/$item", params, search: { inbox } });
    setRound(round + 1);
  };
  const isBegun = item !== undefined && /^(connect|draft)-/.test(item);
  const listed = accounts.data?.find((one) => one.id === item);
  // Not listed is the address that we gave out for an inbox, until something has come to it.
  const isElsewhere = item !== undefined && !isBegun && accounts.isSuccess && !listed;
  const single = useQuery({ ...channelAccountQuery(item ?? ""), enabled: isElsewhere, retry: false });
  const account = listed ?? (isElsewhere && !single.data?.archived_at ? single.data : undefined);
  // What cannot be asked for is not missing.
  const failed = [accounts, single].find((one) => one.isError && !one.data && !isNotThere(one.error));
  // The same place for both: while it is set up, a draft becomes a channel account.
  if (isBegun || (item && tab === "setup" && (account || !accounts.isFetched || accounts.isFetching)))
    return (
      <Suspense fallback={<Skeleton rows={4} shape="line" />}>
        <SetUp
          key={round}
          item={item}
          account={isBegun ? undefined : account}
          onAnother={(kind, inbox) => void goOn(kind, inbox)}
        />
      </Suspense>
    );
  if (!item) return <ChannelList accounts={accounts} />;
  return (
    <>
      <Link className="crumb" to="/settings/$section" params={{ section: "channels" }}>
        <ArrowLeft className="mid" />
        {t("settings.channels")}
      </Link>
      {account ? (
        <AccountPage key={account.id} account={account} />
      ) : accounts.isPending || single.isLoading ? (
        <Skeleton rows={3} shape="row" />
      ) : failed ? (
        <Failed error={failed.error} onRetry={() => void failed.refetch()} />
      ) : (
        <p>{t("problem.not_found")}</p>
      )}
    </>
  );
}
