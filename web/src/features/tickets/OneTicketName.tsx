/* A ticket's name, changed where it stands. */
import { useState } from "react";
import type { Scope } from "../../actions/action";
import type { Ticket } from "../../api/types";
import { t } from "../../ui/i18n";
import { changeTicket, numberOf } from "./deeds";

export function OneTicketName({ ticket, scope }: { ticket: Ticket; scope: Scope }) {
  const [typed, setTyped] = useState<string | null>(null);
  if (typed === null)
    return (
      <button
        type="button"
        className="grow"
        dir="auto"
        title={t("tickets.rename")}
        onClick={() => setTyped(ticket.name)}
      >
        {ticket.name}
      </button>
    );
  const save = () => {
    setTyped(null);
    const name = typed.trim();
    if (name && name !== ticket.name)
      void changeTicket(scope.client, ticket, { name }, t("tickets.renamed", { number: numberOf(ticket) }));
  };
  return (
    <span className="input grow">
      <input
        autoFocus
        aria-label={t("tickets.rename")}
        value={typed}
        maxLength={300}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === "Enter") save();
          else if (event.key === "Escape") {
            event.preventDefault();
            setTyped(null);
          } else return;
          event.stopPropagation();
        }}
      />
    </span>
  );
}
