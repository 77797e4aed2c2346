/* What was typed in a set-up leaves with the page, and the page that comes next may ask for it before it has arrived. What stays here is when the server
 * had changed it last: not what was typed, for a password may be in it. */
import { queryOptions } from "@tanstack/react-query";
import { get } from "../../../api/client";
import { keys } from "../../../api/queries";
import type { ChannelDraft, Id } from "../../../api/types";

const nameOf = (id: Id) => `innboks.leaving.${id}`;
const AGAIN_MS = 200;
const TRIES = 15;

/** Something of it is on its way, of which the server, that changed it at `changedAt` last, knows nothing yet. */
export function noteLeaving(id: Id, changedAt: string): void {
  try {
    sessionStorage.setItem(nameOf(id), changedAt);
  } catch {
    // Storage is forbidden: then nobody waits.
  }
}

export const channelDraftQuery = (id: Id) =>
  queryOptions({
    queryKey: [...keys.channelDrafts, id],
    queryFn: () => readArrived(id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

/** The set-up with what was on its way; as it is where that has not come within three seconds. */
async function readArrived(id: Id): Promise<ChannelDraft> {
  let before: string | null = null;
  try {
    before = sessionStorage.getItem(nameOf(id));
  } catch {
    // as above
  }
  for (let tries = 0; ; tries++) {
    const draft = await get<ChannelDraft>(`/api/channel-drafts/${id}`);
    if (draft.updated_at !== before || tries === TRIES) {
      if (before) sessionStorage.removeItem(nameOf(id));
      return draft;
    }
    await new Promise((wait) => setTimeout(wait, AGAIN_MS));
  }
}
