/* Writes the list, or the chosen contacts, as a table. The worker does it; this shows how far it is, and then leads to the file. */
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { get, post } from "../../api/client";
import type { ContactExport } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { fileSize, number } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed } from "../../ui/States";
import { inWords } from "../../ui/serverWords";
import { asked, type BookSearch } from "./book";

const LOOK_MS = 700;

interface Props {
  search: BookSearch;
  /** These alone. */
  ids?: readonly string[];
  onClose: () => void;
}

export function ExportDialog({ search, ids, onClose }: Props) {
  const [begun, setBegun] = useState<ContactExport | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const hasBegun = useRef(false);
  useEffect(() => {
    if (hasBegun.current) return;
    hasBegun.current = true;
    const { sort: _sort, is_blocked, has_open, q, ...rest } = asked(search);
    const flags = {
      ...(is_blocked && { is_blocked: is_blocked === "true" }),
      ...(has_open && { has_open: has_open === "true" }),
    };
    const wanted = ids ? { ids } : { q: q ?? "", ...rest, ...flags };
    post<ContactExport>("/api/contact-exports", wanted).then(setBegun, setProblem);
  }, [search, ids]);
  const state = useQuery({
    queryKey: ["contact-export", begun?.id],
    queryFn: () => get<ContactExport>(`/api/contact-exports/${begun?.id}`),
    enabled: begun !== null,
    staleTime: 0,
    refetchInterval: (query) => (query.state.data && query.state.data.state !== "running" ? false : LOOK_MS),
  });
  const now = state.data ?? begun;
  return (
    <Dialog title={t("export.title")} onClose={onClose}>
      <div className="contactform">
        <p className="soft">{ids ? t("export.chosen", { count: ids.length }) : t("export.list")}</p>
        {problem || (state.isError && !state.data) ? <Failed error={problem ?? state.error} /> : null}
        {now?.state === "failed" ? (
          <p className="hint error" role="alert">
            {inWords(now.problem)}
          </p>
        ) : null}
        {now?.state === "running" || (!now && !problem) ? (
          <>
            <progress className="importbar" aria-label={t("export.title")} />
            <p className="soft num">{t("export.writing", { count: number(now?.done_count ?? 0) })}</p>
          </>
        ) : null}
        <p role="status">
          {now?.state === "done" ? t("export.done", { count: now.done_count, size: fileSize(now.size) }) : null}
        </p>
        {now?.state === "done" ? (
          <a className="btn primary" href={`/api/contact-exports/${now.id}/file`} download="contacts.csv">
            <Download />
            {t("export.download")}
          </a>
        ) : null}
      </div>
    </Dialog>
  );
}
