import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CalendarClock, Check, CheckCheck, CircleAlert, CircleHelp, CircleSlash, Clock, Plug } from "lucide-react";
import { useState } from "react";
import { useNotMyAnswer } from "../../actions/mayAct";
import { post } from "../../api/client";
import { isLocal } from "../../api/ids";
import { applyNow, onStreamEvent } from "../../api/live";
import { usersQuery } from "../../api/queries";
import type { Message } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { clock, fullTime, messageTime } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { inWords, useServerWords } from "../../ui/serverWords";
import { toast, toastError } from "../../ui/toasts";
import { Elsewhere } from "../sending/Elsewhere";
import { Waiting } from "../sending/Waiting";

type Dealt = NonNullable<Message["dealt_with"]>;

const WORDS: Record<string, MessageId> = {
  waiting: "delivery.waiting",
  queued: "delivery.sending",
  sending: "delivery.sending",
  sent: "delivery.sent",
  delayed: "delivery.delayed",
  delivered: "delivery.delivered",
  read: "delivery.read",
  failed: "delivery.failed",
  dealt: "delivery.dealt",
  uncertain: "delivery.uncertain",
  scheduled: "delivery.scheduled",
  newer: "delivery.not_sent",
  blocked: "delivery.not_sent",
  held: "delivery.held",
};

function icon(state: string) {
  if (state === "sent") return <Check className="mid" />;
  if (state === "delivered" || state === "read") return <CheckCheck className="mid" />;
  if (state === "failed") return <CircleAlert className="mid" />;
  if (state === "dealt") return <CircleSlash className="mid" />;
  if (state === "newer" || state === "blocked") return <CircleAlert className="mid" />;
  if (state === "scheduled") return <CalendarClock className="mid" />;
  if (state === "held") return <Plug className="mid" />;
  if (state === "uncertain") return <CircleHelp className="mid" />;
  return <Clock className="mid" />;
}

/** How far a message is: its state, and while it is queued what it waits for. */
function stageOf(message: Message): string {
  if (isLocal(message.id) && message.data.is_waiting) return "waiting";
  if (message.state === "failed" && message.dealt_with) return "dealt";
  if (message.state !== "queued") return message.state ?? "";
  if (message.held_for === "schedule") return "scheduled";
  if (message.held_for === "newer" || message.held_for === "blocked") return message.held_for;
  return message.held_for === "connection" ? "held" : "queued";
}

/** What is known of a message that was sent: a mark and a word, never more than the server knows. The word of older ones shows under the pointer and with the focus. */
export function DeliveryMark({ message }: { message: Message }) {
  useServerWords();
  if (message.direction !== "out" || !message.state) return null;
  const stage = stageOf(message);
  const word = WORDS[stage];
  return (
    <span className={`delivery ${stage}`} title={factsOf(message) || undefined}>
      {icon(stage)}
      <span className="deliveryword">{word ? t(word) : stage}</span>
    </span>
  );
}

/** When it left, what is in its way, and when it is tried again. */
function factsOf(message: Message): string {
  const time = message.sent_at ? fullTime(message.sent_at) : null;
  const retry = message.next_try_at ? t("delivery.next_try", { time: clock(new Date(message.next_try_at)) }) : null;
  return [time, message.state === "queued" ? inWords(message.reason) : "", retry].filter(Boolean).join(" · ");
}

/** The same in words, for who has no pointer to rest on the mark. */
export function deliveryWords(message: Message): string {
  const stage = stageOf(message);
  const word = WORDS[stage];
  return [word ? t(word) : stage, factsOf(message)].filter(Boolean).join(" · ");
}

/** For a message that waits for its time, that did not go, or of which nobody knows whether it did: the reason and what can be done. */
export function DeliveryTrouble({ message, me }: { message: Message; me: string }) {
  useServerWords();
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const notMine = useNotMyAnswer(message);
  if (message.direction !== "out") return null;
  if (message.held_for && message.held_for !== "undo") return <Waiting message={message} me={me} />;
  if (message.state !== "failed" && message.state !== "uncertain") return null;
  const isUncertain = message.state === "uncertain";
  const act = async (path: string, body: unknown, done?: () => void) => {
    setBusy(true);
    // The stream may be faster than the answer, and know by then that it has left or failed again.
    let hasNews = false;
    const stop = onStreamEvent((event) => {
      hasNews ||= event.type === "message.changed" && event.data.message.id === message.id;
    });
    try {
      const answer = await post<Message>(`/api/messages/${message.id}/${path}`, body);
      if (!hasNews) applyNow(client, { type: "message.changed", data: { message: answer } }, me);
      done?.();
    } catch (problem) {
      toastError(problem);
    } finally {
      stop();
      setBusy(false);
    }
  };
  const deal = (isDealtWith: boolean, done?: () => void) => act("deal", { is_dealt_with: isDealtWith }, done);
  if (message.dealt_with)
    return (
      <div className="trouble dealt">
        <CircleSlash />
        <div className="withacts">
          <span>
            {reasonOf(message)} <DealtWith how={message.dealt_with} me={me} />
          </span>
          {notMine ? null : (
            <span className="acts">
              {/* The key: it is the same button, and keeps the focus. */}
              <Button key="deal" size="xs" onClick={() => void deal(false)}>
                {t("delivery.not_dealt")}
              </Button>
            </span>
          )}
        </div>
      </div>
    );
  if (notMine)
    return (
      <div className="trouble">
        {isUncertain ? <CircleHelp /> : <CircleAlert />}
        <div className="withacts">
          <span>
            {isUncertain ? t("delivery.uncertain_text") : reasonOf(message)} {notMine}
          </span>
        </div>
      </div>
    );
  return (
    <div className="trouble">
      {isUncertain ? <CircleHelp /> : <CircleAlert />}
      <div className="withacts">
        <span>{isUncertain ? t("delivery.uncertain_text") : reasonOf(message)}</span>
        <span className="acts">
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
          {isUncertain ? null : <Elsewhere message={message} me={me} />}
          {isUncertain ? null : (
            <Button
              key="deal"
              size="xs"
              title={t("delivery.deal_hint")}
              onClick={() => void deal(true, () => toast(t("delivery.dealt_done"), () => void deal(false)))}
            >
              {t("delivery.deal")}
            </Button>
          )}
        </span>
      </div>
    </div>
  );
}

const reasonOf = (message: Message) =>
  message.reason ? t("delivery.failed_because", { reason: inWords(message.reason) }) : t("delivery.failed_text");

/** Why it needs nobody any more. */
function DealtWith({ how, me }: { how: Dealt; me: string }) {
  const people = useQuery(usersQuery).data ?? [];
  const now = useNow();
  const when = messageTime(how.at, now);
  if (how.how === "elsewhere") return t("delivery.dealt_elsewhere", { when });
  if (how.how === "answered") return t("delivery.dealt_answered", { when });
  if (how.by === me) return t("delivery.dealt_by_me", { when });
  const who = people.find((one) => one.id === how.by)?.name ?? t("system.somebody");
  return t("delivery.dealt_by", { who, when });
}

/** One line per person, only where it went differently for different people. */
export function PerPerson({ message }: { message: Message }) {
  useServerWords();
  const states = new Set(message.recipients.map((one) => one.state).filter(Boolean));
  if (message.direction !== "out" || states.size < 2) return null;
  return (
    <ul className="perperson">
      {message.recipients.map((one) => {
        const word = one.state ? WORDS[one.state] : undefined;
        return (
          <li key={one.address} className={one.state === "failed" ? "failed" : ""}>
            {[one.address, word ? t(word) : one.state, inWords(one.reason)].filter(Boolean).join(" · ")}
          </li>
        );
      })}
    </ul>
  );
}
