/* What is done to tickets: told to the server, and undone by the toast and by `Z` once the server has it. Read next: TicketSection.tsx. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { get, patch, post, put, query, remove } from "../../api/client";
import { newClientId } from "../../api/ids";
import { keys } from "../../api/queries";
import { inLine } from "../../api/saving";
import type { Id, Page, Ticket, TicketPipeline } from "../../api/types";
import { whenPainted } from "../../ui/firstPaint";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { nameOf } from "./tickets";

/** Those of a conversation, the newest first. */
export const ticketsQuery = (conversationId: Id) =>
  queryOptions({
    queryKey: keys.tickets(conversationId),
    queryFn: async ({ signal }) => {
      await whenPainted();
      return (await get<Page<Ticket>>(`/api/tickets${query({ conversation_id: conversationId })}`, signal)).items;
    },
  });

export const numberOf = (ticket: Pick<Ticket, "id">) => t("tickets.number", { number: ticket.id });

/** The one that a key means: the newest that is open, else the newest. */
export const mainTicket = (tickets: readonly Ticket[] | undefined): Ticket | undefined =>
  tickets?.find((one) => one.closed_at === null) ?? tickets?.[0];

export type TicketPart = Partial<
  Pick<Ticket, "pipeline_id" | "stage_id" | "owner_id" | "priority" | "category" | "name">
>;

function show(client: QueryClient, ticket: Ticket): void {
  for (const id of ticket.conversation_ids)
    client.setQueryData<Ticket[]>(keys.tickets(id), (old) => old?.map((one) => (one.id === ticket.id ? ticket : one)));
}

/** Shown at once, taken back where the server refuses. */
export async function changeTicket(
  client: QueryClient,
  ticket: Ticket,
  part: TicketPart,
  done?: string,
): Promise<void> {
  const back: TicketPart = {};
  for (const name of Object.keys(part) as (keyof TicketPart)[]) Object.assign(back, { [name]: ticket[name] });
  show(client, { ...ticket, ...part });
  try {
    const { answer, isLast } = await inLine(
      ["ticket", ticket.id],
      () => patch<Ticket>(`/api/tickets/${ticket.id}`, part),
      (wasLast) => {
        if (wasLast) show(client, ticket);
      },
    );
    if (isLast) show(client, answer);
    if (done) toast(done, () => void changeTicket(client, answer, back));
  } catch (problem) {
    toastError(problem);
  }
}

export function setStage(
  client: QueryClient,
  ticket: Ticket,
  pipeline: TicketPipeline,
  stage: TicketPipeline["stages"][number],
): void {
  if (stage.id === ticket.stage_id) return;
  const done = t("tickets.status_set", { number: numberOf(ticket), name: nameOf(stage) });
  void changeTicket(client, ticket, { pipeline_id: pipeline.id, stage_id: stage.id }, done);
}

const readAgain = (client: QueryClient, conversationId: Id) =>
  client.invalidateQueries({ queryKey: keys.tickets(conversationId) });

/** Asked for, and not answered: the same again is the same ticket. */
const asked = new Map<Id, string>();

export async function makeTicket(client: QueryClient, conversationId: Id): Promise<void> {
  const client_id = asked.get(conversationId) ?? newClientId();
  asked.set(conversationId, client_id);
  try {
    const made = await post<Ticket>(`/api/conversations/${conversationId}/tickets`, { client_id });
    asked.delete(conversationId);
    await readAgain(client, conversationId);
    toast(t("tickets.made", { number: numberOf(made) }));
  } catch (problem) {
    toastError(problem);
  }
}

const linkOf = (conversationId: Id, ticket: Ticket) => `/api/conversations/${conversationId}/tickets/${ticket.id}`;

/** The sentence that says what is wrong; null when it is done. */
export async function linkTicket(
  client: QueryClient,
  conversationId: Id,
  ticket: Ticket,
  isSaid = true,
): Promise<string | null> {
  try {
    await put(linkOf(conversationId, ticket), {});
    await readAgain(client, conversationId);
    if (isSaid)
      toast(
        t("tickets.linked", { number: numberOf(ticket) }),
        () => void unlinkTicket(client, conversationId, ticket, false),
      );
    return null;
  } catch (problem) {
    return sentence(problem);
  }
}

export async function unlinkTicket(
  client: QueryClient,
  conversationId: Id,
  ticket: Ticket,
  isSaid = true,
): Promise<void> {
  try {
    await remove(linkOf(conversationId, ticket));
    await readAgain(client, conversationId);
    if (isSaid)
      toast(t("tickets.unlinked", { number: numberOf(ticket) }), () => {
        void linkTicket(client, conversationId, ticket, false).then((wrong) => wrong && toastError(wrong));
      });
  } catch (problem) {
    toastError(problem);
  }
}
