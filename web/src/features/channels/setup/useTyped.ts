/* What is typed in the fields of a set-up: as it begins, as it was left, or as it is connected. Each change is kept on the server at the next pause
 * (useDraftSaving.ts). The rule and the tickets of later steps are kept by those steps. */
import { useState } from "react";
import type { Channel, ChannelAccount, ChannelDraft, Id } from "../../../api/types";
import { locale } from "../../../ui/i18n";
import { beginning, type FormField, type Values } from "../schema";
import { newInboxOf } from "./newInbox";
import { type Typed, useDraftSaving } from "./useDraftSaving";

interface Begun {
  channel: Channel;
  fields: FormField[];
  begun: ChannelDraft | null;
  connected: ChannelAccount | null;
  brand: string;
  /** Where it goes as long as nothing else is chosen. */
  inbox: Id | null;
  me: Id;
  /** It is not connected yet. */
  isDraft: boolean;
}

export function useTyped({ channel, fields, begun, connected, brand, inbox, me, isDraft }: Begun) {
  const [held, setHeld] = useState<Typed>(() => ({
    name: connected?.name ?? begun?.name ?? channel.name,
    inbox_id: connected?.inbox_id ?? begun?.inbox_id ?? null,
    ...newInboxOf(begun, me),
    config: {
      ...beginning(fields, { name: brand, language: locale() }),
      ...((connected?.config ?? begun?.config ?? {}) as Values),
    },
    past_days: begun?.past_days ?? 0,
    is_personal: begun?.is_personal ?? false,
  }));
  const draft = useDraftSaving(channel.kind, begun, isDraft);
  const typed: Typed = { ...held, inbox_id: held.inbox_id ?? inbox };
  const type = (part: Partial<Typed>) => {
    const next = { ...typed, ...part };
    setHeld(next);
    draft.keep(next);
  };
  /** What the server had changed; one may have gone on typing meanwhile. */
  const take = (config: Values) => setHeld((now) => ({ ...now, config: { ...now.config, ...config } }));
  return { typed, type, take, draft };
}
