/* Contacts from a table: choose the file, say what its columns hold, watch it come in, read what could not be taken, undo it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { get } from "../../api/client";
import { useMay } from "../../api/may";
import { keys, sessionQuery } from "../../api/queries";
import type { ContactImport } from "../../api/types";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { BookNav } from "./BookNav";
import { ImportBegin } from "./ImportBegin";
import { ImportMapping } from "./ImportMapping";
import { ImportProgress } from "./ImportProgress";
import { importKey, isGoing, LOOK_MS } from "./importing";
import "../settings/settings.css";
import "../people/people.css";
import "./book.css";

export default function ImportPage() {
  const { id } = useSearch({ strict: false }) as { id?: string };
  const me = useQuery(sessionQuery).data?.user;
  const mayImport = useMay("account_access");
  useEffect(() => {
    document.title = `${t("import.title")} · ${t("app.name")}`;
  }, []);
  if (!me) return null;
  return (
    <div className="sheet">
      <BookNav />
      <main className="page" id="main" tabIndex={-1} data-pane="page">
        <div className="pagebody">
          <Link className="crumb" to="/contacts">
            {t("book.all")}
          </Link>
          <h1>{t("import.title")}</h1>
          {mayImport ? (
            id ? (
              <OneImport key={id} id={id} />
            ) : (
              <ImportBegin />
            )
          ) : (
            <p className="soft">{t("import.may_not")}</p>
          )}
        </div>
      </main>
    </div>
  );
}

function OneImport({ id }: { id: string }) {
  const client = useQueryClient();
  const found = useQuery({
    queryKey: importKey(id),
    queryFn: () => get<ContactImport>(`/api/contact-imports/${id}`),
    staleTime: 0,
    refetchInterval: ({ state }) => (isGoing(state.data) ? LOOK_MS : false),
  });
  const one = found.data;
  const isOver = one?.state === "done" || one?.state === "undone";
  useEffect(() => {
    if (isOver) void client.invalidateQueries({ queryKey: keys.contactBook });
  }, [isOver, client]);
  // The button that began what comes now is gone: the focus stays on the page.
  const before = useRef(one?.state);
  useEffect(() => {
    if (before.current && one?.state !== before.current && document.activeElement === document.body)
      document.getElementById("main")?.focus();
    before.current = one?.state;
  }, [one?.state]);
  if (found.isPending) return <Skeleton rows={4} shape="line" />;
  if (!one) return <Failed error={found.error} onRetry={() => void found.refetch()} />;
  return one.state === "ready" ? <ImportMapping table={one} /> : <ImportProgress table={one} />;
}
