/* Sends what is written: at once, and closed or snoozed with it, later, or with a reminder. What happens then stands in sending/undoSend.ts. */
import { useQueryClient } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import type { Scope } from "../../actions/action";
import { sendAction, waysToSend } from "../../actions/composing";
import type { Mode } from "../../actions/panes";
import type { Conversation, NewMessage } from "../../api/types";
import { Button } from "../../ui/Button";
import { ClockChip } from "../../ui/ClockChip";
import { shownKeys } from "../../ui/hotkeys";
import { t, withWords } from "../../ui/i18n";
import { Menu, type MenuItem } from "../../ui/Menu";
import { useServerNow } from "../conversations/DueChip";
import { useCutFor } from "../conversations/LivePill";
import { andThen, sendingPlace } from "../sending/place";
import { ReminderChip } from "../sending/ReminderChip";
import { remindMe } from "../sending/reminders";
import type { TimeKind } from "../sending/TimeDialog";
import { useHands } from "./useHands";
import type { ReplyWindow } from "./useReplyWindow";
import "../sending/sending.css";

const TimeDialog = lazy(withWords(() => import("../sending/TimeDialog")));

/** Sends what is written; `extra` goes along on the wire. False when there is a reason not to, and then nothing left. */
export type Submit = (extra?: Partial<NewMessage>) => boolean;

interface Props {
  mode: Mode;
  /** Why it cannot be sent now; null when it can. */
  reason: string | null;
  conversation: Conversation;
  /** How long the channel takes answers. */
  replyWindow: Pick<ReplyWindow, "closesAt" | "opensAt">;
  scope: Scope;
  onSend: Submit;
}

export function SendButton({ mode, reason, conversation, replyWindow, scope, onSend }: Props) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<TimeKind | null>(null);
  const isCut = useCutFor(10_000);
  useEffect(() => {
    sendingPlace.open = scope.open;
  });

  const sendAndGoOn = (extra: Partial<NewMessage>) => {
    const next = neighbour(scope, conversation);
    if (onSend(extra)) scope.open(next, "row");
  };
  const isReply = mode !== "comment";
  const ask = (kind: TimeKind) => (isReply ? () => setAsking(kind) : undefined);
  useHands({
    send: () => void onSend(),
    send_close: isReply ? () => sendAndGoOn(andThen({ close: true })) : undefined,
    send_snooze: ask("snooze"),
    send_later: ask("later"),
    send_remind: ask("remind_send"),
    remind: ask("remind"),
  });

  const choose = (at: Date | null, evenIfAnswered: boolean) => {
    const kind = asking;
    setAsking(null);
    const time = at?.toISOString();
    if (kind === "later") onSend({ send_at: time, send_even_if_answered: evenIfAnswered });
    else if (kind === "snooze") sendAndGoOn(andThen({ close: false, snooze_until: time ?? null }));
    else if (kind === "remind_send") onSend({ remind_at: time });
    else if (time) void remindMe(client, conversation.id, time);
  };

  const word =
    mode === "comment" ? t("composer.add_comment") : isCut ? t("composer.send_when_online") : t("composer.send");
  const button = (
    <Button
      look="primary"
      size="s"
      aria-disabled={reason ? true : undefined}
      className={`${reason ? "off" : ""} ${mode === "reply" ? "splitstart" : ""}`}
      title={reason ?? `${word} (${shownKeys(sendAction.keys[0])})`}
      onClick={() => sendAction.run(scope)}
    >
      {word}
    </Button>
  );
  if (mode === "comment") return button;

  const items = waysToSend.flatMap((group, nth) =>
    group.map((action, at): MenuItem => {
      const Icon = action.icon?.(scope);
      return {
        id: action.name,
        label: t(action.label(conversation)),
        icon: Icon ? <Icon /> : undefined,
        keys: shownKeys(action.keys[0]) || undefined,
        startsGroup: nth > 0 && at === 0,
        run: () => action.run(scope),
      };
    }),
  );
  return (
    <>
      <WindowChip {...replyWindow} />
      <ReminderChip conversationId={conversation.id} />
      <span className="splitbutton">
        {button}
        <Menu
          label={t("sending.more")}
          className={`btn primary s splitend ${reason ? "off" : ""}`}
          align="end"
          side="top"
          items={items}
        >
          <ChevronDown className="mid" />
        </Menu>
      </span>
      {asking ? (
        <Suspense fallback={null}>
          <TimeDialog kind={asking} closesAt={replyWindow.closesAt} onChoose={choose} onClose={() => setAsking(null)} />
        </Suspense>
      ) : null}
    </>
  );
}

/** The conversation to go on with. */
function neighbour(scope: Scope, conversation: Conversation): string | null {
  const at = scope.rows.findIndex((row) => row.id === conversation.id);
  // Where it stays in sight there is nothing to go on to.
  if (at < 0 || scope.view === "closed") return conversation.id;
  return (scope.rows[at + 1] ?? scope.rows[at - 1])?.id ?? null;
}

const SOON_MS = 4 * 3_600_000;

/** "Closes 48 min", once that is near. */
function WindowChip({ closesAt, opensAt }: Props["replyWindow"]) {
  const now = useServerNow();
  if (!closesAt || closesAt.getTime() - now > SOON_MS) return null;
  const [due_at, due_from] = [closesAt.toISOString(), opensAt?.toISOString() ?? null];
  return <ClockChip deadline={{ due_at, due_from, due_kind: "window" }} now={now} />;
}
