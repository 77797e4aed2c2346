/* Who may read an inbox without being a member of it changes nothing in it, and where only the assignee answers, an answer is steered by them and by
 * whoever wrote it (AHEAD 9). The server refuses it; here it is not offered, and said why. */
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { inboxesQuery, keys, sessionQuery, usersQuery } from "../api/queries";
import type { Conversation, Id, Inbox, Message } from "../api/types";
import { t } from "../ui/i18n";
import type { Action, Scope } from "./action";
import { targets } from "./steer";

/** The inbox in which it stands, where that is only read. */
export const onlyRead = (client: QueryClient, { inbox_id }: Pick<Conversation, "inbox_id">): Inbox | undefined =>
  client.getQueryData<Inbox[]>(keys.inboxes)?.find((one) => one.id === inbox_id && !one.can_act);

/** Why nothing of what an action is for can be changed; null where it can. Of many, the server says which could not. */
export function readOnlyWords(scope: Scope): string | null {
  const those = targets(scope).map((one) => onlyRead(scope.client, one));
  return those[0] && those.every(Boolean) ? t("steer.read_only", { inbox: those[0].name }) : null;
}

/** The action, for those who may act. `ofOpen`: it is about the open conversation alone, also while others are chosen. */
export function forMembers(action: Action, ofOpen = false): Action {
  const whyNot = (scope: Scope) => readOnlyWords(ofOpen ? { ...scope, isAlone: true } : scope);
  return { ...action, when: (scope) => action.when(scope) && whyNot(scope) === null, whyNot };
}

/** Why one may not send an answer again, take it back or settle it; null where one may. */
export function useNotMine(conversation: Conversation | undefined, authorId?: Id | null): string | null {
  const inbox = useQuery(inboxesQuery).data?.find((one) => one.id === conversation?.inbox_id);
  const me = useQuery(sessionQuery).data?.user.id;
  const users = useQuery(usersQuery).data;
  if (!conversation || !inbox) return null;
  if (!inbox.can_act) return t("steer.read_only", { inbox: inbox.name });
  const { assignee_id: assignee } = conversation;
  if (!inbox.is_assignee_only || !assignee || assignee === me || authorId === me) return null;
  return t("only.reason", { name: users?.find((one) => one.id === assignee)?.name ?? t("system.somebody") });
}

/** The same of an answer that stands in the thread. */
export function useNotMyAnswer({ conversation_id, author_id }: Message): string | null {
  const known = useQuery<Conversation>({ queryKey: keys.conversation(conversation_id), enabled: false }).data;
  return useNotMine(known, author_id);
}
