/* How a ticket's stage and priority look, in every place the same. */
import { ChevronsDown, ChevronsUp, Equal, TriangleAlert } from "lucide-react";
import type { TicketPipeline } from "../../api/types";
import { nameOf, type TicketPriority } from "./tickets";

type Stage = TicketPipeline["stages"][number];

/** New stands out, what is closed is quiet. */
export function StageChip({ stage }: { stage: Stage }) {
  const look = stage.state === "closed" ? "" : stage.key === "new" ? "newstage" : "info";
  return <span className={`chip s ${look}`}>{nameOf(stage)}</span>;
}

const ICONS = { urgent: TriangleAlert, high: ChevronsUp, medium: Equal, low: ChevronsDown };

export function TicketPriorityIcon({ priority }: { priority: TicketPriority }) {
  const Icon = ICONS[priority];
  return <Icon className={`mid rank ${priority === "medium" ? "normal" : priority}`} aria-hidden="true" />;
}

export const stageOf = (pipelines: readonly TicketPipeline[], stageId: string): Stage | undefined =>
  pipelines.flatMap((one) => one.stages).find((one) => one.id === stageId);
