/* What is typed in the settings of a connection and not saved yet, on its page and in its set-up: it stands there again after a reload (../unsaved/unsaved.ts),
 * but for secrets, of which only the names are kept. */
import { useState } from "react";
import type { ChannelAccount } from "../../api/types";
import { type Unsaved, useUnsaved } from "../unsaved/unsaved";
import type { FormField, Values } from "./schema";

interface Kept {
  name: string;
  config: Values;
  secrets: string[];
}

export interface TypedConfig extends Omit<Unsaved<Kept>, "value" | "change" | "saved"> {
  name: string;
  values: Values;
  /** Secrets that were typed before a reload, and have to be typed again. */
  lost: string[];
  change: (config: Values, name?: string) => void;
  /** What stood there as this was drawn is saved; what was typed since stays. */
  saved: () => void;
}

/** `account`: null before it is connected, when nothing is kept here. */
export function useTypedConfig(account: ChannelAccount | null, fields: FormField[]): TypedConfig {
  const isSecret = (name: string) => fields.some((field) => field.name === name && field.control === "password");
  const plain = fields.filter((field) => !isSecret(field.name));
  const stored = (account?.config ?? {}) as Values;
  const before: Kept = {
    name: account?.name ?? "",
    config: Object.fromEntries(plain.map((field) => [field.name, stored[field.name] ?? field.initial])),
    secrets: [],
  };
  const like = { ...before, config: Object.fromEntries(plain.map((field) => [field.name, null])), secrets: [""] };
  const {
    value: typed,
    change,
    saved,
    discard,
    ...unsaved
  } = useUnsaved(`channels/${account?.id ?? "new"}/configuration`, before, like);
  const [secrets, setSecrets] = useState<Values>({});
  const changeAll = (changed: Values, name = typed.name) => {
    const config = { ...typed.config };
    const hidden = { ...secrets };
    for (const [field, value] of Object.entries(changed)) {
      const saved = before.config[field] ?? null;
      if (isSecret(field)) hidden[field] = value;
      else if (field in before.config) config[field] = String(value) === String(saved) ? saved : value;
    }
    setSecrets(hidden);
    const others = typed.secrets.filter((field) => !(field in changed));
    const typedNow = Object.keys(changed).filter((field) => isSecret(field) && changed[field]);
    change({ name, config, secrets: [...others, ...typedNow] });
  };
  return {
    ...unsaved,
    name: typed.name,
    values: { ...stored, ...typed.config, ...secrets },
    lost: typed.secrets.filter((name) => !secrets[name]),
    change: changeAll,
    saved: () => {
      setSecrets({});
      saved(typed);
    },
    discard: () => {
      setSecrets({});
      return discard();
    },
  };
}
