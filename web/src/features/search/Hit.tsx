/* One conversation that was found, with the messages that match best: each a link to its place. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Lock, Paperclip } from "lucide-react";
import { isFiltered } from "../../api/lists";
import { usersQuery } from "../../api/queries";
import type { SearchedContact, SearchedConversation, SearchedMessage } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { fullTime, rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { KindBadge, useChannel } from "../channels/ChannelBadge";
import { quoted } from "./line";
import { Marked } from "./Marked";
import { placeOf } from "./placeOf";

interface Props {
  found: SearchedConversation;
  now: Date;
  onOpen: () => void;
}

export function Hit({ found, now, onOpen }: Props) {
  const { conversation } = found;
  const users = useQuery(usersQuery).data ?? [];
  const channel = useChannel(conversation.kind);
  const who = conversation.contact?.name || conversation.contact?.address || t("contact.unknown");
  const assignee = users.find((user) => user.id === conversation.assignee_id);
  const state = stateOf(found);
  const place = placeOf(conversation);
  const first = found.messages[0];
  return (
    <li className="hit">
      <Link
        className="hithead"
        to="/inbox/$view/$conversation"
        params={place}
        hash={first ? `m${first.id}` : undefined}
        data-hit
        onClick={onOpen}
      >
        <Avatar name={who} seed={conversation.contact?.address || conversation.id}>
          <KindBadge kind={conversation.kind} />
        </Avatar>
        <span className="hitname">
          <span className="cut" dir="auto">
            {found.contact.length ? <Marked pieces={found.contact} /> : who}
          </span>
          <span className="cut soft" dir="auto">
            {found.subject.length ? <Marked pieces={found.subject} /> : (channel?.name ?? "")}
          </span>
        </span>
        {state ? <span className="chip s">{t(state)}</span> : null}
        {assignee ? <Avatar name={assignee.name} seed={assignee.id} size={18} title={assignee.name} /> : null}
        <time dateTime={found.matched_at} title={fullTime(found.matched_at)}>
          {rowTime(found.matched_at, now)}
        </time>
      </Link>
      {found.messages.length ? (
        <ul>
          {found.messages.map((message) => (
            <li key={message.id}>
              <Link
                className={`hitmessage ${message.type === "comment" ? "comment" : ""}`}
                to="/inbox/$view/$conversation"
                params={place}
                hash={`m${message.id}`}
                data-hit
                onClick={onOpen}
              >
                <Who message={message} name={users.find((user) => user.id === message.author_id)?.name} />
                <span className="hittext" dir="auto">
                  <Marked pieces={message.snippet} />
                </span>
                {message.file ? (
                  <span className="hitfile">
                    <Paperclip className="small" />
                    {t("search.in_file", { name: message.file })}
                  </span>
                ) : null}
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
    </li>
  );
}

function Who({ message, name }: { message: SearchedMessage; name: string | undefined }) {
  return (
    <span className="hitwho">
      {message.type === "comment" ? (
        <>
          <Lock className="small" />
          <span className="sr">{t("search.comment")}</span>
        </>
      ) : null}
      <span className="cut">{name || message.sender_name}</span>
    </span>
  );
}

function stateOf({ conversation }: SearchedConversation) {
  if (conversation.is_trashed) return "search.trash";
  if (conversation.is_spam) return isFiltered(conversation) ? "search.filtered" : "search.spam";
  if (conversation.is_snoozed) return "search.snoozed";
  return conversation.status === "closed" ? "search.closed" : null;
}

/** A contact leads to everything they wrote. */
export function ContactHit({ found, onOpen }: { found: SearchedContact; onOpen: () => void }) {
  const address = found.identities.find((one) => one.type !== "opaque")?.value;
  const line = `from:${quoted(address ?? found.name)} `;
  return (
    <li className="hit">
      <Link className="hithead" to="/search" search={{ q: line }} data-hit onClick={onOpen}>
        <Avatar name={found.name || address || ""} seed={address || found.id} />
        <span className="hitname">
          <span className="cut" dir="auto">
            {found.title.length ? <Marked pieces={found.title} /> : t("contact.unknown")}
          </span>
          <span className="cut soft" dir="auto">
            {found.identities
              .filter((one) => one.type !== "opaque")
              .map((one) => one.value)
              .join(", ")}
          </span>
        </span>
      </Link>
    </li>
  );
}
