/* The table: only the rows in sight are drawn, between two spacers, so that a million contacts scroll like fifty. Arrow keys go from row to row. */
import { type InfiniteData, type UseInfiniteQueryResult, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { findAction, keyName } from "../../actions/keyboard";
import { actions } from "../../actions/list";
import { contactPropertiesQuery } from "../../api/queries";
import type { ContactProperty, ContactRow, Page, User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { day, fullTime, rowTime } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { useMedia } from "../../ui/media";
import { useStore } from "../../ui/store";
import { KindBadge } from "../channels/ChannelBadge";
import { shownValue } from "../contacts/PropertyFacts";
import { type BookSearch, chooseAll, chosen, columns, type Sort, toggleChosen } from "./book";

const ROW = 44;
const ROW_NARROW = 92;
const NARROW = "(max-width: 699px)";
const OPEN_CAP = 10;
const NAMES: Record<string, MessageId> = {
  email: "book.email",
  phone: "book.phone",
  owner: "contact.owner",
  open: "book.open",
  last: "book.last",
  created: "book.created",
};
const SORTED: Record<string, Sort> = { name: "name", created: "newest" };

export const columnName = (name: string, properties: readonly ContactProperty[]) =>
  NAMES[name] ? t(NAMES[name]) : (properties.find((one) => `property:${one.key}` === name)?.label ?? "");

export const rowName = (row: ContactRow) => row.name || row.identities[0]?.value || t("contact.unknown");

interface Props {
  list: UseInfiniteQueryResult<InfiniteData<Page<ContactRow>>>;
  rows: readonly ContactRow[];
  users: readonly User[];
  search: BookSearch;
  onChange: (part: Partial<BookSearch>) => void;
}

export function ContactTable({ list, rows, users, search, onChange }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const properties = useQuery(contactPropertiesQuery).data ?? [];
  const shown = useStore(columns, (state) => state.shown).filter((name) => columnName(name, properties));
  const ids = useStore(chosen, (state) => state.ids);
  const isNarrow = useMedia(NARROW);
  const height = isNarrow ? ROW_NARROW : ROW;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows have another height
  useEffect(() => virtual.measure(), [height]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = list;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isError && last >= rows.length - 30) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage, last, rows.length]);
  const sort = search.by ?? "name";
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);

  const step = (event: KeyboardEvent<HTMLElement>) => {
    const link = (event.target as HTMLElement).closest<HTMLElement>("[data-contact]");
    const means = findAction(actions, "", keyName(event));
    const name = typeof means === "object" ? means.name : undefined;
    const by = name === "next" ? 1 : name === "previous" ? -1 : 0;
    const at = Number(link?.dataset.contact ?? -1);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (name === "select" && rows[at]) toggleChosen(rows[at].id);
    else if (by) {
      const to = Math.max(0, Math.min(rows.length - 1, at + by));
      virtual.scrollToIndex(to);
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-contact="${to}"]`)?.focus());
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const head = (name: string, label: string) => {
    const to = SORTED[name];
    if (!to) return label;
    return (
      <button type="button" onClick={() => onChange({ by: to })}>
        {label}
        {sort === to ? to === "newest" ? <ArrowDown className="small" /> : <ArrowUp className="small" /> : null}
      </button>
    );
  };
  const sorted = (name: string) =>
    SORTED[name] && sort === SORTED[name] ? (sort === "newest" ? "descending" : "ascending") : undefined;
  return (
    <div className="bookscroll" ref={scroller}>
      <table className="peopletable booktable" aria-rowcount={hasNextPage ? -1 : rows.length + 1} onKeyDown={step}>
        <caption className="sr">{t("book.title")}</caption>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" className="pickcell">
              <input
                type="checkbox"
                aria-label={t("book.choose_all")}
                checked={ids.size > 0 && rows.every((row) => ids.has(row.id))}
                onChange={({ target }) => chooseAll(target.checked ? rows.map((row) => row.id) : [])}
              />
            </th>
            <th scope="col" className="name" aria-sort={sorted("name")}>
              {head("name", t("contact.name"))}
            </th>
            {shown.map((name) => (
              <th key={name} scope="col" className={name === "email" ? "name" : undefined} aria-sort={sorted(name)}>
                {head(name, columnName(name, properties))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 ? (
            <tr className="spacer">
              <td colSpan={shown.length + 2} style={{ height: before }} />
            </tr>
          ) : null}
          {items.map(({ index }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <tr key={row.id} aria-rowindex={index + 2} className={ids.has(row.id) ? "chosen" : ""} style={{ height }}>
                <td className="pickcell">
                  <input
                    type="checkbox"
                    aria-label={t("row.select", { name: rowName(row) })}
                    checked={ids.has(row.id)}
                    onChange={() => toggleChosen(row.id)}
                  />
                </td>
                <td>
                  <span className="who">
                    <Avatar name={row.name} seed={row.id} size={28}>
                      {row.last_kind ? <KindBadge kind={row.last_kind} /> : null}
                    </Avatar>
                    <Link
                      className="cut"
                      to="/contacts/$contact"
                      params={{ contact: row.id }}
                      dir="auto"
                      data-contact={index}
                    >
                      {rowName(row)}
                    </Link>
                    {row.is_blocked ? <span className="chip s bad">{t("contact.blocked")}</span> : null}
                  </span>
                </td>
                {shown.map((name) => (
                  <td key={name} data-label={columnName(name, properties)}>
                    <Cell name={name} row={row} users={users} properties={properties} />
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 ? (
            <tr className="spacer">
              <td colSpan={shown.length + 2} style={{ height: after }} />
            </tr>
          ) : null}
        </tbody>
      </table>
      {isError ? (
        <p className="listend">
          {t("list.next_failed")}{" "}
          <Button size="xs" onClick={() => void fetchNextPage()}>
            {t("common.retry")}
          </Button>
        </p>
      ) : null}
    </div>
  );
}

interface CellProps {
  name: string;
  row: ContactRow;
  users: readonly User[];
  properties: readonly ContactProperty[];
}

function Cell({ name, row, users, properties }: CellProps) {
  const now = useNow();
  if (name === "email" || name === "phone") {
    const values = row.identities.filter((one) => one.type === name).map((one) => one.value);
    return (
      <span className="cut block" title={values.join(", ")}>
        {values[0]}
        {values.length > 1 ? <span className="muted"> +{values.length - 1}</span> : null}
      </span>
    );
  }
  if (name === "owner") {
    const owner = users.find((user) => user.id === row.owner_id);
    return owner ? (
      <span className="ownercell">
        <Avatar name={owner.name} seed={owner.id} size={20} />
        <span className="cut">{owner.name}</span>
      </span>
    ) : (
      <span className="muted cut">{t("assign.nobody")}</span>
    );
  }
  if (name === "open")
    return row.open_count ? (
      <span className="num">{row.open_count >= OPEN_CAP ? t("count.capped", { count: "9" }) : row.open_count}</span>
    ) : null;
  if (name === "last")
    return row.last_message_at ? (
      <time dateTime={row.last_message_at} title={fullTime(row.last_message_at)}>
        {rowTime(row.last_message_at, now)}
      </time>
    ) : (
      <span className="muted">{t("book.never")}</span>
    );
  if (name === "created") return <span>{day(row.created_at)}</span>;
  const property = properties.find((one) => `property:${one.key}` === name);
  const value = property ? shownValue(property, row.properties[property.key]) : "";
  return (
    <span className="cut block" title={value} dir="auto">
      {value}
    </span>
  );
}
