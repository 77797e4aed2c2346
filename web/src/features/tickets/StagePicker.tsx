import { useQuery } from "@tanstack/react-query";
import type { Scope } from "../../actions/action";
import { t } from "../../ui/i18n";
import { Picker } from "../../ui/Picker";
import { mainTicket, setStage, ticketsQuery } from "./deeds";
import { stageOf } from "./looks";
import { nameOf, pipelinesQuery } from "./tickets";

/** Where the ticket of the open conversation stands; of several, the newest open one. */
export function StagePicker({ scope, close }: { scope: Scope; close: () => void }) {
  const ticket = mainTicket(useQuery(ticketsQuery(scope.conversation?.id ?? "")).data);
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  return (
    <Picker
      label={t("action.ticket")}
      placeholder={t("tickets.pick")}
      items={pipelines.flatMap((pipeline) =>
        pipeline.stages.map((one) => ({
          id: one.id,
          label: nameOf(one),
          hint: pipelines.length > 1 ? nameOf(pipeline) : undefined,
          isChosen: one.id === ticket?.stage_id,
        })),
      )}
      onChoose={({ id }) => {
        close();
        const pipeline = pipelines.find((one) => one.stages.some((stage) => stage.id === id));
        const stage = stageOf(pipelines, id);
        if (ticket && pipeline && stage) setStage(scope.client, ticket, pipeline, stage);
      }}
    />
  );
}
