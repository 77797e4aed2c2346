/* An inbox that is made with the channel that is connected to it: its name and who acts in it. Pure. */
import type { ChannelDraft, Id } from "../../../api/types";
import type { InboxToMake } from "../signIn";
import type { Typed } from "./useDraftSaving";

export type NewInbox = Pick<
  Typed,
  "new_inbox_name" | "new_inbox_access" | "new_inbox_member_ids" | "new_inbox_team_ids"
>;

/** As it was begun; "certain people" begins with whoever makes it. */
export const newInboxOf = (begun: ChannelDraft | null, me: Id): NewInbox => ({
  new_inbox_name: begun?.new_inbox_name ?? "",
  new_inbox_access: begun?.new_inbox_access ?? "everyone",
  new_inbox_member_ids: begun?.new_inbox_name ? begun.new_inbox_member_ids : [me],
  new_inbox_team_ids: begun?.new_inbox_team_ids ?? [],
});

/** `owner`: whose personal mailbox goes into it, which is theirs alone. */
const inboxToMake = (typed: NewInbox, owner: Id | null): InboxToMake => ({
  name: typed.new_inbox_name.trim(),
  access: owner ? "members" : typed.new_inbox_access,
  member_ids: owner ? [owner] : typed.new_inbox_member_ids,
  team_ids: owner ? [] : typed.new_inbox_team_ids,
});

/** Where a channel goes. A new inbox is made with it, so that none is left behind where connecting fails. */
export const placeOf = (typed: NewInbox, inbox: Id | null, owner: Id | null) =>
  typed.new_inbox_name ? { new_inbox: inboxToMake(typed, owner) } : { inbox_id: inbox };
