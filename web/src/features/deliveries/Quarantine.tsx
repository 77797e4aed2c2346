import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, post } from "../../api/client";
import { channelAccountsQuery, keys, quarantineQuery } from "../../api/queries";
import type { Delivery } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { Dialog } from "../../ui/Dialog";
import { fileSize, fullTime, rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Empty, Failed, Skeleton, sentence } from "../../ui/States";
import { inWords } from "../../ui/serverWords";
import { toast, toastError } from "../../ui/toasts";

/** What reached us and could not be shown: nothing is thrown away, each says why, and each can be tried again. */
export function Quarantine() {
  const client = useQueryClient();
  const list = useInfiniteQuery(quarantineQuery);
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const now = useNow();
  const [looked, setLooked] = useState<Delivery | null>(null);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const replay = async (one: Delivery) => {
    try {
      const after = await post<Delivery>(`/api/deliveries/${one.id}/replay`);
      if (after.fate === "quarantined") toastError(inWords(after.reason) || t("quarantine.still"));
      else toast(t("quarantine.replayed"));
      await client.invalidateQueries({ queryKey: keys.quarantine });
    } catch (problem) {
      toastError(problem);
    }
  };
  return (
    <>
      <h1>{t("settings.quarantine")}</h1>
      <p className="soft">{t("quarantine.lead")}</p>
      <h2 className="sr">{t("settings.quarantine")}</h2>
      {list.isPending ? <Skeleton rows={3} shape="row" /> : null}
      {list.isError ? <Failed error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isSuccess && !rows.length ? (
        <Empty title={t("quarantine.empty_title")} text={t("quarantine.empty_text")} />
      ) : null}
      {rows.length ? (
        <ul className="card rowlist stacked">
          {rows.map((one) => (
            <li key={one.id}>
              <div className="grow">
                <p className="mid">{inWords(one.reason) || one.code}</p>
                <p className="small-text muted">
                  {[
                    accounts.find((account) => account.id === one.channel_account_id)?.name,
                    fileSize(one.size),
                    t("quarantine.tries", { count: one.attempts }),
                  ]
                    .filter(Boolean)
                    .join(" · ")}{" "}
                  <time dateTime={one.received_at} title={fullTime(one.received_at)}>
                    {rowTime(one.received_at, now)}
                  </time>
                </p>
                {one.preview ? <p className="small-text soft">{one.preview.slice(0, 160)}</p> : null}
              </div>
              <Button size="s" onClick={() => setLooked(one)}>
                {t("quarantine.look")}
              </Button>
              <Button size="s" onClick={() => void replay(one)}>
                {t("quarantine.replay")}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      {list.hasNextPage ? <Button onClick={() => void list.fetchNextPage()}>{t("common.more")}</Button> : null}
      {looked ? <Raw delivery={looked} onClose={() => setLooked(null)} /> : null}
    </>
  );
}

const RAW_SHOWN = 200_000;

/** The payload as it came, as text only. */
function Raw({ delivery, onClose }: { delivery: Delivery; onClose: () => void }) {
  const raw = useQuery({
    queryKey: ["delivery-raw", delivery.id],
    queryFn: async () => {
      const answer = await fetch(`/api/deliveries/${delivery.id}/raw`, { credentials: "same-origin" });
      if (!answer.ok) return call<string>("GET", `/api/deliveries/${delivery.id}/raw`);
      return (await answer.text()).slice(0, RAW_SHOWN);
    },
  });
  return (
    <Dialog title={t("quarantine.raw")} isWide onClose={onClose}>
      {raw.isError ? <p role="alert">{sentence(raw.error)}</p> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre className="raw" tabIndex={0}>
        {raw.data ?? t("common.loading")}
      </pre>
    </Dialog>
  );
}
