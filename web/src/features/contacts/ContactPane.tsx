import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { togglePane } from "../../actions/panes";
import { contactQuery } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { IconButton } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { day, fullTime, rowTime } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { KindBadge } from "../channels/ChannelBadge";
import { contactName } from "../conversations/Row";
import "./context.css";

interface Props {
  conversation: Conversation;
  view: string;
}

/** Who writes, how they are reached, and what else they wrote. */
export function ContactPane({ conversation, view }: Props) {
  const id = conversation.contact?.id ?? null;
  const name = contactName(conversation);
  return (
    <aside className="context" aria-label={t("contact.about", { name })} data-pane="context">
      <section>
        <div className="person">
          <Avatar
            name={conversation.contact?.name || name}
            seed={conversation.contact?.address || conversation.id}
            size={44}
          />
          <h2 className="grow" dir="auto">
            {name}
          </h2>
          <IconButton label={t("contact.hide")} keys="]" onClick={() => togglePane("hasContext")}>
            <X />
          </IconButton>
        </div>
        {id ? <Facts id={id} /> : null}
      </section>
      {id ? <Others id={id} open={conversation} view={view} /> : null}
    </aside>
  );
}

function Facts({ id }: { id: string }) {
  const { data: contact, error, isPending, refetch } = useQuery(contactQuery(id));
  if (error && !contact) return <Failed error={error} onRetry={() => void refetch()} />;
  if (isPending || !contact) return <Skeleton rows={3} shape="line" />;
  const properties = Object.entries(contact.properties ?? {}).filter(
    ([, value]) => typeof value === "string" || typeof value === "number",
  );
  return (
    <dl className="facts">
      {contact.identities.map((identity) => (
        <Fact
          key={identity.type + identity.value}
          name={tOr(`identity.${identity.type}`, identity.type)}
          value={identity.value}
        />
      ))}
      {properties.map(([key, value]) => (
        <Fact key={key} name={key} value={String(value)} />
      ))}
      <Fact name={t("contact.since")} value={day(contact.created_at)} />
    </dl>
  );
}

const Fact = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
);

function Others({ id, open, view }: { id: string; open: Conversation; view: string }) {
  const contact = useQuery(contactQuery(id)).data;
  const now = useNow();
  const others = contact?.conversations.filter((one) => one.id !== open.id) ?? [];
  if (!others.length) return null;
  return (
    <section>
      <h3>{t("contact.others")}</h3>
      <ul className="others">
        {others.map((one) => (
          <li key={one.id}>
            <Link to="/inbox/$view/$conversation" params={{ view, conversation: one.id }}>
              <KindBadge kind={one.kind} isNamed />
              <span className="cut grow" dir="auto">
                {one.subject || one.preview}
              </span>
              <time className="muted num" dateTime={one.last_message_at} title={fullTime(one.last_message_at)}>
                {rowTime(one.last_message_at, now)}
              </time>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
