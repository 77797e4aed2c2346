/* One conversation from top to bottom: header, messages gathered at the bottom, composer. It keeps the place while older pages come in at the top,
 * follows the end while one is at the end, and tells the server what has been read. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import type { Scope } from "../../actions/action";
import { compareIds, isLocal } from "../../api/ids";
import { live } from "../../api/live";
import { inboxesQuery, messagesQuery } from "../../api/queries";
import type { Conversation, Id, Message } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { useStore } from "../../ui/store";
import { useChannel } from "../channels/ChannelBadge";
import { contactName } from "../conversations/Row";
import { Composer } from "../drafts/Composer";
import { Bubble } from "./Bubble";
import { Comment } from "./Comment";
import { Mail } from "./Mail";
import { MessageMenu } from "./MessageMenu";
import { asMessage, outbox } from "./pending";
import { SystemEntry } from "./SystemEntry";
import { ThreadHeader } from "./ThreadHeader";
import { useReading } from "./useReading";
import "./thread.css";

interface Props {
  conversation: Conversation;
  scope: Scope;
}

export function Thread({ conversation, scope }: Props) {
  const query = useInfiniteQuery(messagesQuery(conversation.id));
  const waiting = useStore(outbox, (state) => state.entries);
  const messages = useMemo(() => {
    const known = (query.data?.pages ?? []).toReversed().flatMap((page) => page.items);
    const ids = new Set(known.map((message) => message.client_id));
    const pending = waiting
      .filter((entry) => entry.conversationId === conversation.id && !ids.has(entry.message.client_id))
      .map((entry) => asMessage(entry, scope.me));
    return [...known, ...pending];
  }, [query.data, waiting, conversation.id, scope.me]);
  const lastId = messages.findLast((message) => !isLocal(message.id))?.id ?? null;
  const newFrom = useReading(conversation, lastId, scope);
  const log = useRef<HTMLDivElement>(null);
  usePlace(log, messages, conversation.id);

  return (
    <main
      className="thread"
      tabIndex={-1}
      data-pane="thread"
      id="main"
      aria-label={conversation.subject || contactName(conversation)}
    >
      <ThreadHeader conversation={conversation} scope={scope} />
      <div className="log" ref={log}>
        {query.hasNextPage ? (
          <Button
            size="s"
            look="ghost"
            className="older"
            isBusy={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t("thread.older")}
          </Button>
        ) : null}
        {query.isPending ? <Skeleton rows={3} shape="message" /> : null}
        {query.isError && !messages.length ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : null}
        <ol aria-label={t("thread.messages")}>
          {messages.map((message, index) => (
            <Entry
              key={message.client_id ?? message.id}
              message={message}
              conversation={conversation}
              scope={scope}
              isFirstNew={newFrom !== null && isFirstAfter(messages, index, newFrom)}
              fromEnd={messages.length - 1 - index}
            />
          ))}
        </ol>
        <TypingLine conversation={conversation} scope={scope} />
      </div>
      <Composer key={conversation.id} conversation={conversation} messages={messages} lastId={lastId} scope={scope} />
    </main>
  );
}

/** Is this the first message from outside that is newer than what was read? */
function isFirstAfter(messages: Message[], index: number, read: Id): boolean {
  const first = messages.findIndex((one) => one.direction === "in" && compareIds(one.id, read) > 0);
  return first === index;
}

interface EntryProps {
  message: Message;
  conversation: Conversation;
  scope: Scope;
  isFirstNew: boolean;
  fromEnd: number;
}

function Entry({ message, conversation, scope, isFirstNew, fromEnd }: EntryProps) {
  const now = useNow();
  const inboxes = useQuery(inboxesQuery).data ?? [];
  const channel = useChannel(conversation.kind);
  const author = authorOf(message, scope);
  const menu = <MessageMenu message={message} conversation={conversation} scope={scope} />;
  const common = { message, author, now, menu, me: scope.me.id, kind: conversation.kind, view: scope.view };
  return (
    <li id={`m${message.id}`}>
      {isFirstNew ? <p className="divider new">{t("thread.new")}</p> : null}
      {message.type === "system" ? (
        <SystemEntry message={message} now={now} users={scope.users} inboxes={inboxes} />
      ) : message.type === "comment" ? (
        <Comment message={message} author={author} now={now} menu={menu} />
      ) : channel && !channel.abilities.has_subject ? (
        <Bubble {...common} />
      ) : (
        <Mail {...common} startsFolded={fromEnd > 3} hasArrived={fromEnd === 0} />
      )}
    </li>
  );
}

function authorOf(message: Message, scope: Scope): string {
  const user = scope.users.find((one) => one.id === message.author_id);
  return user?.name || message.sender?.name || message.sender?.address || t("contact.unknown");
}

function TypingLine({ conversation, scope }: Props) {
  const typing = useStore(live, (state) => state.typing);
  const names = [...typing]
    .filter((who) => who.startsWith(`${conversation.id}:`))
    .map((who) => scope.users.find((user) => user.id === who.slice(conversation.id.length + 1))?.name)
    .filter((name): name is string => Boolean(name));
  return (
    <div role="status" className={names.length ? "typingline" : "sr"}>
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

/** Stays at the end while at the end, and where it was while something is put in above. */
function usePlace(log: RefObject<HTMLDivElement | null>, messages: Message[], conversationId: Id): void {
  const isAtEnd = useRef(true);
  const before = useRef<{ first: Id | undefined; height: number }>({ first: undefined, height: 0 });
  // The "New" line the thread was opened at: kept in sight while frames and pictures get their height, until a hand moves the thread.
  const line = useRef<Element | null>(null);

  useEffect(() => {
    const element = log.current;
    if (!element) return;
    const toEnd = () => {
      element.scrollTop = element.scrollHeight;
    };
    const onScroll = () => {
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    };
    const letGo = () => {
      line.current = null;
    };
    // Frames and pictures get their height after they are drawn: keep to the end then too.
    const watch = new ResizeObserver(() => {
      if (line.current) line.current.scrollIntoView({ block: "center" });
      else if (isAtEnd.current) toEnd();
    });
    const byHand = ["wheel", "pointerdown", "keydown", "touchmove"] as const;
    for (const kind of byHand) element.addEventListener(kind, letGo, { passive: true });
    for (const child of element.children) watch.observe(child);
    watch.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      watch.disconnect();
      for (const kind of byHand) element.removeEventListener(kind, letGo);
      element.removeEventListener("scroll", onScroll);
    };
  }, [log]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new conversation begins at its end
  useLayoutEffect(() => {
    isAtEnd.current = !/^#m\d/.test(location.hash);
    before.current = { first: undefined, height: 0 };
  }, [conversationId]);

  useLayoutEffect(() => {
    const element = log.current;
    if (!element || !messages.length) return;
    const first = messages[0]?.id;
    const hadMore = before.current.first !== undefined && before.current.first !== first;
    if (isAtEnd.current) {
      const marker = element.querySelector(".divider.new");
      if (marker && before.current.first === undefined) {
        line.current = marker;
        marker.scrollIntoView({ block: "center" });
      } else {
        line.current = null;
        element.scrollTop = element.scrollHeight;
      }
    } else if (hadMore) element.scrollTop += element.scrollHeight - before.current.height;
    else if (before.current.first === undefined && location.hash) {
      document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: "center" });
    }
    before.current = { first, height: element.scrollHeight };
  }, [messages, log]);
}
