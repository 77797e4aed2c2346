import { hashKey, type QueryKey, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { NoConnection } from "../api/client";
import { Failed, Skeleton } from "./States";
import { type Tried, useTold } from "./told";

/** How long it waits when all tries of a round were in vain. */
const AGAIN_MS = 8000;

interface Props {
  query: Tried & {
    data: unknown;
    isPending: boolean;
    refetch: () => Promise<unknown>;
  };
  queryKey: QueryKey;
  rows: number;
  shape: "row" | "message" | "line";
  /** Also over an older answer it is said when asking again was in vain. */
  isToldOverOld?: boolean;
  /** Beside the button that tries again. */
  children?: ReactNode;
}

/** What stands where an answer will: grey shapes, and after a moment without the server what is the matter, with a way to try at once. Without a press it
 * goes on trying, quietly. Nothing once there is an answer. */
export function Loading({ query, queryKey, rows, shape, isToldOverOld = false, children }: Props) {
  const client = useQueryClient();
  const { data, error, isPending, refetch } = query;
  const found = useTold(query);
  // Of this question alone: another one (the next contact on the same page) begins anew.
  const place = hashKey(queryKey);
  const [last, tell] = useState<{ place: string; problem: unknown } | null>(null);
  if (found && (found !== last?.problem || place !== last.place)) tell({ place, problem: found });
  const told = last?.place === place ? last.problem : null;
  useEffect(() => {
    if (data !== undefined || !(error instanceof NoConnection)) return;
    const timer = setTimeout(() => void refetch(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [data, error, refetch]);
  const again = () => {
    tell(null);
    // From the beginning: a try that waits for its turn is called off.
    if (data === undefined) void client.resetQueries({ queryKey, exact: true });
    else void refetch();
  };
  const shown = data === undefined ? (found ?? told) : isToldOverOld ? error : null;
  if (shown)
    return (
      <Failed error={shown} onRetry={again} comesBack>
        {children}
      </Failed>
    );
  return isPending && data === undefined ? <Skeleton rows={rows} shape={shape} /> : null;
}
