import { queryOptions } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Unread } from "../../api/types";

export const UNREAD_KEY = ["unread"] as const;

/** How much is unread: what one was told, and conversations of mine. */
export const unreadQuery = queryOptions({
  queryKey: UNREAD_KEY,
  queryFn: () => get<Unread>("/api/notifications/unread"),
});
