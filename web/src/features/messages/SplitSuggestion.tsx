/* At a mail with another subject: it may be about something else. One press splits from here, another says to everybody that it belongs where it is;
 * either can be undone (AHEAD 8). What an inbox wants done with such mails is among its settings. */
import { useQuery } from "@tanstack/react-query";
import { Split } from "lucide-react";
import { useState } from "react";
import type { Scope } from "../../actions/action";
import { splitFrom, suggestSplit } from "../../actions/suggestion";
import { inboxesQuery } from "../../api/queries";
import type { Conversation, Message } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";

interface Props {
  message: Message;
  conversation: Conversation;
  scope: Scope;
}

export const isSplitSuggested = (message: Message): boolean => message.why?.split === "suggested";

export function SplitSuggestion({ message, conversation, scope }: Props) {
  const inboxes = useQuery(inboxesQuery).data;
  const [busy, setBusy] = useState<"split" | "stay" | null>(null);
  const mayAct = inboxes?.find((one) => one.id === conversation.inbox_id)?.can_act ?? false;
  const act = async (which: "split" | "stay") => {
    setBusy(which);
    if (which === "split") await splitFrom(scope, conversation, message);
    else await suggestSplit(scope, message.id, false);
    setBusy(null);
  };
  return (
    <div className="suggestion" role="note" aria-label={t("suggest.subject_chip")}>
      <Split className="mid" />
      <p>
        <b>{t("suggest.subject")}</b>{" "}
        <span dir="auto">
          {t("suggest.subject_was", { was: message.why.subject_was ?? conversation.subject, is: message.subject })}
        </span>
      </p>
      {mayAct ? (
        <span className="row">
          <Button size="xs" isBusy={busy === "split"} onClick={() => void act("split")}>
            {t("suggest.split")}
          </Button>
          <Button size="xs" look="ghost" isBusy={busy === "stay"} onClick={() => void act("stay")}>
            {t("suggest.stay")}
          </Button>
        </span>
      ) : null}
    </div>
  );
}
