/* What tickets of a channel account begin with: read, kept, and said in words. Read next: TicketFields.tsx. */
import { queryOptions } from "@tanstack/react-query";
import { get, put } from "../../api/client";
import { keys } from "../../api/queries";
import type { Id, Page, TicketDefaults, TicketPipeline } from "../../api/types";
import { type MessageId, t } from "../../ui/i18n";

export const pipelinesQuery = queryOptions({
  queryKey: keys.pipelines,
  queryFn: () => get<Page<TicketPipeline>>("/api/ticket-pipelines").then((page) => page.items),
});

export const ticketDefaultsQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.ticketDefaults(id),
    queryFn: () => get<TicketDefaults>(`/api/channel-accounts/${id}/tickets`),
  });

export const keepTicketDefaults = (id: Id, wanted: TicketDefaults) =>
  put<TicketDefaults>(`/api/channel-accounts/${id}/tickets`, wanted);

export type TicketPriority = NonNullable<TicketDefaults["priority"]>;
export type TicketCategory = NonNullable<TicketDefaults["category"]>;

export const PRIORITIES: Record<TicketPriority, MessageId> = {
  low: "tickets.low",
  medium: "tickets.medium",
  high: "tickets.high",
  urgent: "tickets.urgent",
};

export const CATEGORIES: Record<TicketCategory, MessageId> = {
  product_issue: "tickets.product_issue",
  billing_issue: "tickets.billing_issue",
  feature_request: "tickets.feature_request",
  general_inquiry: "tickets.general_inquiry",
};

/** What every account begins with is called so in everybody's own language. */
const BUILT_IN: Record<string, MessageId> = {
  support: "tickets.support",
  new: "tickets.new",
  waiting_on_contact: "tickets.waiting_on_contact",
  waiting_on_us: "tickets.waiting_on_us",
  closed: "tickets.closed",
};

export function nameOf(one: { key: string | null; name: string }): string {
  const known = one.key === null ? undefined : BUILT_IN[one.key];
  return known ? t(known) : one.name;
}
