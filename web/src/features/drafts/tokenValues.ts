/* What the tokens of snippets stand for in a conversation. */
import type { Scope } from "../../actions/action";
import { keys } from "../../api/queries";
import type { Channel, Conversation, Inbox } from "../../api/types";
import { longDate } from "../../ui/format";
import { firstName, type TokenValues } from "../editor/tokens";

interface About extends Pick<Conversation, "subject" | "inbox_id"> {
  contact: { name: string; address: string } | null;
}

export function tokenValues(
  conversation: About,
  scope: Pick<Scope, "client" | "me">,
  channel: Channel | undefined,
): TokenValues {
  const inboxes = scope.client.getQueryData<Inbox[]>(keys.inboxes) ?? [];
  const contact = conversation.contact;
  const isMail = channel?.abilities.identity === "email";
  return {
    "contact.first_name": firstName(contact?.name ?? ""),
    "contact.name": contact?.name ?? "",
    "contact.email": isMail ? (contact?.address ?? "") : "",
    "agent.first_name": scope.me.first_name || firstName(scope.me.name),
    "agent.name": scope.me.name,
    "agent.email": scope.me.email,
    "conversation.subject": conversation.subject,
    "inbox.name": inboxes.find((one) => one.id === conversation.inbox_id)?.name ?? "",
    date: longDate(new Date()),
  };
}
