import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { call, post } from "../../api/client";
import { inboxesQuery, keys, quarantineQuery } from "../../api/queries";
import type { Delivery } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { Dialog } from "../../ui/Dialog";
import { clock, fileSize, fullTime, rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Empty, Failed, Skeleton } from "../../ui/States";
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
      if (after.fate === "quarantined") toastError(failedAgain(after));
      else toast(t(after.fate === "ignored" ? "quarantine.ignored" : "quarantine.replayed"));
    });
  const setAside = (one: Delivery): Promise<void> =>
    act(one, "set-aside", { is_set_aside: true }, () => toast(t("quarantine.aside_done"), () => void putBack(one)));
  const putBack = (one: Delivery): Promise<void> =>
    act(one, "set-aside", { is_set_aside: false }, () => toast(t("quarantine.back_done"), () => void setAside(one)));
  const isAside = shelf === "set_aside";
  const inboxes = useQuery(inboxesQuery).data;
  const inboxOf = (one: Delivery) => inboxes?.find((inbox) => inbox.id === one.inbox_id);
  // Who only reads the inbox changes nothing in it.
  const mayAct = (one: Delivery) => inboxOf(one)?.can_act === true;
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
              <Told delivery={one} readIn={mayAct(one) ? undefined : inboxOf(one)?.name} />
              <Button size="s" onClick={() => setLooked(one)}>
                {t("quarantine.look")}
              </Button>
              {mayAct(one) ? (
                isAside ? (
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
                )
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {list.hasNextPage ? <Button onClick={() => void list.fetchNextPage()}>{t("common.more")}</Button> : null}
      {looked ? <Raw delivery={looked} onClose={() => setLooked(null)} /> : null}
    </>
  );
}

/** That something was done, when, and what is left to do: the reason alone stood in the list already. */
function failedAgain(after: Delivery): string {
  const reason = inWords(after.reason) || t("quarantine.still");
  return t("quarantine.failed_again", { time: clock(new Date()), reason });
}

/** What it is about, from whom, why it is here, and what is known of it. `readIn`: the inbox, where one only reads it. */
function Told({ delivery: one, readIn }: { delivery: Delivery; readIn?: string }) {
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
      {readIn ? <p className="small-text muted">{t("steer.read_only", { inbox: readIn })}</p> : null}
    </div>
  );
}

/** Characters. The download has all of it. */
const RAW_SHOWN = 200_000;

/** The payload as it came, as text only. */
function Raw({ delivery, onClose }: { delivery: Delivery; onClose: () => void }) {
  const path = `/api/deliveries/${delivery.id}/raw`;
  const raw = useQuery({ queryKey: ["delivery-raw", delivery.id], queryFn: ({ signal }) => beginningOf(path, signal) });
  return (
    <Dialog title={t("quarantine.raw")} isWide onClose={onClose}>
      {raw.isPending ? <Skeleton rows={6} shape="line" /> : null}
      {raw.isError ? <Failed error={raw.error} onRetry={() => void raw.refetch()} /> : null}
      {raw.data ? (
        <>
          <div className="row">
            <p className="grow soft">
              {raw.data.isCut ? t("source.cut", { size: fileSize(delivery.size) }) : t("quarantine.all_shown")}
            </p>
            <a className="btn s" href={path} download>
              <Download className="mid" />
              {t("quarantine.download", { size: fileSize(delivery.size) })}
            </a>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
          <pre className="raw" tabIndex={0}>
            {raw.data.text}
          </pre>
        </>
      ) : null}
    </Dialog>
  );
}

/** Reads no further than what is shown: it may be a mail of many megabytes. */
async function beginningOf(path: string, signal: AbortSignal): Promise<{ text: string; isCut: boolean }> {
  const answer = await fetch(path, { credentials: "same-origin", signal }).catch(() => undefined);
  if (!answer?.ok || !answer.body) return call("GET", path, undefined, signal);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (text.length <= RAW_SHOWN) {
    const { done, value } = await reader.read();
    if (done) return { text, isCut: false };
    text += value;
  }
  await reader.cancel();
  return { text: text.slice(0, RAW_SHOWN), isCut: true };
}
