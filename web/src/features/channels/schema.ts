/* Turns the JSON Schema of a channel's configuration into fields to draw. Beside the standard words it knows some of ours: `x-show-if` (only when
 * other fields have these values), `x-hint-if` (so of its description), `x-advanced` (folded away: always, or when other fields have these values), `x-labels` (words for the values
 * of an enum; a value with null is not offered), `x-cards` (the values as cards, with a hint for each), `x-step` (in which step of a set-up it is asked),
 * `x-beside` (the field beside which it stands), `x-usual` (what 0 or nothing means: shown in the empty field),
 * `x-suggests` (others are found from it: always, or when other fields have these values), `x-other` (one that is not offered may be typed: likewise), `x-tokens` (tokens that may stand in markup) and `x-brand` (what of the account's brand it begins with). Read next: ConfigForm.tsx. */
import type { JsonSchema } from "../../api/types";

export type Value = string | number | boolean | null;
export type Values = Record<string, Value>;

export interface FormField {
  name: string;
  title: string;
  description: string;
  control: "text" | "number" | "switch" | "choice" | "cards" | "password" | "long" | "html" | "offered";
  choices: { value: Value; label: string; hint?: string }[];
  /** In which step of a set-up it is asked; "": in the first. */
  step: string;
  /** The field beside which it stands, where both are shown. */
  beside: string;
  /** What it is when nothing is typed (a number: 0), shown in the empty field; "": just that. */
  usual: string;
  /** Tokens that may stand in it. */
  tokens: string[];
  /** What of the account's brand it begins with. */
  brand: string;
  isRequired: boolean;
  /** Folded away when these fields have these values; {}: always; null: never. */
  advancedIf: Record<string, Value[]> | null;
  /** One that is not offered may be typed when these fields have these values; null: never. */
  otherIf: Record<string, Value[]> | null;
  /** Others of the form are found from it when these fields have these values; null: never. */
  suggestIf: Record<string, Value[]> | null;
  example: string;
  initial: Value;
  showIf: Record<string, Value[]>;
  /** Its description is shown when other fields have these values; {}: always. */
  hintIf: Record<string, Value[]>;
  minimum?: number;
  maximum?: number;
}

export function fieldsOf(schema: JsonSchema): FormField[] {
  const root = resolve(schema, schema);
  const required = new Set(root.required ?? []);
  return Object.entries(root.properties ?? {}).map(([name, raw]) => fieldOf(schema, name, raw, required.has(name)));
}

function resolve(root: JsonSchema, schema: JsonSchema): JsonSchema {
  if (schema.$ref) {
    const target = root.$defs?.[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)];
    return target ? { ...resolve(root, target), ...without(schema, "$ref") } : schema;
  }
  const options = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  const first = options?.find((option) => option.type !== "null");
  if (first && options && options.length <= 2) return { ...resolve(root, first), ...without(schema, "anyOf") };
  return schema;
}

function without(schema: JsonSchema, key: "$ref" | "anyOf"): JsonSchema {
  const { [key]: _dropped, ...rest } = schema;
  return rest;
}

function fieldOf(root: JsonSchema, name: string, raw: JsonSchema, isRequired: boolean): FormField {
  const schema = resolve(root, raw);
  const labels = (schema["x-labels"] ?? {}) as Record<string, string | null>;
  const hints = schema["x-cards"] as Record<string, string> | undefined;
  const offered = (schema.enum ?? []).filter((value) => labels[String(value)] !== null);
  // Cards stand in the order in which they are described; a schema sorts its values by name.
  const order = Object.keys(hints ?? {});
  const choices = offered
    .toSorted((a, b) => order.indexOf(String(a)) - order.indexOf(String(b)))
    .map((value) => ({
      value: value as Value,
      label: labels[String(value)] ?? spoken(String(value)),
      ...(hints ? { hint: hints[String(value)] ?? "" } : {}),
    }));
  const control = controlOf(schema, choices.length > 0);
  return {
    name,
    title: schema.title ?? spoken(name),
    description: schema.description ?? "",
    control: hints ? "cards" : control,
    choices,
    step: typeof schema["x-step"] === "string" ? schema["x-step"] : "",
    beside: typeof schema["x-beside"] === "string" ? schema["x-beside"] : "",
    usual: typeof schema["x-usual"] === "string" ? schema["x-usual"] : "",
    tokens: Array.isArray(schema["x-tokens"]) ? schema["x-tokens"].map(String) : [],
    brand: typeof schema["x-brand"] === "string" ? schema["x-brand"] : "",
    isRequired,
    advancedIf: conditionOf(schema["x-advanced"]),
    suggestIf: conditionOf(schema["x-suggests"]),
    otherIf: conditionOf(schema["x-other"]),
    example: schema.examples?.length ? String(schema.examples[0]) : "",
    initial: (schema.default as Value | undefined) ?? (control === "switch" ? false : (choices[0]?.value ?? "")),
    showIf: (schema["x-show-if"] ?? {}) as Record<string, Value[]>,
    hintIf: (schema["x-hint-if"] ?? {}) as Record<string, Value[]>,
    minimum: schema.minimum,
    maximum: schema.maximum,
  };
}

function conditionOf(said: unknown): FormField["advancedIf"] {
  if (typeof said === "object" && said !== null) return said as Record<string, Value[]>;
  return said === true ? {} : null;
}

function controlOf(schema: JsonSchema, hasChoices: boolean): FormField["control"] {
  if (hasChoices) return "choice";
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
  if (type === "boolean") return "switch";
  if (type === "integer" || type === "number") return "number";
  if (schema.format === "password" || schema.writeOnly) return "password";
  if (schema.format === "html") return "html";
  if (schema.format === "from-address") return "offered";
  return schema.format === "multiline" ? "long" : "text";
}

/** "agent_and_company" → "Agent and company": for what the schema gives no words. */
function spoken(name: string): string {
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a form begins with: what is usual, and of the account's brand what a field asks for. */
export const beginning = (fields: FormField[], brand: Record<string, Value>): Values =>
  Object.fromEntries(fields.map((field) => [field.name, brand[field.brand] ?? field.initial]));

export const isShown = (field: FormField, values: Values) => holds(field.showIf, values);

export const isAdvanced = (field: FormField, values: Values) =>
  field.advancedIf !== null && holds(field.advancedIf, values);

export function holds(condition: Record<string, Value[]>, values: Values): boolean {
  return Object.entries(condition).every(([name, allowed]) => allowed.includes(values[name] ?? null));
}

/** What to send: the shown fields. A new one leaves empty optional fields out, so that the server's defaults hold; an edited one says that a text is
 * empty now. An empty secret is always left out: it stays as it is stored. */
export function configOf(fields: FormField[], values: Values, isEdit = false): Values {
  const config: Values = {};
  for (const field of fields) {
    const value = values[field.name] ?? field.initial;
    if (!isShown(field, values) && !field.isRequired) continue;
    const maySayEmpty = isEdit && ["text", "long", "offered"].includes(field.control);
    if (value === "" && !field.isRequired && !maySayEmpty) continue;
    config[field.name] = field.control === "number" ? Number(value) : value;
  }
  return config;
}
