/* What tickets of a channel begin with, in a line: pipeline, first status and owner. */
import { useQuery } from "@tanstack/react-query";
import { usersQuery } from "../../api/queries";
import type { TicketDefaults } from "../../api/types";
import { t } from "../../ui/i18n";
import { nameOf, pipelinesQuery } from "./tickets";

export function DefaultsInWords({ kept }: { kept: TicketDefaults }) {
  const pipeline = useQuery(pipelinesQuery).data?.find((one) => one.id === kept.pipeline_id);
  const stage = pipeline?.stages.find((one) => one.id === kept.stage_id);
  const owner = useQuery(usersQuery).data?.find((one) => one.id === kept.owner_id);
  const names = [
    pipeline ? nameOf(pipeline) : "",
    stage ? nameOf(stage) : "",
    owner ? t("tickets.owned_by", { name: owner.name }) : t("tickets.same_owner"),
  ];
  return names.filter(Boolean).join(" · ");
}
