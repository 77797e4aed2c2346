/* What is typed in the fields of a set-up: as it begins, as it was left, or as it is connected. Before it is connected each change is kept on the server at the
 * next pause (useDraftSaving.ts), afterwards by this tab until one goes on (../typedConfig.ts). The rule and the tickets of later steps are kept by those steps. */
import { useState } from "react";
import type { Channel, ChannelAccount, ChannelDraft, Id } from "../../../api/types";
import { locale } from "../../../ui/i18n";
import { beginning, type FormField, type Values } from "../schema";
import { useTypedConfig } from "../typedConfig";
import { newInboxOf } from "./newInbox";
import { type Typed, useDraftSaving } from "./useDraftSaving";

interface Begun {
  channel: Channel;
  fields: FormField[];
  begun: ChannelDraft | null;
  /** As it is stored, once it is connected. */
  account: ChannelAccount | null;
  brand: string;
  /** Where it goes as long as nothing else is chosen. */
  inbox: Id | null;
  me: Id;
}

export function useTyped({ channel, fields, begun, account, brand, inbox, me }: Begun) {
  const [held, setHeld] = useState<Typed>(() => ({
    name: begun?.name ?? channel.name,
    inbox_id: account?.inbox_id ?? begun?.inbox_id ?? null,
    ...newInboxOf(begun, me),
    config: {
      ...beginning(fields, { name: brand, language: locale() }),
      ...((begun?.config ?? {}) as Values),
    },
    past_days: begun?.past_days ?? 0,
    is_personal: begun?.is_personal ?? false,
  }));
  const draft = useDraftSaving(channel.kind, begun, account === null);
  const kept = useTypedConfig(account, fields);
  const typed: Typed = {
    ...held,
    ...(account ? { name: kept.name, config: kept.values } : {}),
    inbox_id: held.inbox_id ?? inbox,
  };
  const type = (part: Partial<Typed>) => {
    if (account) return kept.change(part.config ?? {}, part.name);
    const next = { ...typed, ...part };
    setHeld(next);
    draft.keep(next);
  };
  return { typed, type, kept, draft };
}
