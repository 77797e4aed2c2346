import { useQueryClient } from "@tanstack/react-query";
import { Check, CheckCheck, CircleAlert, CircleHelp, Clock } from "lucide-react";
import { useState } from "react";
import { post } from "../../api/client";
import { isLocal } from "../../api/ids";
import { applyNow } from "../../api/live";
import type { Message } from "../../api/types";
import { Button } from "../../ui/Button";
import { fullTime } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toastError } from "../../ui/toasts";

const WORDS: Record<string, MessageId> = {
  waiting: "delivery.waiting",
  queued: "delivery.sending",
  sending: "delivery.sending",
  sent: "delivery.sent",
  delivered: "delivery.delivered",
  read: "delivery.read",
  failed: "delivery.failed",
  uncertain: "delivery.uncertain",
};

function icon(state: string) {
  if (state === "sent") return <Check className="mid" />;
  if (state === "delivered" || state === "read") return <CheckCheck className="mid" />;
  if (state === "failed") return <CircleAlert className="mid" />;
  if (state === "uncertain") return <CircleHelp className="mid" />;
  return <Clock className="mid" />;
}

/** What is known of a message that was sent: a mark and a word, never more than the server knows. */
export function DeliveryMark({ message }: { message: Message }) {
  if (message.direction !== "out" || !message.state) return null;
  const state = isLocal(message.id) && message.data.is_waiting ? "waiting" : message.state;
  const word = WORDS[state];
  return (
    <span className={`delivery ${state}`} title={message.sent_at ? fullTime(message.sent_at) : undefined}>
      {icon(state)}
      {word ? t(word) : state}
    </span>
  );
}

/** For a message that did not go, or of which nobody knows whether it did: the reason and what can be done. */
export function DeliveryTrouble({ message, me }: { message: Message; me: string }) {
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  if (message.direction !== "out" || (message.state !== "failed" && message.state !== "uncertain")) return null;
  const isUncertain = message.state === "uncertain";
  const act = async (path: string, body: unknown) => {
    setBusy(true);
    try {
      const answer = await post<Message>(`/api/messages/${message.id}/${path}`, body);
      applyNow(client, { type: "message.changed", data: { message: answer } }, me);
    } catch (problem) {
      toastError(sentence(problem));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="trouble">
      {isUncertain ? <CircleHelp /> : <CircleAlert />}
      <span>
        {isUncertain
          ? t("delivery.uncertain_text")
          : message.reason
            ? t("delivery.failed_because", { reason: message.reason })
            : t("delivery.failed_text")}
      </span>
      {isUncertain ? (
        <Button size="xs" isBusy={isBusy} onClick={() => void act("settle", { state: "sent" })}>
          {t("delivery.did_leave")}
        </Button>
      ) : null}
      <Button
        size="xs"
        isBusy={isBusy}
        onClick={() => void act("retry", isUncertain ? { even_if_uncertain: true } : {})}
      >
        {isUncertain ? t("delivery.send_again") : t("common.retry")}
      </Button>
    </div>
  );
}

/** One line per person, only where it went differently for different people. */
export function PerPerson({ message }: { message: Message }) {
  const states = new Set(message.recipients.map((one) => one.state).filter(Boolean));
  if (message.direction !== "out" || states.size < 2) return null;
  return (
    <ul className="perperson">
      {message.recipients.map((one) => {
        const word = one.state ? WORDS[one.state] : undefined;
        return (
          <li key={one.address} className={one.state === "failed" ? "failed" : ""}>
            {[one.address, word ? t(word) : one.state, one.reason].filter(Boolean).join(" · ")}
          </li>
        );
      })}
    </ul>
  );
}
