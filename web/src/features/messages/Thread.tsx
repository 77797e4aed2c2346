/* One conversation from top to bottom: header, messages gathered at the bottom, composer. Where things stand is decided by ThreadLog, what stands
 * there by entries.ts. Read those next. */
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { lazy, type RefObject, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Scope } from "../../actions/action";
import { closeFind, threadFind } from "../../actions/find";
import { isLocal } from "../../api/ids";
import { live } from "../../api/live";
import { channelAccountsQuery, channelsQuery } from "../../api/queries";
import type { Conversation, Id, Message } from "../../api/types";
import { EarlyKeys } from "../../ui/EarlyKeys";
import { t, withWords } from "../../ui/i18n";
import { Pane } from "../../ui/Pane";
import { Failed, Skeleton } from "../../ui/States";
import { useStore } from "../../ui/store";
import { ToastRoom } from "../../ui/toasts";
import { contactName } from "../conversations/Row";
import { Composer } from "../drafts/Composer";
import { useBeingIn } from "../presence/presence";
import { Entry } from "./Entry";
import { entriesOf } from "./entries";
import { Memory, ThreadMemory } from "./remembered";
import { ThreadHeader } from "./ThreadHeader";
import { type LogHandle, ThreadLog } from "./ThreadLog";
import { type ThreadMessages, useMessages } from "./useMessages";
import { useReading } from "./useReading";
import { type Doubt, doubtAbout } from "./why";
import "./thread.css";

const WhyApart = lazy(withWords(() => import("../filters/WhyApart")));
const FindBar = lazy(withWords(() => import("./FindBar")));

interface Props {
  conversation: Conversation;
  scope: Scope;
}

export function Thread({ conversation, scope }: Props) {
  const { id } = conversation;
  const messages = useMessages(id, scope.me);
  const { shown, newest } = messages;
  const lastId = newest.findLast((message) => !isLocal(message.id))?.id ?? null;
  const newFrom = useReading(conversation, lastId, scope);
  useBeingIn(id);
  const pane = useRef<HTMLElement>(null);
  // On a phone the empty composer is one line until somebody goes into it, and again when they read on.
  const [isWriting, setWriting] = useState(false);
  const log = useRef<LogHandle>(null);
  const isFinding = useStore(threadFind, (state) => state.isOpen);
  useEffect(() => closeFind, []);

  const target = useTarget();
  const wanted = useRef<Id | null>(target);
  const { goAround, isPending } = messages;
  const jump = useCallback(
    (to: Id) => {
      if (log.current?.show(to)) return;
      wanted.current = to;
      goAround(to);
    },
    [goAround],
  );
  // A message of the address that is not loaded is fetched with what stands around it; when it is there, it is shown.
  const hasCome = wanted.current !== null && shown.some((message) => message.id === wanted.current);
  useEffect(() => {
    const to = wanted.current;
    if (to === null || isPending) return;
    if (!hasCome) goAround(to);
    else if (log.current?.show(to)) wanted.current = null;
  }, [hasCome, isPending, goAround]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time the address names another message
  useEffect(() => {
    if (target !== null) jump(target);
  }, [target]);

  return (
    <main
      className={`thread ${isWriting ? "writing" : ""}`}
      onFocus={(event) => event.target.closest(".composer") && setWriting(true)}
      onPointerDown={(event) => (event.target as Element).closest(".log") && setWriting(false)}
      tabIndex={-1}
      data-pane="thread"
      id="main"
      ref={pane}
      aria-label={conversation.subject || contactName(conversation)}
    >
      <Pane>
        <ThreadHeader conversation={conversation} scope={scope} />
      </Pane>
      {isFinding ? (
        <EarlyKeys onEscape={closeFind}>
          <FindBar conversationId={id} frame={pane} onShow={jump} />
        </EarlyKeys>
      ) : null}
      {conversation.is_spam || conversation.is_trashed ? (
        <Suspense fallback={null}>
          <WhyApart conversation={conversation} scope={scope} />
        </Suspense>
      ) : null}
      <Pane>
        <Messages conversation={conversation} scope={scope} {...{ messages, newFrom, target, log }} />
      </Pane>
      <TypingLine conversation={conversation} scope={scope} />
      <ToastRoom />
      <Pane frame={(content) => <div className="composer">{content}</div>}>
        <Composer key={id} conversation={conversation} messages={newest} lastId={lastId} scope={scope} />
      </Pane>
    </main>
  );
}

interface MessagesProps extends Props {
  messages: ThreadMessages;
  newFrom: Id | null;
  target: Id | null;
  log: RefObject<LogHandle | null>;
}

function Messages({ conversation, scope, messages, newFrom, target, log }: MessagesProps) {
  const { shown, isApart } = messages;
  const isCard = useIsCard(conversation);
  const entries = useMemo(() => entriesOf(shown, { newFrom, isCard, isApart }), [shown, newFrom, isCard, isApart]);
  const doubt = useMemo(() => {
    const known = new Map<Id, Doubt | null>();
    return (message: Message) => {
      if (!known.has(message.id)) known.set(message.id, doubtAbout(message, shown, conversation.subject));
      return known.get(message.id) ?? null;
    };
  }, [shown, conversation.subject]);
  const [memory] = useState(() => new Memory());
  return (
    <ThreadMemory value={memory}>
      <ThreadLog
        entries={entries}
        messages={messages}
        isCard={isCard}
        target={target}
        handle={log}
        draw={(entry) => (
          <Entry entry={entry} conversation={conversation} scope={scope} isCard={isCard} doubt={doubt} />
        )}
      >
        {messages.error ? (
          <Failed error={messages.error} onRetry={messages.retry} comesBack />
        ) : messages.isPending ? (
          <Skeleton rows={3} shape="message" />
        ) : null}
      </ThreadLog>
    </ThreadMemory>
  );
}

/** The message that the address names (#m123). */
function useTarget(): Id | null {
  const hash = useLocation({ select: (location) => location.hash });
  return /^m(\d{1,19})$/.exec(hash)?.[1] ?? null;
}

/** Cards on channels that have subjects, bubbles elsewhere. */
function useIsCard(conversation: Conversation): (message: Message) => boolean {
  const channels = useQuery(channelsQuery).data;
  const accounts = useQuery(channelAccountsQuery).data;
  const { kind } = conversation;
  return useMemo(() => {
    const withSubject = new Set(channels?.filter((one) => one.abilities.has_subject).map((one) => one.kind));
    const kinds = new Map(accounts?.map((one) => [one.id, one.kind]));
    return (message) => !channels || withSubject.has(kinds.get(message.channel_account_id) ?? kind);
  }, [channels, accounts, kind]);
}

function TypingLine({ conversation, scope }: Props) {
  const typing = useStore(live, (state) => state.typing);
  const names = [...typing]
    .filter((who) => who.startsWith(`${conversation.id}:`))
    .map((who) => scope.users.find((user) => user.id === who.slice(conversation.id.length + 1))?.name)
    .filter((name): name is string => Boolean(name));
  return (
    <div className={names.length ? "typingline" : "sr"}>
      {names.length ? (
        <>
          <span className="waitdots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t("thread.writing", { name: names.join(", ") })}
        </>
      ) : null}
    </div>
  );
}
