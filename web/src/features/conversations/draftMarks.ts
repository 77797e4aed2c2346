/* Which conversations hold a draft of mine, for the mark in their rows. Only the server knows of those from other devices. */
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { keys, viewsQuery } from "../../api/queries";
import type { ConversationList, Id } from "../../api/types";
import { useFirstPaint } from "../../ui/firstPaint";

/** The newest hundred: asked for again some seconds after one was written or went (listNews.ts), and not at each letter. */
export function useHasDraft(id: Id): boolean {
  const isPainted = useFirstPaint();
  const { data: count = 0 } = useQuery({
    ...viewsQuery,
    select: (views) => views.find((one) => one.id === "drafts")?.count ?? 0,
  });
  const marks = useQuery({
    queryKey: keys.draftMarks,
    queryFn: async ({ signal }) => {
      const list = await get<ConversationList>("/api/conversations?view=drafts&sort=newest&limit=100", signal);
      return list.items.map((row) => row.id);
    },
    enabled: isPainted && count > 0,
    select: (ids) => ids.includes(id),
  });
  return count > 0 && marks.data === true;
}
