/* A set-up begins with the name of the company, and asks for it only after connecting. Where another address is sent from under that name already,
 * connecting goes on without it: the step that asks for it then shows it empty. */
import { Problem } from "../../../api/client";
import type { ChannelAccount } from "../../../api/types";
import { configOf, type FormField, type Values } from "../schema";

export async function withFreeName(
  fields: FormField[],
  values: Values,
  connect: (config: Values) => Promise<ChannelAccount>,
): Promise<ChannelAccount> {
  try {
    return await connect(configOf(fields, values));
  } catch (problem) {
    const later = fields.filter((field) => field.brand === "name" && field.step);
    if (!(problem instanceof Problem) || problem.code !== "sender_name_taken" || !later.length) throw problem;
    const empty = Object.fromEntries(later.map((field) => [field.name, ""]));
    return await connect(configOf(fields, { ...values, ...empty }));
  }
}
