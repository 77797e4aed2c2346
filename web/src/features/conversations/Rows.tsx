/* The rows of one view: only what is in sight is in the page, the next page is fetched before the end is reached, and each view remembers where it was. */
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Scope } from "../../actions/action";
import { type ListFilter, orderOf } from "../../api/lists";
import { channelsQuery, sessionQuery, usersQuery, viewsQuery } from "../../api/queries";
import type { Conversation, ConversationList, Id } from "../../api/types";
import { appearance, ROW_HEIGHT } from "../../ui/appearance";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { useFirstPaint } from "../../ui/firstPaint";
import { number } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { Skeleton } from "../../ui/States";
import { useStore } from "../../ui/store";
import { useServerNow } from "./DueChip";
import { drawnIn, HEADING_HEIGHT, heightOf, layOut, offsetOf, rangeOf, type Section } from "./listLayout";
import { useOwnMarks } from "./ownMarks";
import { Row } from "./Row";
import { useArrivals } from "./useArrivals";
import { useWantedRow } from "./useWantedRow";
import { countId } from "./views";

/** Rows drawn above and below what is in sight; none before the first picture stands. */
const OVERSCAN = 6;
/** Pages without a fitting row that are fetched without being asked. */
const LOOK_ON = 4;
const GROUP_NAMES: Record<string, MessageId> = {
  now: "group.now",
  later: "group.later",
  customer: "group.customer",
};
/** Where each view was scrolled to, kept while the page lives. */
const scrolledTo = new Map<string, number>();

export type ListResult = UseInfiniteQueryResult<InfiniteData<ConversationList>>;

interface Props {
  view: string;
  filter: ListFilter;
  rows: Conversation[];
  query: ListResult;
  openId: Id | null;
  open: Scope["open"];
  onHover: (id: Id) => void;
}

export function Rows({ view, filter, rows, query, openId, open, onHover }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const users = useQuery(usersQuery).data ?? [];
  const me = useQuery(sessionQuery).data?.user.id ?? "";
  const channels = useQuery(channelsQuery).data ?? [];
  const search = useLocation({ select: (location) => location.searchStr });
  // A row is drawn anew when what it is given changes: what opens it stays the same.
  const latest = useRef(open);
  latest.current = open;
  const onOpen = useCallback((id: Id) => latest.current(id, "thread"), []);
  const { drafts, mentions } = useOwnMarks();
  const now = useNow();
  const serverNow = useServerNow();
  const density = useStore(appearance, (state) => state.density);
  const order = orderOf(filter);
  const layout = useMemo(
    () => layOut(rows, order, filter.view !== "snoozed", serverNow, ROW_HEIGHT[density]),
    [rows, order, filter.view, serverNow, density],
  );
  const key = `${view} ${JSON.stringify(filter)}`;
  const [from, to, seen] = useRange(scroller, layout, key);
  const { waiting, fresh, showNew } = useArrivals(rows, layout, scroller);
  useNextPages(query, to, rows.length);

  const reveal = (index: number, at: { top: number; height: number }) => {
    const element = scroller.current;
    if (index < 0 || !element) return;
    const height = at.height || element.clientHeight; // 0: not measured yet
    const top = offsetOf(layout, index);
    const sticky = layout.sections.some((section) => section.group) ? HEADING_HEIGHT : 0;
    if (top - sticky < at.top) element.scrollTop = top - sticky;
    else if (top + layout.rowHeight > at.top + height) element.scrollTop = top + layout.rowHeight - height;
  };
  // The open row comes into sight when another one is opened, but is not chased when the list moves. By what was seen last: asking the element would have the
  // browser lay everything out before it has to.
  const openIndex = rows.findIndex((row) => row.id === openId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another conversation is opened
  useLayoutEffect(() => reveal(openIndex, seen.current), [openId]);
  useWantedRow(scroller, rows, reveal);

  // The open row, or the one that was open or had the focus last.
  const last = useRef(openId);
  if (openId) last.current = openId;
  const firstTab = Math.max(
    0,
    rows.findIndex((row) => row.id === last.current),
  );
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
        className={`scroller ${density}`}
        ref={scroller}
        data-testid="rows"
        onFocus={({ target }) => {
          last.current = target.dataset.row ?? last.current;
        }}
      >
        {layout.sections.map((section) => (
          <GroupOfRows
            key={section.group ?? "all"}
            section={section}
            height={heightOf(section, layout.rowHeight)}
            count={<GroupCount view={view} section={section} loaded={rows.length} hasMore={query.hasNextPage} />}
          >
            {drawnIn(section, from, to, firstTab).map((index) => {
              const row = rows[index];
              const isLast = section.start + section.count === rows.length;
              return row ? (
                <Row
                  key={row.id}
                  row={row}
                  href={`/inbox/${view}/${row.id}${search}`}
                  isOpen={row.id === openId}
                  channel={channels.find((channel) => channel.kind === row.kind)}
                  top={(index - section.start) * layout.rowHeight}
                  position={index - section.start + 1}
                  total={isLast && query.hasNextPage ? -1 : section.count}
                  isFirstTab={index === firstTab}
                  isFresh={fresh.has(row.id)}
                  hasDraft={drafts.has(row.id)}
                  isMentioned={mentions.has(row.id)}
                  assignee={users.find((user) => user.id === row.assignee_id)}
                  users={users}
                  me={me}
                  now={now}
                  onHover={onHover}
                  onOpen={onOpen}
                />
              ) : null;
            })}
          </GroupOfRows>
        ))}
        <End query={query} rows={rows.length} />
      </div>
    </>
  );
}

interface GroupProps {
  section: Section;
  height: number;
  count: React.ReactNode;
  children: React.ReactNode;
}

function GroupOfRows({ section, height, count, children }: GroupProps) {
  const id = `group-${section.group}`;
  if (!section.group)
    return (
      <ul className="rows" aria-label={t("list.label")} style={{ height }}>
        {children}
      </ul>
    );
  return (
    <section style={{ height }} aria-labelledby={id}>
      <h2 className="groupname" id={id}>
        {t(GROUP_NAMES[section.group] ?? "group.later")} {count}
      </h2>
      <ul className="rows" aria-labelledby={id} style={{ height: height - HEADING_HEIGHT }}>
        {children}
      </ul>
    </section>
  );
}

/** How many a group has: exactly where it is known, else what is loaded, with a plus. */
function GroupCount({
  view,
  section,
  loaded,
  hasMore,
}: {
  view: string;
  section: Section;
  loaded: number;
  hasMore: boolean;
}) {
  const whole = useQuery(viewsQuery).data?.find((one) => one.id === countId(view));
  const isOpenEnded = hasMore && section.start + section.count === loaded;
  const known =
    isOpenEnded && whole && !whole.is_capped && whole.count >= loaded ? whole.count - section.start : section.count;
  const isMore = (isOpenEnded && known === section.count) || known > 99;
  return (
    <span className="count">{isMore ? t("count.capped", { count: number(Math.min(99, known)) }) : number(known)}</span>
  );
}

/** Which rows are drawn; state changes only when that does, not at each pixel. */
function useRange(scroller: RefObject<HTMLDivElement | null>, layout: ReturnType<typeof layOut>, key: string) {
  const overscan = useFirstPaint() ? OVERSCAN : 0;
  const [range, setRange] = useState(() => [0, Math.ceil(innerHeight / layout.rowHeight)] as readonly [number, number]);
  const latest = useRef(layout);
  latest.current = layout;
  const seen = useRef({ top: 0, height: 0 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new layout may show other rows at the same place
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      seen.current = { top: element.scrollTop, height: element.clientHeight };
      const [from, to] = rangeOf(latest.current, seen.current.top, seen.current.height, overscan);
      setRange((old) => (old[0] === from && old[1] === to ? old : [from, to]));
    };
    // What is drawn at first fills the window from the top. Asking the element for more then would have the browser lay out the whole page before it has to;
    // the observer tells as soon as it has.
    if (seen.current.height || scrolledTo.get(key)) look();
    element.addEventListener("scroll", look, { passive: true });
    const resizing = new ResizeObserver(look);
    resizing.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      resizing.disconnect();
    };
  }, [scroller, layout, overscan]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const top = scrolledTo.get(key) ?? 0;
    if (top || seen.current.top) {
      element.scrollTop = top;
      seen.current = { top: element.scrollTop, height: element.clientHeight };
    }
    const keep = () => scrolledTo.set(key, element.scrollTop);
    element.addEventListener("scroll", keep, { passive: true });
    return () => element.removeEventListener("scroll", keep);
  }, [scroller, key]);
  return [...range, seen] as const;
}

/** The next page before the end is reached; and, where filters let little through, a few more. */
function useNextPages(query: ListResult, lastDrawn: number, loaded: number): void {
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage, data } = query;
  const pages = data?.pages.length ?? 0;
  const isSparse = Boolean(data?.pages.at(-1)?.is_partial);
  useEffect(() => {
    if (!hasNextPage || isFetchingNextPage || isError) return;
    if (lastDrawn >= loaded - 20 && !(isSparse && pages % LOOK_ON === 0)) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage, lastDrawn, loaded, isSparse, pages]);
}

function End({ query, rows }: { query: ListResult; rows: number }) {
  if (query.isFetchingNextPage) return <Skeleton rows={2} shape="row" />;
  if (query.hasNextPage && (query.isError || query.data?.pages.at(-1)?.is_partial))
    return (
      <p className="listend">
        {t(query.isError ? "list.next_failed" : "list.looked_far")}
        <Button size="xs" onClick={() => void query.fetchNextPage()}>
          {t(query.isError ? "common.retry" : "list.look_on")}
        </Button>
      </p>
    );
  return !query.hasNextPage && rows > 8 ? <p className="listend">{t("list.end")}</p> : null;
}
