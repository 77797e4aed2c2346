/* Which messages go into a conversation of their own. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Scope } from "../../actions/action";
import { splitOff } from "../../actions/rearrange";
import { get, query } from "../../api/client";
import type { Conversation, Id, Message, Page } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { messageTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";

interface Props {
  conversation: Conversation;
  scope: Scope;
  /** Begins with this message and what came after it. */
  from?: Id;
  onClose: () => void;
}

const isMovable = (message: Message) =>
  message.type !== "system" && message.state !== "queued" && message.state !== "sending";

export default function SplitDialog({ conversation, scope, from, onClose }: Props) {
  const messages = useInfiniteQuery({
    queryKey: ["split", conversation.id],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      get<Page<Message>>(`/api/conversations/${conversation.id}/messages${query({ limit: 100, before: pageParam })}`),
    getNextPageParam: (last) => last.next,
    staleTime: 0,
    gcTime: 0,
  });
  const [picked, setPicked] = useState<ReadonlySet<Id> | null>(null);
  const [subject, setSubject] = useState(conversation.subject);
  const [isBusy, setBusy] = useState(false);
  const shown = messages.data?.pages.toReversed().flatMap((page) => page.items.filter(isMovable)) ?? [];
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = messages;
  const isTooFar = from !== undefined && !shown.some((message) => message.id === from);
  useEffect(() => {
    if (isTooFar && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [isTooFar, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const chosen = picked ?? fromHere(shown, from);
  const nothingStays = !messages.hasNextPage && shown.length > 0 && chosen.size === shown.length;
  const toggle = (id: Id) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setPicked(next);
  };
  const split = async () => {
    setBusy(true);
    if (await splitOff(scope, conversation, [...chosen], subject)) onClose();
    else setBusy(false);
  };
  return (
    <Dialog title={t("split.title")} onClose={onClose} isWide>
      <div className="mergedialog">
        <p className="soft">{t("split.lead")}</p>
        {messages.isPending ? <Skeleton rows={4} shape="line" /> : null}
        {messages.isError ? <Failed error={messages.error} onRetry={() => void messages.refetch()} /> : null}
        {messages.hasNextPage ? (
          <Button size="s" isBusy={messages.isFetchingNextPage} onClick={() => void messages.fetchNextPage()}>
            {t("split.older")}
          </Button>
        ) : null}
        <ul className="splitlist">
          {shown.map((message) => (
            <Line
              key={message.id}
              message={message}
              scope={scope}
              isChosen={chosen.has(message.id)}
              onToggle={() => toggle(message.id)}
            />
          ))}
        </ul>
        <Field
          label={t("split.subject")}
          value={subject}
          maxLength={500}
          onChange={(event) => setSubject(event.target.value)}
        />
        <div className="dialogfoot">
          <p className="soft" role="status">
            {nothingStays ? t("split.one_stays") : t("split.chosen", { count: chosen.size })}
          </p>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            look="primary"
            isBusy={isBusy}
            disabled={chosen.size === 0 || nothingStays}
            onClick={() => void split()}
          >
            {t("split.do")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** A message with all after it; with nothing before it, the message alone, since one has to stay. */
function fromHere(shown: Message[], from: Id | undefined): ReadonlySet<Id> {
  const at = shown.findIndex((message) => message.id === from);
  const whole = at < 0 ? [] : at === 0 ? shown.slice(0, 1) : shown.slice(at);
  return new Set(whole.map((message) => message.id));
}

interface LineProps {
  message: Message;
  scope: Scope;
  isChosen: boolean;
  onToggle: () => void;
}

function Line({ message, scope, isChosen, onToggle }: LineProps) {
  const now = useNow();
  const author = scope.users.find((user) => user.id === message.author_id)?.name;
  const name = author ?? (message.sender.name || message.sender.address || t("contact.unknown"));
  return (
    <li>
      <label>
        <input type="checkbox" checked={isChosen} onChange={onToggle} />
        <span className="mid" dir="auto">
          {name}
        </span>
        <time className="muted num" dateTime={message.created_at}>
          {messageTime(message.created_at, now)}
        </time>
        <span className="cut" dir="auto">
          {message.text || message.subject || message.attachments.map((file) => file.name).join(", ")}
        </span>
      </label>
    </li>
  );
}
