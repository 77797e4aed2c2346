/* What stands for each kind of trouble. */
import {
  Archive,
  CircleAlert,
  CircleHelp,
  Clock,
  CloudDownload,
  CloudOff,
  GlobeX,
  KeyRound,
  type LucideIcon,
  ServerOff,
  TriangleAlert,
  Unplug,
} from "lucide-react";
import type { Trouble } from "../../api/types";

export const TROUBLE_ICONS: Record<Trouble["kind"], LucideIcon> = {
  worker: ServerOff,
  broken: Unplug,
  expiring: KeyRound,
  unsent: Clock,
  uncertain: CircleHelp,
  failed: CircleAlert,
  quarantined: Archive,
  gap: CloudDownload,
  records: GlobeX,
  quiet: TriangleAlert,
  unreachable: CloudOff,
};
