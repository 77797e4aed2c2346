/* Finds a ticket that is there, and links the open conversation to it. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Scope } from "../../actions/action";
import { get, query } from "../../api/client";
import type { Conversation, Page, Ticket } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
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

const PAUSE_MS = 150;

/** Before anything is typed: those of the same contact. */
export default function TicketDialog({ conversation, scope, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [words, setWords] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
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
  const choose = async (ticket: Ticket) => {
    const problem = await linkTicket(scope.client, conversation.id, ticket);
    setWrong(problem);
    if (!problem) onClose();
  };
  return (
    <Dialog title={t("action.link_ticket")} onClose={onClose}>
      <div className="contactform">
        <label className="field">
          <span className="label">{t("tickets.find")}</span>
          <span className="input">
            <input type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
          </span>
        </label>
        <p className="muted small-text" role="status">
          {found.isError
            ? sentence(found.error)
            : found.isSuccess
              ? t("tickets.found", { count: others.length })
              : null}
        </p>
        <ul className="others">
          {others.map((one) => {
            const stage = stageOf(pipelines, one.stage_id);
            return (
              <li key={one.id}>
                <button type="button" onClick={() => void choose(one)}>
                  <span className="muted num">{numberOf(one)}</span>
                  <span className="cut grow" dir="auto">
                    {one.name}
                  </span>
                  {stage ? <StageChip stage={stage} /> : null}
                </button>
              </li>
            );
          })}
        </ul>
        <p className="hint error" role="alert">
          {wrong}
        </p>
      </div>
    </Dialog>
  );
}
