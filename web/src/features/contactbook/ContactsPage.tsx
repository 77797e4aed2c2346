/* All contacts: a table that is searched, narrowed, sorted and chosen from. What narrows it stands in the address. */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation, useNavigate, useSearch } from "@tanstack/react-router";
import { Columns3, FileDown, FileUp, Plus, Search } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useMay } from "../../api/may";
import { contactPropertiesQuery, inboxesQuery, sessionQuery, usersQuery } from "../../api/queries";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { Popover } from "../../ui/Popover";
import { Empty, Skeleton } from "../../ui/States";
import { useStore } from "../../ui/store";
import { BookBulk } from "./BookBulk";
import { BookFilters } from "./BookFilters";
import { BookNav } from "./BookNav";
import { type BookSearch, BUILT_IN, bookQuery, chosen, columns, isNarrowed, toggleColumn } from "./book";
import { ContactTable, columnName } from "./ContactTable";
import { ExportDialog } from "./ExportDialog";
import { NewContact } from "./NewContact";
import "../people/people.css";
import "../contacts/context.css";
import "./book.css";

const PAUSE_MS = 200;

export default function ContactsPage() {
  const search = useSearch({ strict: false }) as BookSearch;
  const navigate = useNavigate();
  const client = useQueryClient();
  const me = useQuery(sessionQuery).data?.user;
  const users = useQuery(usersQuery).data ?? [];
  const list = useInfiniteQuery(bookQuery(search));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const [isMaking, setMaking] = useState(false);
  /** With ids: these alone. */
  const [exporting, setExporting] = useState<{ ids?: readonly string[] } | null>(null);
  const mayTransfer = useMay("account_access");
  const inboxes = useQuery(inboxesQuery).data;
  // The palette leads here to export.
  const wantsExport = useLocation({ select: ({ hash }) => hash === "export" });
  useEffect(() => {
    if (!wantsExport || !mayTransfer) return;
    setExporting({});
    void navigate({ to: "/contacts", search: (old) => old as BookSearch, hash: "", replace: true });
  }, [wantsExport, mayTransfer, navigate]);
  const hasChosen = useStore(chosen, (state) => state.ids.size > 0);
  const change = (part: Partial<BookSearch>) =>
    void navigate({ to: "/contacts", search: { ...search, ...part }, replace: true });
  useEffect(() => {
    document.title = `${t("book.title")} · ${t("app.name")}`;
    return () => chosen.set({ ids: new Set() });
  }, []);
  // Where filters let little through, a page can be empty though there are more.
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = list;
  useEffect(() => {
    if (!rows.length && hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [rows.length, hasNextPage, isFetchingNextPage, isError, fetchNextPage]);
  if (!me) return null;
  const isLooking = list.isSuccess && !rows.length && hasNextPage;
  return (
    <div className="sheet">
      <BookNav search={search} />
      <main className="bookpage" id="main" tabIndex={-1} data-pane="page">
        <header className="bookhead">
          <h1>{t("book.title")}</h1>
          <span className="grow" />
          <Popover
            label={t("book.columns")}
            className="btn s"
            trigger={
              <>
                <Columns3 className="mid" />
                {t("book.columns")}
              </>
            }
          >
            {() => <ColumnChoice />}
          </Popover>
          {mayTransfer ? (
            <>
              <Link className="btn s" to="/contacts/import">
                <FileUp className="mid" />
                {t("import.begin")}
              </Link>
              <Button size="s" icon={<FileDown className="mid" />} onClick={() => setExporting({})}>
                {t("export.begin")}
              </Button>
            </>
          ) : null}
          <Button size="s" look="primary" icon={<Plus className="mid" />} onClick={() => setMaking(true)}>
            {t("book.new")}
          </Button>
        </header>
        <search className="booksearch">
          <SearchBox value={search.q ?? ""} onChange={(q) => change({ q: q || undefined })} />
          <BookFilters search={search} onChange={change} />
        </search>
        {hasChosen ? (
          <BookBulk
            rows={rows}
            where={{ client, me, users }}
            onExport={mayTransfer ? (ids) => setExporting({ ids }) : undefined}
          />
        ) : null}
        <Loading query={list} queryKey={bookQuery(search).queryKey} rows={6} shape="row" isToldOverOld={!rows.length} />
        {isLooking ? <Skeleton rows={6} shape="row" /> : null}
        {list.isSuccess && !rows.length && !hasNextPage ? (
          isNarrowed(search) ? (
            <Empty title={t("book.none_title")} text={t("book.none")}>
              <Button onClick={() => void navigate({ to: "/contacts", search: {} })}>{t("book.clear")}</Button>
            </Empty>
          ) : inboxes?.some((one) => one.can_read) === false ? (
            <Empty title={t("book.empty_title")} text={t("book.no_inbox")}>
              <Button onClick={() => setMaking(true)}>{t("book.new")}</Button>
            </Empty>
          ) : (
            <Empty title={t("book.empty_title")} text={t("book.empty")}>
              <span className="row">
                <Button onClick={() => setMaking(true)}>{t("book.new")}</Button>
                {mayTransfer ? (
                  <Link className="btn" to="/contacts/import">
                    {t("import.title")}
                  </Link>
                ) : null}
              </span>
            </Empty>
          )
        ) : null}
        {rows.length ? <ContactTable list={list} rows={rows} users={users} search={search} onChange={change} /> : null}
      </main>
      {isMaking ? <NewContact onClose={() => setMaking(false)} /> : null}
      {exporting ? <ExportDialog search={search} ids={exporting.ids} onClose={() => setExporting(null)} /> : null}
    </div>
  );
}

function SearchBox({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const told = useRef(value);
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <div className="input">
      <Search className="muted mid" />
      <input
        type="search"
        aria-label={t("book.find")}
        placeholder={t("book.find")}
        maxLength={200}
        autoComplete="off"
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => {
            told.current = target.value;
            onChange(target.value);
          }, PAUSE_MS);
        }}
      />
    </div>
  );
}

function ColumnChoice() {
  const shown = useStore(columns, (state) => state.shown);
  const properties = useQuery(contactPropertiesQuery).data ?? [];
  const names = [...BUILT_IN, ...properties.map((one) => `property:${one.key}`)];
  return (
    <fieldset className="bookchoices" aria-label={t("book.columns")}>
      {names.map((name) => (
        <label key={name}>
          <input type="checkbox" checked={shown.includes(name)} onChange={() => toggleColumn(name)} />
          {columnName(name, properties)}
        </label>
      ))}
    </fieldset>
  );
}
