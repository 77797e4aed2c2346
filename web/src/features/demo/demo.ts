/* Demo data: how far its loading or removing is, and asking for either. */
import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { get, post, remove } from "../../api/client";
import { keys } from "../../api/queries";
import type { Demo } from "../../api/types";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";

const UNDER_WAY_MS = 1000;
const isUnderWay = (demo: Demo | undefined) => demo?.state === "loading" || demo?.state === "removing";

export const demoQuery = queryOptions({
  queryKey: keys.demo,
  queryFn: () => get<Demo>("/api/demo"),
  refetchInterval: ({ state }) => (isUnderWay(state.data) ? UNDER_WAY_MS : false),
});

/** How it stands. When it has come or gone, everything that is shown is asked for anew, and what stayed is told. */
export function useDemo(): Demo | undefined {
  const client = useQueryClient();
  const demo = useQuery(demoQuery).data;
  const before = useRef(demo?.state);
  useEffect(() => {
    const was = before.current;
    before.current = demo?.state;
    if (!demo || !was || was === demo.state || isUnderWay(demo)) return;
    void client.invalidateQueries();
    if (demo.state === "failed") toastError(t("demo.failed"));
    if (demo.state === "removed") toast(t(demo.kept ? "demo.removed_some" : "demo.removed", { count: demo.kept }));
  }, [client, demo]);
  return demo;
}

/** 0 to 100. */
export const percent = ({ done, total }: Demo) => (total ? Math.floor((done / total) * 100) : 0);

/** Asks for it, where it is not here or on its way already. */
export async function loadDemo(client: QueryClient): Promise<void> {
  const { state } = await client.fetchQuery({ ...demoQuery, staleTime: 0, retry: false });
  if (state === "loading" || state === "loaded") return;
  client.setQueryData(keys.demo, await post<Demo>("/api/demo"));
}

/** Removes it in a moment; until then there is Undo. */
export async function removeDemo(client: QueryClient): Promise<void> {
  try {
    client.setQueryData(keys.demo, await remove<Demo>("/api/demo"));
    toast(t("demo.removing_soon"), () => void keepDemo(client));
  } catch (problem) {
    toastError(problem);
  }
}

async function keepDemo(client: QueryClient): Promise<void> {
  try {
    client.setQueryData(keys.demo, await post<Demo>("/api/demo/kept", {}));
  } catch (problem) {
    toastError(problem);
  }
}
