/* What is done to the ticket of the open conversation. Read next: features/tickets/deeds.ts. */
import { Link2, Ticket, TicketPlus } from "lucide-react";
import { keys } from "../api/queries";
import type { Ticket as TicketShape } from "../api/types";
import { withWords } from "../ui/i18n";
import { toastError } from "../ui/toasts";
import type { Action, Scope } from "./action";
import { forMembers } from "./mayAct";
import { openDialog, openPicker } from "./pickers";

const loadDeeds = withWords(() => import("../features/tickets/deeds"));

const hasTicket = ({ client, conversation }: Scope) =>
  conversation !== null && Boolean(client.getQueryData<TicketShape[]>(keys.tickets(conversation.id))?.length);
const isOpenOne = (scope: Scope) => scope.conversation !== null;

const attaching: Action[] = [
  {
    name: "make_ticket",
    group: "conversation",
    label: () => "action.make_ticket",
    icon: () => TicketPlus,
    keys: [],
    when: isOpenOne,
    run: ({ client, conversation }) =>
      void (conversation && loadDeeds().then((deeds) => deeds.makeTicket(client, conversation.id), toastError)),
  },
  {
    name: "link_ticket",
    group: "conversation",
    label: () => "action.link_ticket",
    icon: () => Link2,
    keys: [],
    when: isOpenOne,
    run: () => openDialog("ticket", { isAlone: true }),
  },
];

export const ticketing: Action[] = [
  {
    name: "ticket",
    group: "conversation",
    label: () => "action.ticket",
    icon: () => Ticket,
    keys: ["s"],
    when: hasTicket,
    run: () => openPicker("ticket", { isAlone: true }),
  },
  ...attaching.map((one) => forMembers(one, true)),
];
