/* In which conversations somebody has named me and I have not looked yet, for the mark in their rows. */
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { keys } from "../../api/queries";
import type { Id, Page } from "../../api/types";
import { useFirstPaint } from "../../ui/firstPaint";

/** Asked for again when the stream says that somebody named me, or that I have looked (listNews.ts). */
export function useIsMentioned(id: Id): boolean {
  const isPainted = useFirstPaint();
  const { data: isMentioned = false } = useQuery({
    queryKey: keys.mentioned,
    queryFn: async ({ signal }) => {
      const { items } = await get<Page<{ conversation_id: Id }>>("/api/mentions", signal);
      return items.map((one) => one.conversation_id);
    },
    enabled: isPainted,
    select: (ids) => ids.includes(id),
  });
  return isMentioned;
}
