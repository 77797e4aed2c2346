/* The properties that a new ticket begins with. Whoever shows them says when they are kept. */
import { useQuery } from "@tanstack/react-query";
import { usersQuery } from "../../api/queries";
import type { ChannelAccount, Id, TicketDefaults } from "../../api/types";
import { Select } from "../../ui/Field";
import { type MessageId, t } from "../../ui/i18n";
import { ruleQuery } from "../routing/routing";
import { useUnsaved } from "../unsaved/unsaved";
import { TicketName } from "./TicketName";
import { CATEGORIES, nameOf, PRIORITIES, pipelinesQuery, type TicketCategory, type TicketPriority } from "./tickets";

/** What is being changed of it: on the page of its channel and in a set-up it is the same. */
export const useUnsavedTickets = (id: Id, saved: TicketDefaults) =>
  useUnsaved(`channels/${id}/automation/tickets`, saved, { ...saved, owner_id: null, priority: null, category: null });

interface Props {
  account: ChannelAccount;
  value: TicketDefaults;
  onChange: (part: Partial<TicketDefaults>) => void;
  problem?: { field: string; text: string } | null;
}

export function TicketFields({ account, value, onChange, problem }: Props) {
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  const users = useQuery(usersQuery).data ?? [];
  const assigns = useQuery(ruleQuery(account.id)).data?.is_on ?? true;
  const pipeline = pipelines.find((one) => one.id === value.pipeline_id);
  const errorOf = (field: string) => (problem?.field === field ? problem.text : null);
  return (
    <>
      <div className="two">
        <Select
          label={t("tickets.pipeline")}
          value={value.pipeline_id}
          error={errorOf("pipeline_id")}
          onChange={(event) => {
            const chosen = pipelines.find((one) => one.id === event.target.value);
            if (chosen) onChange({ pipeline_id: chosen.id, stage_id: chosen.stages[0]?.id ?? "" });
          }}
        >
          {pipelines.map((one) => (
            <option key={one.id} value={one.id}>
              {nameOf(one)}
            </option>
          ))}
        </Select>
        <Select
          label={t("tickets.stage")}
          value={value.stage_id}
          error={errorOf("stage_id")}
          onChange={(event) => onChange({ stage_id: event.target.value })}
        >
          {pipeline?.stages.map((one) => (
            <option key={one.id} value={one.id}>
              {nameOf(one)}
            </option>
          ))}
        </Select>
      </div>
      <div className="two">
        <Select
          label={t("tickets.owner")}
          hint={value.owner_id === null && !assigns ? t("tickets.nobody_hint") : undefined}
          value={value.owner_id ?? ""}
          error={errorOf("owner_id")}
          onChange={(event) => onChange({ owner_id: event.target.value || null })}
        >
          <option value="">{t("tickets.same_owner")}</option>
          {users
            .filter((one) => one.status === "active" || one.id === value.owner_id)
            .map((one) => (
              <option key={one.id} value={one.id}>
                {one.status === "active" ? one.name : t("tickets.owner_gone", { name: one.name })}
              </option>
            ))}
        </Select>
        <Select
          label={t("tickets.priority")}
          value={value.priority ?? ""}
          onChange={(event) => onChange({ priority: (event.target.value || null) as TicketPriority | null })}
        >
          <Choices names={PRIORITIES} />
        </Select>
      </div>
      <div className="two">
        <TicketName value={value} error={errorOf("name")} onChange={onChange} />
        <Select
          label={t("tickets.category")}
          value={value.category ?? ""}
          onChange={(event) => onChange({ category: (event.target.value || null) as TicketCategory | null })}
        >
          <Choices names={CATEGORIES} />
        </Select>
      </div>
    </>
  );
}

function Choices({ names }: { names: Record<string, MessageId> }) {
  return (
    <>
      <option value="">{t("tickets.leave_empty")}</option>
      {Object.entries(names).map(([value, name]) => (
        <option key={value} value={value}>
          {t(name)}
        </option>
      ))}
    </>
  );
}
