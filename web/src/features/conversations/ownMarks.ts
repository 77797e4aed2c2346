/* In which conversations I have a draft (only the server knows of those from other devices), and in which somebody has named me and I have not looked yet, for
 * the marks in their rows. Asked once for the whole list, for each question that a row asks by itself makes every drawing longer. */
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { keys, viewsQuery } from "../../api/queries";
import type { ConversationList, Id, Page, ViewCount } from "../../api/types";
import { useFirstPaint } from "../../ui/firstPaint";

const NONE: ReadonlySet<Id> = new Set();
const setOf = (ids: readonly Id[]): ReadonlySet<Id> => new Set(ids);
const countOfDrafts = (views: readonly ViewCount[]) => views.find((one) => one.id === "drafts")?.count ?? 0;

export function useOwnMarks(): { drafts: ReadonlySet<Id>; mentions: ReadonlySet<Id> } {
  const isPainted = useFirstPaint();
  const { data: count = 0 } = useQuery({ ...viewsQuery, select: countOfDrafts });
  // The newest hundred: asked for again some seconds after one was written or went (listNews.ts), and not at each letter.
  const { data: drafts = NONE } = useQuery({
    queryKey: keys.draftMarks,
    queryFn: async ({ signal }) => {
      const list = await get<ConversationList>("/api/conversations?view=drafts&sort=newest&limit=100", signal);
      return list.items.map((row) => row.id);
    },
    enabled: isPainted && count > 0,
    select: setOf,
  });
  // Asked for again when the stream says that somebody named me, or that I have looked (listNews.ts).
  const { data: mentions = NONE } = useQuery({
    queryKey: keys.mentioned,
    queryFn: async ({ signal }) => {
      const { items } = await get<Page<{ conversation_id: Id }>>("/api/mentions", signal);
      return items.map((one) => one.conversation_id);
    },
    enabled: isPainted,
    select: setOf,
  });
  return { drafts: count > 0 ? drafts : NONE, mentions };
}
