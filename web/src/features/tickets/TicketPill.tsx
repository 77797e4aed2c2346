/* In the header of a thread: the number of its ticket, below which its status is chosen (`S`). */
import { useQuery } from "@tanstack/react-query";
import { Ticket as TicketIcon } from "lucide-react";
import type { Scope } from "../../actions/action";
import type { Conversation } from "../../api/types";
import { t } from "../../ui/i18n";
import { PickerButton } from "../steering/PickerButton";
import { mainTicket, numberOf, ticketsQuery } from "./deeds";
import { stageOf } from "./looks";
import { nameOf, pipelinesQuery } from "./tickets";

export function TicketPill({ conversation, scope }: { conversation: Conversation; scope: Scope }) {
  const ticket = mainTicket(useQuery(ticketsQuery(conversation.id)).data);
  const stage = stageOf(useQuery(pipelinesQuery).data ?? [], ticket?.stage_id ?? "");
  if (!ticket) return null;
  const label = t("tickets.pill", { number: numberOf(ticket), name: ticket.name, status: stage ? nameOf(stage) : "" });
  return (
    <PickerButton kind="ticket" at="thread" scope={scope} className="pill" label={label}>
      <TicketIcon className="mid" />
      <span className="num">{numberOf(ticket)}</span>
    </PickerButton>
  );
}
