/* What filters are called, in the form and on the chips. */
import type { Priority, ViewFilters } from "../../api/types";
import { span } from "../../ui/clockWords";
import { day } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";

type Status = NonNullable<ViewFilters["status"]>;

export const STATUSES: readonly Status[] = ["open", "closed", "snoozed", "any"];
export const PRIORITIES: readonly Priority[] = ["urgent", "high", "normal", "low"];
/** Seconds that one may have waited. */
export const SPANS: readonly number[] = [900, 3600, 4 * 3600, 86_400, 3 * 86_400, 7 * 86_400];

const STATUS_NAMES: Record<Status, MessageId> = {
  open: "filter.status_open",
  closed: "view.closed",
  snoozed: "view.snoozed",
  any: "filter.status_any",
};

export const statusName = (status: Status) => t(STATUS_NAMES[status]);
const PRIORITY_NAMES: Record<Priority, MessageId> = {
  low: "priority.low",
  normal: "priority.normal",
  high: "priority.high",
  urgent: "priority.urgent",
};

export const priorityName = (priority: Priority) => t(PRIORITY_NAMES[priority]);
export const spanName = (seconds: number) => span(seconds * 1000);

export interface Names {
  people: (id: string) => string;
  channel: (id: string) => string;
  inbox: (id: string) => string;
  tag: (id: string) => string;
}

export interface FilterChip {
  key: keyof ViewFilters;
  words: string;
  /** The filters without this one. */
  without: Partial<ViewFilters>;
}

/** One chip for each thing that narrows. */
export function chipsOf(filters: Partial<ViewFilters>, names: Names): FilterChip[] {
  const chips: FilterChip[] = [];
  const add = (key: keyof ViewFilters, words: string, also: (keyof ViewFilters)[] = []) => {
    const without = { ...filters };
    for (const name of [key, ...also]) delete without[name];
    chips.push({ key, words, without });
  };
  const join = (ids: readonly string[], name: (id: string) => string) => ids.map(name).join(", ");
  if (filters.status && filters.status !== "any") add("status", statusName(filters.status));
  if (filters.assignees?.length) add("assignees", join(filters.assignees, names.people));
  if (filters.channel_account_ids?.length) add("channel_account_ids", join(filters.channel_account_ids, names.channel));
  if (filters.inbox_ids?.length) add("inbox_ids", join(filters.inbox_ids, names.inbox));
  if (filters.tag_ids?.length) add("tag_ids", join(filters.tag_ids, names.tag));
  if (filters.priorities?.length)
    add(
      "priorities",
      join(filters.priorities, (one) => priorityName(one as Priority)),
    );
  if (filters.ticket) add("ticket", t(`filter.ticket_${filters.ticket}`));
  if (filters.contact_id) add("contact_id", t("filter.one_contact"));
  if (filters.waiting_longer_than_s)
    add("waiting_longer_than_s", t("filter.chip_waiting", { span: spanName(filters.waiting_longer_than_s) }));
  if (filters.active_within_s)
    add("active_within_s", t("filter.chip_within", { span: spanName(filters.active_within_s) }));
  if (filters.since) add("since", t("filter.chip_since", { day: day(filters.since) }));
  if (filters.until) add("until", t("filter.chip_until", { day: day(filters.until) }));
  if (filters.hide_spam === false) add("hide_spam", t("filter.chip_spam"));
  if (filters.hide_trash === false) add("hide_trash", t("filter.chip_trash"));
  return chips;
}
