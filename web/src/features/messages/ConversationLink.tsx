/* A web address of one of our own conversations, in a comment: a card that says whose it is and how it stands, for whoever may read it. For anybody else it is
 * a plain link, as it is until the server has said. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { conversationQuery } from "../../api/queries";
import type { Conversation, Id } from "../../api/types";
import { t } from "../../ui/i18n";
import { KindBadge } from "../channels/ChannelBadge";
import { placeOf } from "../search/placeOf";

export interface Target {
  conversation: Id;
  /** Of a message in it, "m" and its id; "" where the address names none. */
  hash: string;
}

/** In one message: each is asked for by itself. */
const CARDS_MAX = 20;

const PLACE = /^\/inbox\/[^/]+\/(\d{1,19})\/?$/;
const MESSAGE = /^#(m\d{1,19})$/;

/** What the address leads to; null where that is no conversation of this server. */
export function targetOf(href: string, origin: string = location.origin): Target | null {
  const address = URL.canParse(href) ? new URL(href) : null;
  const conversation = address?.origin === origin ? PLACE.exec(address.pathname)?.[1] : undefined;
  return address && conversation ? { conversation, hash: MESSAGE.exec(address.hash)?.[1] ?? "" } : null;
}

/** As `targetOf`, for one message: null from so many on. */
export function firstTargets(): typeof targetOf {
  let cards = 0;
  return (href, origin) => {
    const target = cards < CARDS_MAX ? targetOf(href, origin) : null;
    if (target) cards += 1;
    return target;
  };
}

export function ConversationLink({ href, target }: { href: string; target: Target }) {
  const found = useQuery(conversationQuery(target.conversation)).data;
  if (!found)
    return (
      <a href={href} target="_blank" rel="noopener noreferrer">
        {href}
      </a>
    );
  return (
    <Link
      className="linkcard"
      title={href}
      to="/inbox/$view/$conversation"
      params={placeOf(found)}
      hash={target.hash}
      search={{}}
    >
      <KindBadge kind={found.kind} isNamed />
      <span className="strong">{found.contact?.name || t("contact.unknown")}</span>
      <span className="cut" dir="auto">
        {found.subject || found.preview}
      </span>
      <span className="chip s">{t(wordOf(found))}</span>
    </Link>
  );
}

const wordOf = (one: Conversation) =>
  one.is_trashed
    ? "status.trash"
    : one.is_spam
      ? "status.spam"
      : one.status === "closed"
        ? "status.closed"
        : one.is_snoozed
          ? "status.snoozed"
          : "status.open";
