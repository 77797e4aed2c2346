import { ChevronsDown, ChevronsUp, Equal, TriangleAlert } from "lucide-react";
import type { Priority } from "../../api/types";

export const PRIORITIES: readonly Priority[] = ["urgent", "high", "normal", "low"];

const ICONS = { urgent: TriangleAlert, high: ChevronsUp, normal: Equal, low: ChevronsDown };

export function PriorityIcon({ priority }: { priority: Priority }) {
  const Icon = ICONS[priority];
  return <Icon className={`mid rank ${priority}`} aria-hidden="true" />;
}
