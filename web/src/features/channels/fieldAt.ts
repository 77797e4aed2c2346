/* Beside which field of a channel's form a refusal stands. The server names a field by its path in what was sent, and the name that customers see as
 * "sender_name", whatever the channel calls it. Pure. */
import { Problem } from "../../api/client";
import type { FormField } from "./schema";

export function fieldAt(problem: unknown, fields: readonly FormField[]): string | undefined {
  if (!(problem instanceof Problem)) return undefined;
  const named = problem.field?.split(".").pop();
  return named === "sender_name" ? fields.find((field) => field.brand === "name")?.name : named;
}
