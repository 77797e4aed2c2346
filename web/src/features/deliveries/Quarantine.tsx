import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, post } from "../../api/client";
import { keys, quarantineQuery } from "../../api/queries";
import type { Delivery } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { Dialog } from "../../ui/Dialog";
import { fileSize, fullTime, rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Empty, Failed, Skeleton, sentence } from "../../ui/States";
import { inWords } from "../../ui/serverWords";
import { TabPanel, Tabs } from "../../ui/Tabs";
import { toast, toastError } from "../../ui/toasts";

type Shelf = "quarantined" | "set_aside";

/** What reached us and could not be shown: nothing is thrown away, each says why, can be tried again, and set aside when it needs nobody. */
export function Quarantine() {
  const [shelf, setShelf] = useState<Shelf>("quarantined");
  const tabs = [
    { id: "quarantined", label: t("quarantine.waiting") },
    { id: "set_aside", label: t("quarantine.set_aside") },
  ];
  return (
    <>
      <h1>{t("settings.quarantine")}</h1>
      <p className="soft">{t("quarantine.lead")}</p>
      <Tabs
        label={t("settings.quarantine")}
        name="quarantine"
        tabs={tabs}
        current={shelf}
        onTab={(id) => setShelf(id as Shelf)}
      />
      {(["quarantined", "set_aside"] as const).map((id) => (
        <TabPanel key={id} name="quarantine" id={id} current={shelf}>
          {id === shelf ? <Shelved shelf={id} /> : null}
        </TabPanel>
      ))}
    </>
  );
}

function Shelved({ shelf }: { shelf: Shelf }) {
  const client = useQueryClient();
  const list = useInfiniteQuery(quarantineQuery(shelf));
  const [looked, setLooked] = useState<Delivery | null>(null);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const act = async (one: Delivery, path: string, body: unknown, done: (after: Delivery) => void) => {
    try {
      done(await post<Delivery>(`/api/deliveries/${one.id}/${path}`, body));
    } catch (problem) {
      toastError(problem);
    }
    for (const queryKey of [keys.quarantine, keys.radar, ["ledger"]]) void client.invalidateQueries({ queryKey });
  };
  const replay = (one: Delivery) =>
    act(one, "replay", undefined, (after) => {
      if (after.fate === "quarantined") toastError(inWords(after.reason) || t("quarantine.still"));
      else toast(t("quarantine.replayed"));
    });
  const setAside = (one: Delivery): Promise<void> =>
    act(one, "set-aside", { is_set_aside: true }, () => toast(t("quarantine.aside_done"), () => void putBack(one)));
  const putBack = (one: Delivery): Promise<void> =>
    act(one, "set-aside", { is_set_aside: false }, () => toast(t("quarantine.back_done"), () => void setAside(one)));
  const isAside = shelf === "set_aside";
  return (
    <>
      {list.isPending ? <Skeleton rows={3} shape="row" /> : null}
      {list.isError ? <Failed error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isSuccess && !rows.length ? (
        <Empty
          title={t(isAside ? "quarantine.aside_empty_title" : "quarantine.empty_title")}
          text={t(isAside ? "quarantine.aside_empty_text" : "quarantine.empty_text")}
        />
      ) : null}
      {rows.length ? (
        <ul className="card rowlist stacked" aria-label={t(isAside ? "quarantine.set_aside" : "quarantine.waiting")}>
          {rows.map((one) => (
            <li key={one.id}>
              <Told delivery={one} />
              <Button size="s" onClick={() => setLooked(one)}>
                {t("quarantine.look")}
              </Button>
              {isAside ? (
                <Button size="s" onClick={() => void putBack(one)}>
                  {t("quarantine.put_back")}
                </Button>
              ) : (
                <>
                  <Button size="s" onClick={() => void replay(one)}>
                    {t("quarantine.replay")}
                  </Button>
                  <Button size="s" onClick={() => void setAside(one)}>
                    {t("quarantine.aside")}
                  </Button>
                </>
              )}
            </li>
          ))}
        </ul>
      ) : null}
      {list.hasNextPage ? <Button onClick={() => void list.fetchNextPage()}>{t("common.more")}</Button> : null}
      {looked ? <Raw delivery={looked} onClose={() => setLooked(null)} /> : null}
    </>
  );
}

/** What it is about, from whom, why it is here, and what is known of it. */
function Told({ delivery: one }: { delivery: Delivery }) {
  const now = useNow();
  return (
    <div className="grow">
      <p className="mid strong" dir="auto">
        {one.subject || t(one.sender ? "quarantine.no_subject" : "quarantine.says_nothing")}
      </p>
      {one.sender ? (
        <p className="small-text" dir="auto">
          {one.sender}
        </p>
      ) : null}
      <p className="small-text soft">{inWords(one.reason) || one.code}</p>
      <p className="small-text muted">
        {[one.channel_name, fileSize(one.size), t("quarantine.tries", { count: one.attempts })]
          .filter(Boolean)
          .join(" · ")}
        {" · "}
        <time dateTime={one.received_at} title={fullTime(one.received_at)}>
          {rowTime(one.received_at, now)}
        </time>
      </p>
    </div>
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
