/* The first rows that an import could not take: where each stands in the file, what is wrong with what. All of them are in the report. */
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { components } from "../../api/schema";
import type { ContactImport, Page } from "../../api/types";
import { number } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { inWords, useServerWords } from "../../ui/serverWords";

type BadRow = components["schemas"]["BadRowOut"];

export function BadRows({ table }: { table: ContactImport }) {
  useServerWords();
  const rows = useQuery({
    queryKey: ["contact-import", table.id, "bad", table.bad_count],
    queryFn: () => get<Page<BadRow>>(`/api/contact-imports/${table.id}/bad-rows`).then((page) => page.items),
  });
  const shown = rows.data?.length ?? 0;
  return (
    <section className="badrows">
      <h2 id="badrows">
        {t("import.bad_rows")}{" "}
        {shown && shown < table.bad_count ? (
          <span className="small-text muted">
            {t("import.bad_first", { shown: number(shown), count: number(table.bad_count) })}
          </span>
        ) : null}
      </h2>
      {rows.isPending ? <Skeleton rows={2} shape="line" /> : null}
      {rows.isError && !rows.data ? <Failed error={rows.error} onRetry={() => void rows.refetch()} /> : null}
      {rows.data ? (
        <div className="card importcolumns">
          <table className="sidebyside" aria-labelledby="badrows">
            <thead>
              <tr>
                <th scope="col">{t("import.row")}</th>
                <th scope="col">{t("book.value")}</th>
                <th scope="col">{t("import.reason")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.data.map((one) => (
                <tr key={one.row}>
                  <th scope="row" className="num">
                    {number(one.row)}
                  </th>
                  <td>
                    <span dir="auto">{one.value}</span>
                    {one.column ? (
                      <span className="block small-text muted" dir="auto">
                        {one.column}
                      </span>
                    ) : null}
                  </td>
                  <td>{inWords(one.reason)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </section>
  );
}
