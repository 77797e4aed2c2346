import { CircleAlert, CircleHelp } from "lucide-react";
import type { Conversation } from "../../api/types";
import { t } from "../../ui/i18n";

type Trouble = "failed" | "uncertain";

/** What is wrong with the answers of a conversation. One that certainly failed outweighs those of which nobody knows whether they left. */
export function sendingTrouble(row: Pick<Conversation, "failed_count" | "uncertain_count">): Trouble | null {
  if (row.failed_count === 0) return null;
  return row.failed_count > row.uncertain_count ? "failed" : "uncertain";
}

/** The same as a sentence. */
export const troubleSentence = (trouble: Trouble) => t(trouble === "failed" ? "row.failed" : "row.uncertain");

export function TroubleIcon({ trouble }: { trouble: Trouble }) {
  const Icon = trouble === "failed" ? CircleAlert : CircleHelp;
  return <Icon className="small" aria-hidden="true" />;
}
