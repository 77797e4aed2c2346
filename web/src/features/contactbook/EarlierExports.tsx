/* What one has written out in the last week, to be fetched again. */
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { get } from "../../api/client";
import type { ContactExport, Page } from "../../api/types";
import { useNow } from "../../ui/clock";
import { fileSize, messageTime, rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { inWords } from "../../ui/serverWords";
import { LOOK_MS, STATES } from "./importing";

export function EarlierExports() {
  const now = useNow();
  const list = useQuery({
    queryKey: ["contact-exports"],
    queryFn: () => get<Page<ContactExport>>("/api/contact-exports").then((page) => page.items),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.some((one) => one.state === "running") ? LOOK_MS : false),
  });
  return (
    <>
      <h2>{t("export.earlier")}</h2>
      {list.isPending ? <Skeleton rows={2} shape="line" /> : null}
      {list.isError && !list.data ? <Failed error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data && !list.data.length ? <p className="soft">{t("export.none_yet")}</p> : null}
      {list.data?.length ? (
        <ul className="card rowlist">
          {list.data.map((one) => (
            <li key={one.id}>
              <span className="grow importname">
                {t("export.one", { count: one.done_count, size: fileSize(one.size) })}
                {one.problem ? <span className="block small-text muted">{inWords(one.problem)}</span> : null}
              </span>
              {one.state === "done" ? (
                <a
                  className="btn plain s"
                  href={`/api/contact-exports/${one.id}/file`}
                  download="contacts.csv"
                  aria-label={t("export.download_of", { when: messageTime(one.created_at, now) })}
                >
                  <Download />
                  {t("export.download")}
                </a>
              ) : (
                <span className={`chip s ${one.state === "failed" ? "bad" : ""}`}>{t(STATES[one.state])}</span>
              )}
              <span className="muted num">{rowTime(one.created_at, now)}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
