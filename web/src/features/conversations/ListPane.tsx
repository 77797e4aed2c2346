/* The list of one view: what it is called and how many there are, its order and filters, and the rows or what there is instead of them. */
import { useQuery } from "@tanstack/react-query";
import { ListFilter as FilterIcon, Menu as MenuIcon, Search, SquareCheckBig } from "lucide-react";
import { lazy, type MouseEvent, type ReactNode, Suspense, useState } from "react";
import type { Scope } from "../../actions/action";
import { actions } from "../../actions/list";
import { filterAction } from "../../actions/selecting";
import type { ListFilter } from "../../api/lists";
import { viewsQuery } from "../../api/queries";
import type { Conversation, Id } from "../../api/types";
import { IconButton } from "../../ui/Button";
import { useFirstPaint } from "../../ui/firstPaint";
import { shownKey, withKey } from "../../ui/hotkeys";
import { t, withWords } from "../../ui/i18n";
import { Popover } from "../../ui/Popover";
import { Empty, Failed, Skeleton } from "../../ui/States";
import { useStore } from "../../ui/store";
import { BulkBar } from "./BulkBar";
import { FilterChips } from "./FilterChips";
import { FilterPanel } from "./FilterPanel";
import { filterPanel } from "./filterState";
import { LivePill } from "./LivePill";
import type { RowPlace } from "./RowMenu";
import { type ListResult, Rows } from "./Rows";
import { SelectionBar } from "./SelectionBar";
import { SortMenu } from "./SortMenu";
import { listed, startSelecting, stopSelecting } from "./selecting";
import { useView } from "./useList";
import { countText } from "./ViewLink";
import { ViewsMenu } from "./ViewsMenu";
import { countId, filtersOf } from "./views";
import "./list.css";

const RowMenu = lazy(withWords(() => import("./RowMenu")));
const DemoChip = lazy(withWords(() => import("../demo/DemoChip")));

interface Props {
  view: string;
  name: string;
  filter: ListFilter;
  isGone: boolean;
  rows: Conversation[];
  query: ListResult;
  openId: Id | null;
  scope: Scope;
  onHover: (id: Id) => void;
  empty: ReactNode;
}

export function ListPane({ view, name, filter, isGone, rows, query, openId, scope, onHover, empty }: Props) {
  const isPainted = useFirstPaint();
  const hasOwnFilters = filtersOf(useView().search) !== null;
  const [menuAt, setMenuAt] = useState<RowPlace | null>(null);
  const openMenu = (event: MouseEvent) => {
    const row = (event.target as Element).closest("li.conv")?.querySelector<HTMLElement>("[data-row]");
    if (!row?.dataset.row) return;
    event.preventDefault();
    // By the menu key there may be no point: below the row's picture then.
    const { left, top } = row.getBoundingClientRect();
    const isByKey = event.clientX === 0 && event.clientY === 0;
    setMenuAt({
      id: row.dataset.row,
      x: isByKey ? left + 32 : event.clientX,
      y: isByKey ? top + 40 : event.clientY,
    });
  };
  const hasSomething = rows.length > 0 || (query.isSuccess && query.hasNextPage);
  return (
    <section
      className="pane listpane"
      aria-label={t("nav.conversations")}
      tabIndex={-1}
      data-pane="list"
      onContextMenu={openMenu}
    >
      <div className="listhead">
        <ViewsMenu view={view}>
          <MenuIcon />
        </ViewsMenu>
        <h1 className="cut">{isGone ? t("nav.conversations") : name}</h1>
        {hasOwnFilters ? null : <Count view={view} />}
        <span className="grow" />
        {isPainted ? (
          <Suspense fallback={null}>
            <DemoChip />
          </Suspense>
        ) : null}
        <Buttons scope={scope} />
      </div>
      <div className="listbar">
        <SortMenu filter={filter} />
        <span className="grow" />
        <LivePill />
      </div>
      <FilterChips />
      <SelectionBar />
      <BulkBar scope={scope} />
      {isGone ? <Empty title={t("view.gone_title")} text={t("view.gone_text")} /> : null}
      {query.isPending && !isGone ? <Skeleton rows={7} shape="row" /> : null}
      {query.isError && !rows.length ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isSuccess && !hasSomething ? empty : null}
      {hasSomething ? (
        <Rows
          key={`${view} ${JSON.stringify(filter)}`}
          view={view}
          filter={filter}
          rows={rows}
          query={query}
          openId={openId}
          open={scope.open}
          onHover={onHover}
        />
      ) : null}
      {menuAt ? (
        <Suspense fallback={null}>
          <RowMenu
            key={`${menuAt.id} ${menuAt.x} ${menuAt.y}`}
            place={menuAt}
            scope={scope}
            onClose={() => setMenuAt(null)}
          />
        </Suspense>
      ) : null}
    </section>
  );
}

function Count({ view }: { view: string }) {
  const text = countText(useQuery(viewsQuery).data?.find((one) => one.id === countId(view)));
  return text ? <span className="count">{text}</span> : null;
}

function Buttons({ scope }: { scope: Scope }) {
  const search = actions.find((action) => action.name === "search");
  const isOpen = useStore(filterPanel, (state) => state.isOpen);
  const isSelecting = useStore(listed, (state) => state.isSelecting);
  return (
    <>
      {search ? (
        <IconButton label={t(search.label(null))} keys={shownKey(search)} onClick={() => search.run(scope)}>
          <Search />
        </IconButton>
      ) : null}
      <Popover
        label={t("filter.title")}
        title={withKey(t("action.filter"), filterAction)}
        className="iconbtn"
        trigger={<FilterIcon />}
        isOpen={isOpen}
        onOpenChange={(open) => filterPanel.set({ isOpen: open })}
      >
        {(close) => <FilterPanel onClose={close} />}
      </Popover>
      <IconButton
        label={t("list.select")}
        keys="X"
        aria-pressed={isSelecting}
        onClick={() => (isSelecting ? stopSelecting() : startSelecting())}
      >
        <SquareCheckBig />
      </IconButton>
    </>
  );
}
