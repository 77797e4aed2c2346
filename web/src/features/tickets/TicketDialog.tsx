/* Finds a ticket that is there, and links the open conversation to it. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Scope } from "../../actions/action";
import { get, query } from "../../api/client";
import type { Conversation, Page, Ticket } from "../../api/types";
import { FindDialog } from "../../ui/FindDialog";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { linkTicket, numberOf, ticketsQuery } from "./deeds";
import { StageChip, stageOf } from "./looks";
import { pipelinesQuery } from "./tickets";

interface Props {
  conversation: Conversation;
  scope: Scope;
  onClose: () => void;
}

/** Before anything is typed: those of the same contact. */
export default function TicketDialog({ conversation, scope, onClose }: Props) {
  const [words, setWords] = useState("");
  const contact = conversation.contact?.id;
  const found = useQuery({
    queryKey: ["tickets", "found", words, words ? "" : contact],
    queryFn: ({ signal }) =>
      get<Page<Ticket>>(
        `/api/tickets${query({ q: words, contact_id: words ? undefined : contact, limit: 30 })}`,
        signal,
      ).then((page) => page.items),
    enabled: words !== "" || contact !== undefined,
    staleTime: 0,
  });
  const linked = useQuery(ticketsQuery(conversation.id)).data ?? [];
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  const others = found.data?.filter((one) => !linked.some((own) => own.id === one.id)) ?? [];
  return (
    <FindDialog
      title={t("action.link_ticket")}
      label={t("tickets.find")}
      status={
        found.isError ? sentence(found.error) : found.isSuccess ? t("tickets.found", { count: others.length }) : null
      }
      items={others}
      row={(one) => {
        const stage = stageOf(pipelines, one.stage_id);
        return (
          <>
            <span className="muted num">{numberOf(one)}</span>
            <span className="cut grow" dir="auto">
              {one.name}
            </span>
            {stage ? <StageChip stage={stage} /> : null}
          </>
        );
      }}
      onWords={setWords}
      onChoose={(ticket) => linkTicket(scope.client, conversation.id, ticket)}
      onClose={onClose}
    />
  );
}
