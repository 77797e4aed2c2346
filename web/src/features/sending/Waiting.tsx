/* A message that waits for its time: when it leaves, and what can be done until then. Also one whose time came after the customer had written, and one
 * that waits for a broken channel. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, CalendarClock, CircleAlert, Plug } from "lucide-react";
import { useState } from "react";
import { useNotMyAnswer } from "../../actions/mayAct";
import { post, remove } from "../../api/client";
import { isLocal, newClientId } from "../../api/ids";
import { applyNow } from "../../api/live";
import { channelAccountsQuery } from "../../api/queries";
import type { Message, TakenBack } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { fullTime, moment } from "../../ui/format";
import { t } from "../../ui/i18n";
import { inWords } from "../../ui/serverWords";
import { toast, toastError } from "../../ui/toasts";
import { forget, intoComposer, intoNew, offerNoMore, takeBackSent } from "./undoSend";
import "./sending.css";

interface Props {
  message: Message;
  me: string;
  /** After its words went back into the composer. */
  onEdit?: () => void;
}

export function Waiting({ message, me, onEdit }: Props) {
  const client = useQueryClient();
  const now = useNow();
  const [isBusy, setBusy] = useState(false);
  const notMine = useNotMyAnswer(message);
  const isLate = message.held_for === "newer";
  const isBlocked = message.held_for === "blocked";
  const isForChannel = message.held_for === "connection";
  const until = message.held_until;
  const accounts = useQuery({ ...channelAccountsQuery, enabled: isForChannel }).data;
  const account = accounts?.find((one) => one.id === message.channel_account_id);
  // What is known of the channel now says more than what a try was told.
  const isWell = account?.health.state === "connected";
  const reason = inWords((!isWell && account?.health.sentence) || message.reason);
  const Icon = isLate ? CircleAlert : isBlocked ? Ban : isForChannel ? Plug : CalendarClock;

  const busily = async (work: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await work();
    } catch (problem) {
      toastError(problem);
    } finally {
      setBusy(false);
    }
  };
  const sendNow = async () => {
    const sent = await post<Message>(`/api/messages/${message.id}/send`);
    offerNoMore(message.id);
    const gone = { conversation_id: message.conversation_id, message_id: message.id };
    if (sent.id !== message.id) applyNow(client, { type: "message.removed", data: gone }, me);
    applyNow(client, { type: "message.added", data: { message: sent } }, me);
  };
  const canGoBack = () => isForChannel || Date.parse(until ?? "") > Date.now() + 1000;
  const cancel = async () => {
    const taken = await remove<TakenBack>(`/api/messages/${message.id}`);
    forget(client, me, taken);
    if (!taken.conversation) return intoNew(me, taken);
    // Of an answer the server has made a draft.
    if (taken.message.data.forward_of) intoComposer(me, taken);
    if (canGoBack()) toast(t("sending.cancelled"), () => void again(taken));
    else toast(t("sending.undone"));
  };
  const edit = async () => {
    if (await takeBackSent(client, me, message)) onEdit?.();
  };
  const again = async (taken: TakenBack) => {
    const { text, subject, recipients, attachments, quoted, channel_account_id: way } = taken.message;
    const people = (role: string) => recipients.filter((one) => one.role === role).map((one) => one.address);
    if (!canGoBack()) return toast(t("sending.undone"));
    await busily(async () => {
      const made = await post<Message>(`/api/conversations/${message.conversation_id}/messages`, {
        type: "reply",
        text,
        html: taken.html,
        subject,
        quoted,
        attachments: attachments.map((file) => file.id),
        client_id: newClientId(),
        ...(way === taken.conversation?.channel_account_id ? {} : { channel_account_id: way }),
        to: people("to"),
        ...(people("cc").length ? { cc: people("cc") } : {}),
        ...(people("bcc").length ? { bcc: people("bcc") } : {}),
        ...(isForChannel ? {} : { send_at: until, send_even_if_answered: taken.is_sent_even_if_answered }),
        ...(taken.message.data.forward_of ? { forward_of: taken.message.data.forward_of } : {}),
      });
      applyNow(client, { type: "message.added", data: { message: made } }, me);
    });
  };

  return (
    <div className={`waitcard ${isLate || isBlocked ? "late" : ""}`}>
      <Icon />
      <div className="withacts">
        <span className="words" title={until ? fullTime(until) : undefined}>
          {isLate
            ? t("sending.newer_came")
            : isBlocked
              ? t("sending.blocked")
              : isForChannel
                ? t(reason ? "delivery.held_because" : "delivery.held", { reason })
                : t("sending.scheduled", { time: until ? moment(until, now) : "" })}
        </span>
        {notMine ? <span className="muted">{notMine}</span> : null}
        {isLocal(message.id) || notMine ? null : (
          <span className="acts">
            {isForChannel ? null : (
              <Button size="xs" isBusy={isBusy} onClick={() => void busily(sendNow)}>
                {isLate ? t("composer.send_anyway") : t("sending.now")}
              </Button>
            )}
            <Button size="xs" isBusy={isBusy} onClick={() => void busily(edit)}>
              {t("sending.edit")}
            </Button>
            <Button size="xs" look="ghost" isBusy={isBusy} onClick={() => void busily(cancel)}>
              {t("common.cancel")}
            </Button>
          </span>
        )}
      </div>
    </div>
  );
}
