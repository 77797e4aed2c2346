/* How an import comes on, what became of its rows, the report of those that could not be taken, and the way back. */
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download, Undo2 } from "lucide-react";
import { useState } from "react";
import { post } from "../../api/client";
import type { ContactImport } from "../../api/types";
import { Button } from "../../ui/Button";
import { number } from "../../ui/format";
import { t } from "../../ui/i18n";
import { inWords } from "../../ui/serverWords";
import { toastError } from "../../ui/toasts";
import { BadRows } from "./BadRows";
import { Again, importKey, isGoing } from "./importing";

export function ImportProgress({ table }: { table: ContactImport }) {
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const isRunning = table.state === "running";
  const undo = async () => {
    setBusy(true);
    try {
      client.setQueryData(importKey(table.id), await post<ContactImport>(`/api/contact-imports/${table.id}/undo`));
    } catch (problem) {
      toastError(problem);
    }
    setBusy(false);
  };
  const numbers = [
    { label: t("import.created"), count: table.created_count },
    { label: t("import.updated"), count: table.updated_count },
    { label: t("import.skipped"), count: table.skipped_count },
    { label: t("import.bad"), count: table.bad_count },
  ];
  const words = () => {
    if (isRunning) return t("import.importing");
    if (table.state === "undoing") return t("import.undoing");
    if (table.state === "undone")
      return table.kept_count ? t("import.undone_kept", { count: table.kept_count }) : t("import.undone");
    return table.state === "failed" ? "" : t("import.done", { name: table.name });
  };
  return (
    <>
      {table.state === "done" ? null : <p className="soft importname">{table.name}</p>}
      <p className="importname importsaid" role="status">
        {words()}
      </p>
      {table.state === "failed" ? (
        <p className="hint error" role="alert">
          {inWords(table.problem)}
        </p>
      ) : null}
      {isGoing(table) ? (
        <progress
          className="importbar"
          aria-label={t("import.title")}
          max={isRunning ? table.row_count : undefined}
          value={isRunning ? table.done_count : undefined}
        />
      ) : null}
      {isRunning ? (
        <p className="soft num">{t("import.progress", { done: table.done_count, total: table.row_count })}</p>
      ) : null}
      <dl className="card numbers importnumbers">
        {numbers.map(({ label, count }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{number(count)}</dd>
          </div>
        ))}
      </dl>
      {table.bad_count && !isGoing(table) ? <BadRows table={table} /> : null}
      <p className="row importfile">
        {table.bad_count ? (
          <a className="btn" href={`/api/contact-imports/${table.id}/bad-rows.csv`} download>
            <Download />
            {t("import.report")}
          </a>
        ) : null}
        {table.state === "done" || table.state === "failed" ? (
          <Button icon={<Undo2 />} isBusy={isBusy} onClick={() => void undo()}>
            {t("import.undo")}
          </Button>
        ) : null}
        <Again />
        {table.state === "done" ? (
          <Link className="btn ghost" to="/contacts" search={{ by: "newest" }}>
            {t("import.see")}
          </Link>
        ) : null}
      </p>
    </>
  );
}
