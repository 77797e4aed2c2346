/* The tickets of the open conversation (picture 01): what each is called, where it stands, whose it is, how much it matters. Everything shown is changed
 * here, and can be undone. Read next: deeds.ts. */
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Link2, Plus, Ticket as TicketIcon, Unlink } from "lucide-react";
import type { Scope } from "../../actions/action";
import { readOnlyWords } from "../../actions/mayAct";
import { openDialog } from "../../actions/pickers";
import type { Conversation, Ticket, TicketPipeline } from "../../api/types";
import { IconButton } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { Menu, type MenuItem } from "../../ui/Menu";
import { Failed } from "../../ui/States";
import { OwnerPick } from "../contacts/OwnerPick";
import { Section } from "../contacts/Section";
import { changeTicket, makeTicket, numberOf, setStage, ticketsQuery, unlinkTicket } from "./deeds";
import { StageChip, stageOf, TicketPriorityIcon } from "./looks";
import { OneTicketName } from "./OneTicketName";
import { CATEGORIES, nameOf, PRIORITIES, pipelinesQuery, type TicketCategory, type TicketPriority } from "./tickets";
import "./tickets.css";

export function TicketSection({ conversation, scope }: { conversation: Conversation; scope: Scope }) {
  const { data, error, refetch } = useQuery(ticketsQuery(conversation.id));
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  const items: MenuItem[] = [
    {
      id: "make",
      label: t("action.make_ticket"),
      icon: <TicketIcon className="mid" />,
      run: () => void makeTicket(scope.client, conversation.id),
    },
    {
      id: "link",
      label: t("action.link_ticket"),
      icon: <Link2 className="mid" />,
      // When the menu has closed and given the focus back.
      run: () => setTimeout(() => openDialog("ticket", scope)),
    },
  ];
  return (
    <Section
      name="tickets"
      title={t("tickets.title")}
      aside={
        readOnlyWords({ ...scope, conversation, isAlone: true }) ? null : (
          <Menu label={t("tickets.add")} title={t("tickets.add")} className="iconbtn s" items={items} align="end">
            <Plus className="mid" />
          </Menu>
        )
      }
    >
      {error && !data ? <Failed error={error} onRetry={() => void refetch()} /> : null}
      {data?.length === 0 ? <p className="muted small-text">{t("tickets.none")}</p> : null}
      <ul className="tickets">
        {data?.map((ticket) => (
          <li key={ticket.id}>
            <OneTicket ticket={ticket} pipelines={pipelines} conversation={conversation} scope={scope} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface Props {
  ticket: Ticket;
  pipelines: readonly TicketPipeline[];
  conversation: Conversation;
  scope: Scope;
}

function OneTicket({ ticket, pipelines, conversation, scope }: Props) {
  const pipeline = pipelines.find((one) => one.id === ticket.pipeline_id);
  return (
    <article aria-label={`${numberOf(ticket)} ${ticket.name}`}>
      <p className="ticketname">
        <OneTicketName ticket={ticket} scope={scope} />
        <span className="muted num">{numberOf(ticket)}</span>
        <IconButton
          className="s quiet"
          label={t("tickets.unlink", { number: numberOf(ticket) })}
          onClick={() => void unlinkTicket(scope.client, conversation.id, ticket)}
        >
          <Unlink className="small" />
        </IconButton>
      </p>
      <dl className="facts">
        <div>
          <dt>{t("tickets.pipeline")}</dt>
          <dd>{pipeline ? nameOf(pipeline) : null}</dd>
        </div>
        <div>
          <dt>{t("tickets.status")}</dt>
          <dd>
            <StageMenu ticket={ticket} pipelines={pipelines} scope={scope} />
          </dd>
        </div>
        <div>
          <dt>{t("tickets.priority")}</dt>
          <dd>
            <PriorityMenu ticket={ticket} scope={scope} />
          </dd>
        </div>
        <div>
          <dt>{t("tickets.category")}</dt>
          <dd>
            <CategoryMenu ticket={ticket} scope={scope} />
          </dd>
        </div>
        <div>
          <dt>{t("contact.owner")}</dt>
          <dd>
            <Owner ticket={ticket} scope={scope} />
          </dd>
        </div>
      </dl>
    </article>
  );
}

function StageMenu({ ticket, pipelines, scope }: Omit<Props, "conversation">) {
  const stage = stageOf(pipelines, ticket.stage_id);
  const items = pipelines.flatMap((pipeline, nth) =>
    pipeline.stages.map((one, place) => ({
      id: one.id,
      label: pipelines.length > 1 ? `${nameOf(pipeline)} · ${nameOf(one)}` : nameOf(one),
      isChosen: one.id === ticket.stage_id,
      startsGroup: nth > 0 && place === 0,
      run: () => setStage(scope.client, ticket, pipeline, one),
    })),
  );
  if (!stage) return null;
  return (
    <Menu label={t("tickets.status_is", { name: nameOf(stage) })} className="ownerpick" items={items}>
      <StageChip stage={stage} />
      <ChevronDown className="small" />
    </Menu>
  );
}

function PriorityMenu({ ticket, scope }: Pick<Props, "ticket" | "scope">) {
  const chosen = ticket.priority;
  const words = (priority: TicketPriority | null) => t(priority ? PRIORITIES[priority] : "tickets.no_priority");
  const choices: (TicketPriority | null)[] = ["urgent", "high", "medium", "low", null];
  return (
    <Menu
      label={t("tickets.priority_is", { name: words(chosen) })}
      className="ownerpick"
      items={choices.map((one) => ({
        id: one ?? "none",
        label: words(one),
        icon: one ? <TicketPriorityIcon priority={one} /> : <span className="mid" />,
        isChosen: one === chosen,
        run: () => {
          const done = t("tickets.priority_set", { number: numberOf(ticket), name: words(one) });
          if (one !== chosen) void changeTicket(scope.client, ticket, { priority: one }, done);
        },
      }))}
    >
      {chosen ? <TicketPriorityIcon priority={chosen} /> : null}
      <span className={chosen ? "" : "muted"}>{words(chosen)}</span>
      <ChevronDown className="small" />
    </Menu>
  );
}

function CategoryMenu({ ticket, scope }: Pick<Props, "ticket" | "scope">) {
  const words = (category: TicketCategory | null) => t(category ? CATEGORIES[category] : "tickets.no_priority");
  const choices = [...(Object.keys(CATEGORIES) as TicketCategory[]), null];
  return (
    <Menu
      label={t("tickets.category_is", { name: words(ticket.category) })}
      className="ownerpick"
      items={choices.map((one) => ({
        id: one ?? "none",
        label: words(one),
        isChosen: one === ticket.category,
        startsGroup: one === null,
        run: () => {
          const done = t("tickets.category_set", { number: numberOf(ticket), name: words(one) });
          if (one !== ticket.category) void changeTicket(scope.client, ticket, { category: one }, done);
        },
      }))}
    >
      <span className={ticket.category ? "cut" : "muted"}>{words(ticket.category)}</span>
      <ChevronDown className="small" />
    </Menu>
  );
}

function Owner({ ticket, scope }: Pick<Props, "ticket" | "scope">) {
  return (
    <OwnerPick
      label={(name) => t("tickets.owner_label", { name: name ?? t("assign.nobody") })}
      users={scope.users}
      ownerId={ticket.owner_id}
      onChoose={(id, name) => {
        const done = t("tickets.owner_set", { number: numberOf(ticket), name });
        void changeTicket(scope.client, ticket, { owner_id: id }, done);
      }}
    />
  );
}
