/* The list of one view: fixed row heights, only what is in sight is in the page, the next page is fetched before the end is reached, and rows that
 * arrive while one reads further down wait behind a "3 new" pill instead of pushing. */
import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDownWideNarrow, Menu as MenuIcon } from "lucide-react";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { usersQuery, viewsQuery } from "../../api/queries";
import type { Conversation, Id } from "../../api/types";
import { useNow } from "../../ui/clock";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { LivePill } from "./LivePill";
import { Row } from "./Row";
import { countText } from "./Views";
import { ViewsMenu } from "./ViewsMenu";
import { countId } from "./views";
import "./list.css";

const ROW_HEIGHT = 74;
/** Where each view was scrolled to, kept while the page lives. */
const scrolledTo = new Map<string, number>();

interface Props {
  view: string;
  name: string;
  rows: Conversation[];
  query: UseInfiniteQueryResult;
  openId: Id | null;
  onHover: (id: Id) => void;
  empty: ReactNode;
}

export function ListPane({ view, name, rows, query, openId, onHover, empty }: Props) {
  const count = useQuery(viewsQuery).data?.find((one) => one.id === countId(view));
  const text = countText(count);
  return (
    <section className="pane listpane" aria-label={t("nav.conversations")} data-pane="list">
      <div className="listhead">
        <ViewsMenu view={view}>
          <MenuIcon />
        </ViewsMenu>
        <h1 className="cut">{name}</h1>
        {text ? <span className="count">{text}</span> : null}
      </div>
      <div className="listbar">
        <span className="order">
          <ArrowDownWideNarrow className="mid" />
          {t("list.newest_first")}
        </span>
        <span className="grow" />
        <LivePill />
      </div>
      {query.isPending ? <Skeleton rows={7} shape="row" /> : null}
      {query.isError && !rows.length ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isSuccess && !rows.length ? empty : null}
      {rows.length ? <Rows key={view} view={view} rows={rows} query={query} openId={openId} onHover={onHover} /> : null}
    </section>
  );
}

function Rows({ view, rows, query, openId, onHover }: Omit<Props, "name" | "empty">) {
  const scroller = useRef<HTMLDivElement>(null);
  const users = useQuery(usersQuery).data ?? [];
  const now = useNow();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
    getItemKey: (index) => rows[index]?.id ?? index,
    initialOffset: scrolledTo.get(view) ?? 0,
  });
  const { waiting, fresh, showNew } = useArrivals(rows, scroller);
  const items = virtual.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (lastIndex >= rows.length - 12 && query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  }, [lastIndex, rows.length, query]);

  // The open row comes into sight when another one is opened, but is not chased when the list moves.
  const openIndex = rows.findIndex((row) => row.id === openId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another conversation is opened
  useLayoutEffect(() => {
    if (openIndex >= 0) virtual.scrollToIndex(openIndex, { align: "auto" });
  }, [openId]);

  return (
    <>
      <div className="newpillbox">
        {waiting > 0 ? (
          <button type="button" className="newpill" onClick={showNew}>
            {t("list.new", { count: waiting })}
          </button>
        ) : null}
      </div>
      <div
        className="scroller"
        ref={scroller}
        onScroll={(event) => scrolledTo.set(view, event.currentTarget.scrollTop)}
        data-testid="rows"
      >
        <ul className="rows" aria-label={t("list.label")} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <Row
                key={row.id}
                row={row}
                view={view}
                top={item.start}
                position={item.index + 1}
                total={query.hasNextPage ? -1 : rows.length}
                isOpen={row.id === openId}
                isFresh={fresh.has(row.id)}
                assignee={users.find((user) => user.id === row.assignee_id)}
                now={now}
                onHover={onHover}
              />
            );
          })}
        </ul>
        {query.isFetchingNextPage ? <Skeleton rows={2} shape="row" /> : null}
        {!query.hasNextPage && rows.length > 8 ? <p className="listend">{t("list.end")}</p> : null}
      </div>
    </>
  );
}

/** Rows that came in at the top: at the top they fade in; further down the view is held still and they are counted. */
function useArrivals(rows: Conversation[], scroller: React.RefObject<HTMLDivElement | null>) {
  const known = useRef<{ ids: Set<Id>; top: Id | undefined } | null>(null);
  const [waiting, setWaiting] = useState(0);
  const [fresh, setFresh] = useState<ReadonlySet<Id>>(new Set());

  useLayoutEffect(() => {
    const before = known.current;
    known.current = { ids: new Set(rows.map((row) => row.id)), top: rows[0]?.id };
    if (!before || before.top === rows[0]?.id) return;
    const oldTop = rows.findIndex((row) => row.id === before.top);
    const above = oldTop > 0 ? rows.slice(0, oldTop) : [];
    const added = above.filter((row) => !before.ids.has(row.id));
    const element = scroller.current;
    if (!above.length || !element) return;
    if (element.scrollTop > ROW_HEIGHT) {
      if (added.length) element.scrollTop += added.length * ROW_HEIGHT;
      setWaiting((count) => count + above.length);
    } else if (added.length) setFresh(new Set(added.map((row) => row.id)));
  }, [rows, scroller]);

  useEffect(() => {
    const element = scroller.current;
    if (!element || waiting === 0) return;
    const onScroll = () => element.scrollTop < ROW_HEIGHT / 2 && setWaiting(0);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => element.removeEventListener("scroll", onScroll);
  }, [waiting, scroller]);

  const showNew = () => {
    scroller.current?.scrollTo({ top: 0 });
    setWaiting(0);
  };
  return { waiting, fresh, showNew };
}
