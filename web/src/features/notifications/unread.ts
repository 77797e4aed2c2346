import { queryOptions } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Unread } from "../../api/types";

export const UNREAD_KEY = ["unread"] as const;

/** How much is unread: what one was told, and conversations of mine. */
export const unreadQuery = queryOptions({
  queryKey: UNREAD_KEY,
  queryFn: () => get<Unread>("/api/notifications/unread"),
});

/** As it stands on a mark; undefined when there is nothing. */
export const countWords = (unread: number): string | undefined =>
  unread > 98 ? "99+" : unread > 0 ? String(unread) : undefined;
