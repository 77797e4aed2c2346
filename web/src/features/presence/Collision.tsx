/* Over the composer: who writes a reply here too, and what two people who write at once can do about it. Read next: presence.ts, takeover.ts. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { usersQuery } from "../../api/queries";
import { serverNow } from "../../api/serverTime";
import type { Id, User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { toastError } from "../../ui/toasts";
import { shortName } from "./PresenceMark";
import { type Present, useOthersIn, writerIn } from "./presence";
import { SeenDraft } from "./SeenDraft";
import { answerTakeOver, askToTakeOver, dropExchange, type Exchange, exchanges } from "./takeover";

interface Collision {
  /** The banner; null when there is nothing to say. */
  banner: ReactNode;
  /** To be asked before a reply is sent: true the first time while somebody else is replying; the banner then asks. */
  holdsBack: () => boolean;
  /** It was sent: the next reply asks anew. */
  done: () => void;
}

export function useCollision(
  conversation: Id,
  isReply: boolean,
  onSendAnyway: () => void,
  onHandOver: () => void,
): Collision {
  const users = useQuery(usersQuery).data ?? [];
  const writer = useOthersIn(conversation).find((one) => one.state === "writing");
  const exchange = useStore(exchanges, (state) => state.list.find((one) => one.conversation === conversation));
  const [askedAbout, setAskedAbout] = useState<Id | null>(null);
  const user = users.find((one) => one.id === (exchange?.user ?? writer?.userId));
  useEffect(() => {
    if (!writer) setAskedAbout(null);
  }, [writer]);

  const collision: Collision = {
    banner: null,
    holdsBack: () => {
      const other = isReply ? writerIn(conversation) : undefined;
      if (!other || other.userId === askedAbout) return false;
      setAskedAbout(other.userId);
      const name = users.find((one) => one.id === other.userId);
      announce(t("presence.send_anyway_question", { name: name ? shortName(name) : "" }), "assertive");
      return true;
    },
    done: () => {
      setAskedAbout(null);
      dropExchange(conversation);
    },
  };
  if (!user) return collision;
  if (exchange?.state === "wanted")
    collision.banner = <Wanted exchange={exchange} user={user} onHandOver={onHandOver} />;
  else if (isReply && writer && askedAbout === writer.userId)
    collision.banner = (
      <Line user={user} text={t("presence.send_anyway_question", { name: shortName(user) })}>
        <Button size="xs" onClick={onSendAnyway}>
          {t("composer.send_anyway")}
        </Button>
      </Line>
    );
  else if (exchange) collision.banner = <Answered exchange={exchange} user={user} />;
  else if (isReply && writer) collision.banner = <Writing conversation={conversation} writer={writer} user={user} />;
  return collision;
}

interface LineProps {
  user: User;
  text: string;
  /** Seconds that go on. It makes the line one that is not read aloud: who writes is told once (notifications/spoken.ts). */
  more?: string;
  children?: ReactNode;
}

function Line({ user, text, more, children }: LineProps) {
  return (
    <div className="banner info collision" role={more ? undefined : "status"}>
      <Avatar name={user.name} seed={user.id} size={20} />
      <span className="mid">{text}</span>
      {more ? <span>{more}</span> : null}
      <span className="grow" />
      {children}
    </div>
  );
}

function Writing({ conversation, writer, user }: { conversation: Id; writer: Present; user: User }) {
  const [isAsking, setAsking] = useState(false);
  const ask = async () => {
    setAsking(true);
    await askToTakeOver(conversation, user.id).catch((problem) => toastError(problem));
    setAsking(false);
  };
  return (
    <Line user={user} text={t("presence.writing", { name: shortName(user) })} more={useStarted(writer.since)}>
      <SeeDraft conversation={conversation} user={user} />
      <Button size="xs" isBusy={isAsking} onClick={() => void ask()}>
        {t("presence.ask")}
      </Button>
    </Line>
  );
}

/** What came of my question. */
function Answered({ exchange, user }: { exchange: Exchange; user: User }) {
  const name = shortName(user);
  const text =
    exchange.state === "accepted"
      ? t("presence.accepted", { name })
      : exchange.state === "declined"
        ? t("presence.declined", { name })
        : t("presence.asked", { name });
  const told = useRef(exchange.state);
  useEffect(() => {
    if (told.current !== exchange.state) announce(text);
    told.current = exchange.state;
  }, [exchange.state, text]);
  return (
    <Line user={user} text={text}>
      {exchange.state === "accepted" ? <SeeDraft conversation={exchange.conversation} user={user} /> : null}
      <Button size="xs" look="ghost" onClick={() => dropExchange(exchange.conversation)}>
        {t("common.close")}
      </Button>
    </Line>
  );
}

/** Somebody asks me. */
function Wanted({ exchange, user, onHandOver }: { exchange: Exchange; user: User; onHandOver: () => void }) {
  const text = t("presence.wanted", { name: shortName(user) });
  useEffect(() => announce(text, "assertive"), [text]);
  return (
    <Line user={user} text={text}>
      <Button
        size="xs"
        onClick={() => {
          void answerTakeOver(exchange, "accepted");
          onHandOver();
        }}
      >
        {t("presence.hand_over")}
      </Button>
      <Button size="xs" look="ghost" onClick={() => void answerTakeOver(exchange, "declined")}>
        {t("presence.keep_writing")}
      </Button>
    </Line>
  );
}

function SeeDraft({ conversation, user }: { conversation: Id; user: User }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="xs" onClick={() => setOpen(true)}>
        {t("presence.see_draft")}
      </Button>
      {isOpen ? <SeenDraft conversation={conversation} user={user} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

const TICK_MS = 5000;

/** "started 20 s ago", moving on by itself. */
function useStarted(since: number): string {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((now - since) / 1000));
  return seconds < 60
    ? t("presence.started_seconds", { count: seconds })
    : t("presence.started_minutes", { count: Math.floor(seconds / 60) });
}
