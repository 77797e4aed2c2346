import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { contactQuery } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { useNow } from "../../ui/clock";
import { fullTime, rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { KindBadge } from "../channels/ChannelBadge";
import { Section } from "./Section";

const FIRST = 5;
const COUNT_CAP = 100;

/** The other conversations of the same person, open ones first. */
export function Others({ id, open, view }: { id: string; open: Conversation; view: string }) {
  const contact = useQuery(contactQuery(id)).data;
  const [isWhole, setWhole] = useState(false);
  const now = useNow();
  const others = contact?.conversations.filter((one) => one.id !== open.id) ?? [];
  if (!contact) return null;
  if (!others.length)
    return (
      <Section name="others" title={t("contact.others")}>
        <p className="muted small-text">{t("contact.no_others")}</p>
      </Section>
    );
  const { conversations, conversation_count: all } = contact;
  // What is in the trash or among spam is counted nowhere; of what does not stand among the newest, those two marks tell.
  const isCounted =
    conversations.length < all ? !open.is_spam && !open.is_trashed : others.length < conversations.length;
  const shown = isWhole ? others : others.slice(0, FIRST);
  return (
    <Section
      name="others"
      title={t("contact.others")}
      count={all >= COUNT_CAP ? "99+" : String(all - Number(isCounted))}
    >
      <ul className="others">
        {shown.map((one) => (
          <li key={one.id}>
            <Link to="/inbox/$view/$conversation" params={{ view, conversation: one.id }}>
              <KindBadge kind={one.kind} isNamed />
              <span className={`cut grow ${one.status === "open" ? "" : "muted"}`} dir="auto">
                {one.subject || one.preview}
              </span>
              {one.status === "open" ? <span className="dot s ok" title={t("status.open")} /> : null}
              <time className="muted num" dateTime={one.last_message_at} title={fullTime(one.last_message_at)}>
                {rowTime(one.last_message_at, now)}
              </time>
            </Link>
          </li>
        ))}
      </ul>
      {others.length > shown.length ? (
        <button type="button" className="addfact" onClick={() => setWhole(true)}>
          {t("contact.more_others", { count: others.length - shown.length })}
        </button>
      ) : null}
    </Section>
  );
}
