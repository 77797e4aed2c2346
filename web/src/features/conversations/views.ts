/* The views as they stand in the address bar ("mine", "channel-12", "saved-3", with order and filters behind the question mark), and what each means
 * to the API. Pure. */
import type { ListFilter, Sort } from "../../api/lists";
import type { Id, SavedView, ViewFilters } from "../../api/types";
import type { MessageId } from "../../ui/i18n";

export const BUILT_IN = [
  "mine",
  "mentions",
  "drafts",
  "snoozed",
  "sent",
  "unassigned",
  "closing",
  "open",
  "failed",
  "closed",
  "spam",
  "filtered",
  "trash",
  "all",
] as const;
export type BuiltIn = (typeof BUILT_IN)[number];

export const VIEW_NAMES: Record<BuiltIn, MessageId> = {
  mine: "view.mine",
  mentions: "view.mentions",
  drafts: "view.drafts",
  snoozed: "view.snoozed",
  sent: "view.sent",
  unassigned: "view.unassigned",
  closing: "view.closing",
  open: "view.open",
  failed: "view.failed",
  closed: "view.closed",
  spam: "view.spam",
  filtered: "view.filtered",
  trash: "view.trash",
  all: "view.all",
};

export const isBuiltIn = (view: string): view is BuiltIn => (BUILT_IN as readonly string[]).includes(view);

export interface ViewPart {
  kind: "channel" | "inbox" | "saved";
  id: Id;
}

export function partOf(view: string): ViewPart | null {
  const part = /^(channel|inbox|saved)-(\d+)$/.exec(view);
  return part?.[2] ? { kind: part[1] as ViewPart["kind"], id: part[2] } : null;
}

export const isView = (view: string) => isBuiltIn(view) || partOf(view) !== null;

/** The id under which GET /api/views counts this view. */
export const countId = (view: string) => view.replace(/^(channel|inbox|saved)-/, "$1:");

// ── what stands behind the question mark ─────────────────────────────────────────────────────────────────────────────

/** Sort and filters, as text. */
export interface ViewSearch {
  sort?: Sort;
  status?: string;
  inbox_ids?: string;
  channel_account_ids?: string;
  contact_id?: string;
  assignees?: string;
  tag_ids?: string;
  priorities?: string;
  ticket?: string;
  since?: string;
  until?: string;
  active_within_s?: string;
  waiting_longer_than_s?: string;
  hide_spam?: string;
  hide_trash?: string;
}

const LISTS = ["inbox_ids", "channel_account_ids", "assignees", "tag_ids", "priorities"] as const;
const TEXTS = ["status", "contact_id", "ticket", "since", "until"] as const;
const NUMBERS = ["active_within_s", "waiting_longer_than_s"] as const;
const FLAGS = ["hide_spam", "hide_trash"] as const;
const NAMES = [...LISTS, ...TEXTS, ...NUMBERS, ...FLAGS] as const;
const SORTS: readonly string[] = ["due", "newest", "oldest"];

/** Only what is known, as text: numbers in an address are read as such. */
export function readSearch(raw: Record<string, unknown>): ViewSearch {
  const search: ViewSearch = {};
  for (const name of NAMES) {
    const value = raw[name];
    if (value !== undefined && value !== null && value !== "") search[name] = String(value);
  }
  if (SORTS.includes(String(raw.sort))) search.sort = String(raw.sort) as Sort;
  return search;
}

/** Null when the address says nothing about filters: then a saved view's own hold. */
export function filtersOf(search: ViewSearch): Partial<ViewFilters> | null {
  const filters: Record<string, unknown> = {};
  for (const name of LISTS) if (search[name]) filters[name] = search[name].split(",");
  for (const name of TEXTS) if (search[name]) filters[name] = search[name];
  for (const name of NUMBERS) if (Number(search[name]) > 0) filters[name] = Number(search[name]);
  for (const name of FLAGS) if (search[name] === "false") filters[name] = false;
  return Object.keys(filters).length ? (filters as Partial<ViewFilters>) : null;
}

export function searchOf(filters: Partial<ViewFilters>, sort?: Sort): ViewSearch {
  const search: Record<string, string> = {};
  for (const [name, value] of Object.entries(filters)) {
    if (Array.isArray(value)) {
      if (value.length) search[name] = value.join(",");
    } else if (value !== null && value !== undefined && value !== true) search[name] = String(value);
  }
  return { ...readSearch(search), ...(sort ? { sort } : {}) };
}

/** Without what says nothing, so that equal filters are equal. */
export const tidy = (filters: Partial<ViewFilters>) => filtersOf(searchOf(filters)) ?? {};

/** What a view shows. A saved view that is not known (yet) gives null. */
export function filterOf(
  view: string,
  search: ViewSearch,
  saved: readonly SavedView[],
  usual: Sort,
): ListFilter | null {
  const own = filtersOf(search);
  const filters = own ? { filters: own } : {};
  if (isBuiltIn(view)) return { view, sort: search.sort ?? usual, ...filters };
  const part = partOf(view);
  if (part?.kind === "channel")
    return { view: "open", channel_account_id: part.id, sort: search.sort ?? usual, ...filters };
  if (part?.kind === "inbox") return { view: "open", inbox_id: part.id, sort: search.sort ?? usual, ...filters };
  const found = saved.find((one) => one.id === part?.id);
  return found ? { view: "all", sort: search.sort ?? found.sort, filters: own ?? tidy(found.filters) } : null;
}
