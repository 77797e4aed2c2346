/* The views, as they stand in the address bar and as the API takes them. "channel-12" and "inbox-3" narrow what is open. */
import type { ListFilter } from "../../api/queries";
import type { MessageId } from "../../ui/i18n";

export const BUILT_IN = ["mine", "unassigned", "open", "failed", "closed"] as const;
export type BuiltIn = (typeof BUILT_IN)[number];

export const VIEW_NAMES: Record<BuiltIn, MessageId> = {
  mine: "view.mine",
  unassigned: "view.unassigned",
  open: "view.open",
  failed: "view.failed",
  closed: "view.closed",
};

const isBuiltIn = (view: string): view is BuiltIn => (BUILT_IN as readonly string[]).includes(view);

/** Null when there is no such view. */
export function filterOf(view: string): ListFilter | null {
  if (isBuiltIn(view)) return { view };
  const part = /^(channel|inbox)-(\d+)$/.exec(view);
  if (!part?.[2]) return null;
  return part[1] === "channel" ? { view: "open", channel_account_id: part[2] } : { view: "open", inbox_id: part[2] };
}

/** The id under which GET /api/views counts this view. */
export const countId = (view: string) => view.replace(/^(channel|inbox)-/, "$1:");
