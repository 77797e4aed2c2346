/* A person's availability: read, changed, and told about with Undo. The words for how somebody stands are in ../routing/standing.ts, which comes with the
 * settings; what is here comes with the first page. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { get, patch } from "../../api/client";
import { keys } from "../../api/queries";
import { saveInto } from "../../api/saving";
import type { Id, Plan, PlanPart } from "../../api/types";
import { toast, toastError } from "../../ui/toasts";

export const zoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export const planQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.plan(id),
    queryFn: () => get<Plan>(`/api/users/${id}/availability`),
    staleTime: 60_000,
  });

/** Changes part of somebody's plan. `done`: what is said then; `back`: the part as it was, for Undo. True when it was done. */
export async function changePlan(
  client: QueryClient,
  id: Id,
  part: PlanPart,
  done?: (plan: Plan) => string,
  back?: PlanPart,
): Promise<boolean> {
  try {
    const plan = await saveInto<Plan, Plan>(
      client,
      keys.plan(id),
      (held) => held,
      () => patch(`/api/users/${id}/availability`, part),
      (_, saved) => saved,
    );
    if (done) toast(done(plan), back && (() => void changePlan(client, id, back)), { isLasting: true });
    return true;
  } catch (problem) {
    toastError(problem);
    return false;
  } finally {
    void client.invalidateQueries({ queryKey: keys.availability, exact: true });
  }
}
