/* The first step of an import, the file; and one's own imports so far. */
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { FileSpreadsheet } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { get, upload } from "../../api/client";
import type { ContactImport, Page } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed, Skeleton, sentence } from "../../ui/States";
import { EarlierExports } from "./EarlierExports";
import { importsKey, isGoing, LOOK_MS, STATES } from "./importing";

export function ImportBegin() {
  const navigate = useNavigate();
  const picker = useRef<HTMLInputElement>(null);
  /** Of the upload, 0 to 1; null: there is none. */
  const [share, setShare] = useState<number | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [isDropping, setDropping] = useState(false);
  const going = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    going.current = controller;
    return () => controller.abort();
  }, []);
  const take = async (file: File | undefined) => {
    if (!file || share !== null) return;
    const { signal } = going.current;
    setWrong(null);
    setShare(0);
    try {
      const made = await upload<ContactImport>("/api/contact-imports", file, setShare, signal);
      await navigate({ to: "/contacts/import", search: { id: made.id } });
    } catch (problem) {
      if (!signal.aborted) setWrong(sentence(problem));
    }
    setShare(null);
  };
  return (
    <>
      <p className="soft">{t("import.lead")}</p>
      <section
        className={`card importdrop ${isDropping ? "dropping" : ""}`}
        aria-label={t("import.choose")}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes("Files")) return;
          event.preventDefault();
          setDropping(true);
        }}
        onDragLeave={() => setDropping(false)}
        onDrop={(event) => {
          event.preventDefault();
          setDropping(false);
          void take(event.dataTransfer.files[0]);
        }}
      >
        <p className="soft">{t("import.drop")}</p>
        <input
          ref={picker}
          type="file"
          hidden
          accept=".csv,.tsv,.txt,text/csv"
          onChange={({ target }) => {
            void take(target.files?.[0]);
            target.value = "";
          }}
        />
        <Button
          look="primary"
          icon={<FileSpreadsheet />}
          isBusy={share !== null}
          onClick={() => picker.current?.click()}
        >
          {t("import.choose")}
        </Button>
        {share === null ? null : <progress aria-label={t("import.uploading")} value={share} max={1} />}
        {wrong ? (
          <p className="hint error" role="alert">
            {wrong}
          </p>
        ) : null}
      </section>
      <Earlier />
      <EarlierExports />
    </>
  );
}

function Earlier() {
  const now = useNow();
  const list = useQuery({
    queryKey: importsKey,
    queryFn: () => get<Page<ContactImport>>("/api/contact-imports").then((page) => page.items),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.some(isGoing) ? LOOK_MS : false),
  });
  return (
    <>
      <h2>{t("import.earlier")}</h2>
      {list.isPending ? <Skeleton rows={2} shape="line" /> : null}
      {list.isError && !list.data ? <Failed error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data && !list.data.length ? <p className="soft">{t("import.none_yet")}</p> : null}
      {list.data?.length ? (
        <ul className="card rowlist">
          {list.data.map((one) => (
            <li key={one.id}>
              <span className="grow importname">
                <Link className="link" to="/contacts/import" search={{ id: one.id }}>
                  {one.name}
                </Link>
                <span className="block small-text muted">{t("import.rows", { count: one.row_count })}</span>
              </span>
              <span className={`chip s ${one.state === "failed" ? "bad" : ""}`}>{t(STATES[one.state])}</span>
              <span className="muted num">{rowTime(one.created_at, now)}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
