/* Lists as both sides mean them: what belongs in one, in what order, and in which group. The server's own rules (core/views/), said again so that a
 * row can come, go and move without asking. Pure. Read next: apply.ts. */
import { query } from "./client";
import { compareIds } from "./ids";
import type { Conversation, Id, ViewFilters } from "./types";

export type Sort = "due" | "newest" | "oldest";
export type Group = "now" | "later" | "customer";

export interface ListFilter {
  /** As the API takes it. */
  view: string;
  sort?: Sort;
  inbox_id?: Id;
  channel_account_id?: Id;
  filters?: Partial<ViewFilters>;
}

type Shelf = "open" | "closed" | "snoozed" | "spam" | "filtered" | "trash" | "merged";

const HOUR = 3_600_000;
/** What is due within this time, or late, is to be answered now. */
export const SOON_MS = HOUR;
const LIVING: readonly Shelf[] = ["open", "closed", "snoozed"];
const SHELVES: Record<string, readonly Shelf[]> = {
  closed: ["closed"],
  snoozed: ["snoozed"],
  spam: ["spam"],
  filtered: ["filtered"],
  trash: ["trash"],
  all: LIVING,
  failed: LIVING,
  mentions: LIVING,
  drafts: LIVING,
  sent: LIVING,
};

const NAMED_BY_SERVER: readonly string[] = ["mentions", "drafts", "sent"];
/** Views whose rows only the server can name: rows here stay while they fit, and new ones come by asking. */
export const isNamedByServer = ({ view, filters }: ListFilter) =>
  NAMED_BY_SERVER.includes(view) || Boolean(filters?.ticket);

/** Views in the order of something that rows do not tell (when I answered last): rows here stay where they are. */
export const isOrderedByServer = ({ view }: ListFilter) => view === "sent";

/** A rule or the brake kept it out of the inbox, and neither a person nor the deny list. */
export const isFiltered = (row: Conversation) =>
  row.is_spam && row.spam_reason !== null && !["manual", "blocked", "denied"].includes(row.spam_reason);

export function shelfOf(row: Conversation): Shelf {
  if (row.merged_into_id !== null) return "merged";
  if (row.is_trashed) return "trash";
  if (row.is_spam) return isFiltered(row) ? "filtered" : "spam";
  if (row.status === "closed") return "closed";
  return row.is_snoozed ? "snoozed" : "open";
}

function shelvesOf({ view, filters }: ListFilter): readonly Shelf[] {
  const status = filters?.status;
  const shelves = status ? (status === "any" ? LIVING : [status]) : (SHELVES[view] ?? ["open"]);
  const more: Shelf[] = [];
  if (filters?.hide_spam === false) more.push("spam", "filtered");
  if (filters?.hide_trash === false) more.push("trash");
  return more.length ? [...shelves, ...more] : shelves;
}

/** "Due first" is only where something can be due; everywhere else it is newest first. */
export function orderOf(filter: ListFilter): Sort {
  const sort = filter.sort ?? "newest";
  if (sort !== "due") return sort;
  const canBeDue = shelvesOf(filter).every((shelf) => shelf === "open" || shelf === "snoozed");
  return canBeDue && filter.view !== "failed" && !isOrderedByServer(filter) && !filter.filters?.contact_id
    ? "due"
    : "newest";
}

export function belongs(filter: ListFilter, row: Conversation, me: Id, now: number): boolean {
  if (!shelvesOf(filter).includes(shelfOf(row))) return false;
  if (filter.inbox_id && row.inbox_id !== filter.inbox_id) return false;
  if (filter.channel_account_id && row.channel_account_id !== filter.channel_account_id) return false;
  if (filter.view === "mine" && row.assignee_id !== me) return false;
  if (filter.view === "unassigned" && row.assignee_id !== null) return false;
  if (filter.view === "failed" && row.failed_count === 0) return false;
  if (filter.view === "closing" && !(row.due_at && Date.parse(row.due_at) < now + SOON_MS)) return false;
  return fits(filter.filters, row, me, now);
}

const isOneOf = (values: readonly string[] | undefined, value: string) => !values?.length || values.includes(value);

function fits(filters: Partial<ViewFilters> | undefined, row: Conversation, me: Id, now: number): boolean {
  if (!filters) return true;
  const last = Date.parse(row.last_message_at);
  const people = filters.assignees;
  const isTheirs =
    !people?.length ||
    people.some((one) => (one === "nobody" ? null : one === "me" ? me : one) === (row.assignee_id ?? null));
  const longer = filters.waiting_longer_than_s ?? null;
  return (
    isTheirs &&
    isOneOf(filters.inbox_ids, row.inbox_id) &&
    isOneOf(filters.channel_account_ids, row.channel_account_id) &&
    isOneOf(filters.priorities, row.priority) &&
    (!filters.contact_id || row.contact?.id === filters.contact_id) &&
    (!filters.tag_ids?.length || filters.tag_ids.some((tag) => row.tag_ids.includes(tag))) &&
    (!filters.since || last >= Date.parse(filters.since)) &&
    (!filters.until || last < Date.parse(filters.until)) &&
    (!filters.active_within_s || last >= now - filters.active_within_s * 1000) &&
    (longer === null || (row.waiting_since !== null && Date.parse(row.waiting_since) < now - longer * 1000))
  );
}

const WAITING = 2e15;
const SNOOZED = 4e15;
const ANSWERED = 9e15;

/** The place in "due first": deadlines, then who waits without one (or did not get our answer), then those we wait for, newest first. */
export function dueRank(row: Conversation): number {
  if (row.is_snoozed) return row.snoozed_until ? Date.parse(row.snoozed_until) : SNOOZED;
  if (row.due_at) return Date.parse(row.due_at);
  if (row.status === "open" && (row.waiting_since !== null || row.failed_count > 0))
    return WAITING + Date.parse(row.waiting_since ?? row.last_message_at);
  return ANSWERED - Date.parse(row.last_message_at);
}

/** The order of the server's keyset: below zero when `a` comes first. */
export function compareRows(order: Sort, a: Conversation, b: Conversation): number {
  if (order === "due") return dueRank(a) - dueRank(b) || compareIds(a.id, b.id);
  const newest = Date.parse(b.last_message_at) - Date.parse(a.last_message_at) || compareIds(b.id, a.id);
  return order === "newest" ? newest : -newest;
}

export function groupOf(row: Conversation, now: number): Group {
  if (row.due_at) return Date.parse(row.due_at) < now + SOON_MS ? "now" : "later";
  return row.status === "open" && (row.waiting_since !== null || row.failed_count > 0) ? "later" : "customer";
}

/** As the API takes it: lists with commas, nothing that says nothing. */
export function listParams({ filters, ...rest }: ListFilter): Record<string, string | number | undefined> {
  const params: Record<string, string | number | undefined> = { ...rest };
  for (const [name, value] of Object.entries(filters ?? {})) {
    if (Array.isArray(value)) params[name] = value.length ? value.join(",") : undefined;
    else if (value !== null && value !== true) params[name] = String(value);
  }
  return params;
}

const PAGE = 50;
/** Who scrolls on will go on scrolling. */
export const NEXT_PAGE = 100;

/** Where a page of a list is read; the first one without a cursor. */
export const listPath = (filter: ListFilter, cursor: string | null) =>
  `/api/conversations${query({ ...listParams(filter), limit: cursor ? NEXT_PAGE : PAGE, cursor })}`;
