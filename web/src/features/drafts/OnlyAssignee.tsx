/* Where an inbox wants it, an assigned conversation is answered by its assignee only (AHEAD 9): over the composer stands who that is, with the two ways
 * to go on. What is written is kept meanwhile. The server refuses it all the same; this says so before. */
import { useQuery } from "@tanstack/react-query";
import { UserRoundCheck } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Scope } from "../../actions/action";
import { changeConversation } from "../../actions/change";
import type { Mode } from "../../actions/panes";
import { newClientId } from "../../api/ids";
import { inboxesQuery } from "../../api/queries";
import type { Conversation, User } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { htmlFromText } from "../editor/plain";
import { send } from "../messages/pending";

interface Only {
  /** Why it cannot be sent; null when it can. */
  reason: string | null;
  banner: ReactNode;
}

export function useOnlyAssignee(conversation: Conversation, scope: Scope, mode: Mode): Only {
  const inbox = useQuery(inboxesQuery).data?.find((one) => one.id === conversation.inbox_id);
  const { assignee_id: assignee } = conversation;
  if (mode === "comment" || !inbox?.is_assignee_only || !assignee || assignee === scope.me.id)
    return { reason: null, banner: null };
  const user = scope.users.find((one) => one.id === assignee);
  const name = user?.name ?? t("system.somebody");
  return {
    reason: t("only.reason", { name }),
    banner: <Banner key={assignee} conversation={conversation} scope={scope} user={user} name={name} />,
  };
}

interface Props {
  conversation: Conversation;
  scope: Scope;
  user: User | undefined;
  name: string;
}

function Banner({ conversation, scope, user, name }: Props) {
  const [isAsked, setAsked] = useState(false);
  const takeOver = () =>
    void changeConversation(
      conversation,
      { assignee_id: scope.me.id },
      { client: scope.client, me: scope.me.id, done: t("steer.assigned", { count: 1, name: scope.me.name }) },
    );
  // As a comment that names them: it reaches them wherever they are, and everybody sees who waits for whom.
  const ask = (whom: User) => {
    setAsked(true);
    const words = t("only.question", { name: `@${whom.name}` });
    const html = htmlFromText(words).replace(
      `@${htmlFromText(whom.name).replace(/<\/?p>/g, "")}`,
      (found) => `<span data-mention="${whom.id}">${found}</span>`,
    );
    send({
      conversationId: conversation.id,
      attachments: [],
      author: { id: scope.me.id, name: scope.me.name },
      html,
      message: {
        type: "comment",
        text: words,
        html,
        attachments: [],
        mentions: [whom.id],
        client_id: newClientId(),
      },
    });
  };
  return (
    <div className="banner info only" role="status">
      <UserRoundCheck />
      <span className="grow">{t("only.banner", { name })}</span>
      <Button size="xs" onClick={takeOver}>
        {t("only.take_over")}
      </Button>
      {isAsked ? (
        <span>{t("only.asked")}</span>
      ) : user ? (
        <Button size="xs" look="ghost" onClick={() => ask(user)}>
          {t("only.ask")}
        </Button>
      ) : null}
    </div>
  );
}
