/* A channel describes itself in English and may bring words in other languages (`words`, `guides`): here it becomes one that speaks the reader's. */
import { learn } from "../ui/learned";
import { inWords } from "../ui/serverWords";
import type { Channel, JsonSchema } from "./types";

const SAID = new Set(["title", "description", "x-labels", "x-cards", "x-usual"]);

export function spokenIn(language: string, channel: Channel): Channel {
  const words = channel.words?.[language];
  if (!words) return channel;
  learn(words);
  return {
    ...channel,
    name: inWords(channel.name),
    tagline: inWords(channel.tagline),
    guide: channel.guides?.[language] ?? channel.guide,
    config_schema: said(channel.config_schema, false) as JsonSchema,
    sign_ins: channel.sign_ins?.map((one) => ({
      ...one,
      label: inWords(one.label),
      terms: inWords(one.terms),
      problem: inWords(one.problem),
    })),
  };
}

/** `isSaid`: people read the texts in here. */
function said(part: unknown, isSaid: boolean): unknown {
  if (typeof part === "string") return isSaid ? inWords(part) : part;
  if (Array.isArray(part)) return part.map((one) => said(one, isSaid));
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, said(value, isSaid || (SAID.has(key) && isText(value, key)))]),
  );
}

/** A field may be called "title" itself. */
const isText = (value: unknown, key: string) => typeof value === "string" || key.startsWith("x-");

/** Its name inside a sentence: what names a means is a common noun and begins small, what names a vendor's app keeps its capital. */
export const nameWithin = ({ name, category }: Pick<Channel, "name" | "category">): string =>
  category === "messaging" || category === "other" ? name : name.charAt(0).toLocaleLowerCase() + name.slice(1);
