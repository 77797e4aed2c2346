/* Which messages a thread shows: the newest pages and, going up, older ones; or, after a jump, a part around one message that grows both ways until
 * it reaches the end and becomes the whole again. What this browser sends and the server does not have yet stands at the end. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { isLocal } from "../../api/ids";
import { keys, type MessagePages, messagesAroundQuery, messagesQuery } from "../../api/queries";
import type { Id, Message, User } from "../../api/types";
import { useStore } from "../../ui/store";
import { toastError } from "../../ui/toasts";
import { useTold } from "../../ui/told";
import { asMessage, outbox } from "./pending";

export interface ThreadMessages {
  /** What is shown, oldest first. */
  shown: Message[];
  /** The newest of the conversation, whatever is shown: what an answer refers to. */
  newest: Message[];
  /** Is what is shown a part that does not reach the end? */
  isApart: boolean;
  isPending: boolean;
  error: Error | null;
  retry: () => void;
  older: { has: boolean; isBusy: boolean; load: () => void };
  newer: { has: boolean; isBusy: boolean; load: () => void };
  /** Shows the part around this message, unless it is shown already. False: it is here. */
  goAround: (id: Id) => boolean;
  goToEnd: () => void;
  /** Grows with each wish to stand at the end. */
  wishes: number;
}

const flat = (pages: Pick<MessagePages, "pages"> | undefined) =>
  (pages?.pages ?? []).toReversed().flatMap((page) => page.items);

export function useMessages(id: Id, me: User): ThreadMessages {
  const client = useQueryClient();
  const main = useInfiniteQuery(messagesQuery(id));
  const [anchor, setAnchor] = useState<Id | null>(null);
  const around = useInfiniteQuery(messagesAroundQuery(id, anchor));
  const aroundPages = around.data;
  const waiting = useStore(outbox, (state) => state.entries);
  const isApart = anchor !== null && aroundPages !== undefined;

  const known = useMemo(() => flat(main.data), [main.data]);
  const newest = useMemo(() => {
    const sent = new Set(known.map((message) => message.client_id));
    const pending = waiting
      .filter((entry) => entry.conversationId === id && !sent.has(entry.message.client_id))
      .map((entry) => asMessage(entry, me));
    return pending.length ? [...known, ...pending] : known;
  }, [known, waiting, id, me]);
  const part = useMemo(() => (isApart ? flat(aroundPages) : []), [isApart, aroundPages]);

  // The part has grown down to the end: from now on it is the conversation.
  const isWhole = isApart && !aroundPages.pages[0]?.previous;
  useEffect(() => {
    if (!isWhole || !aroundPages) return;
    const { pages, pageParams } = aroundPages;
    client.setQueryData<MessagePages>(keys.messages(id), {
      pages,
      pageParams: [null, ...(pageParams.slice(1) as string[])],
    });
    setAnchor(null);
  }, [isWhole, aroundPages, client, id]);

  // A message that is not there (any more), or not here: say so, and stay.
  const problem = anchor !== null ? around.error : null;
  useEffect(() => {
    if (!problem) return;
    toastError(problem);
    setAnchor(null);
  }, [problem]);

  const [wishes, setWishes] = useState(0);
  const goToEnd = useCallback(() => {
    setAnchor(null);
    setWishes((before) => before + 1);
  }, []);
  const last = newest.at(-1);
  const lastLocal = last && isLocal(last.id) ? last.id : null;
  // Who answers wants to see it stand there.
  useEffect(() => {
    if (lastLocal) goToEnd();
  }, [lastLocal, goToEnd]);

  const shown = isApart ? part : newest;
  const goAround = useCallback(
    (target: Id) => {
      if (shown.some((one) => one.id === target)) return false;
      if (newest.some((one) => one.id === target)) setAnchor(null);
      else setAnchor(target);
      return true;
    },
    [shown, newest],
  );
  const query = isApart ? around : main;
  const told = useTold(main) as Error | null;
  return {
    shown,
    newest,
    isApart,
    isPending: main.isPending || (anchor !== null && around.isPending),
    error: main.data ? null : told,
    retry: () => void main.refetch(),
    older: {
      has: query.hasNextPage,
      isBusy: query.isFetchingNextPage,
      load: () => void (query.isFetching || query.fetchNextPage()),
    },
    newer: {
      has: isApart && around.hasPreviousPage,
      isBusy: around.isFetchingPreviousPage,
      load: () => void (around.isFetching || around.fetchPreviousPage()),
    },
    goAround,
    goToEnd,
    wishes,
  };
}
