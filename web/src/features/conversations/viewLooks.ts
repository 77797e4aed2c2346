import {
  AlarmClock,
  Archive,
  AtSign,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  Funnel,
  Hourglass,
  Inbox,
  Layers,
  Library,
  type LucideIcon,
  OctagonAlert,
  PencilLine,
  Send,
  Trash2,
} from "lucide-react";
import type { BuiltIn } from "./views";

export const YOUR_VIEWS: readonly BuiltIn[] = ["mine", "mentions", "drafts", "snoozed", "sent"];
export const TEAM_VIEWS: readonly BuiltIn[] = ["unassigned", "closing", "open", "failed", "closed", "all"];

export const VIEW_ICONS: Record<BuiltIn | "quarantine", LucideIcon> = {
  mine: Inbox,
  mentions: AtSign,
  drafts: PencilLine,
  snoozed: AlarmClock,
  sent: Send,
  unassigned: CircleDashed,
  closing: Hourglass,
  open: Layers,
  failed: CircleAlert,
  closed: CircleCheck,
  spam: OctagonAlert,
  filtered: Funnel,
  trash: Trash2,
  all: Library,
  quarantine: Archive,
};

/** Whose counts call for work, and whose say that it is late. */
export const VIEW_HEAT: Partial<Record<BuiltIn, "hot" | "late">> = {
  mine: "hot",
  mentions: "hot",
  unassigned: "hot",
  closing: "late",
  failed: "late",
};
