import { useQuery } from "@tanstack/react-query";
import type { Scope } from "../../actions/action";
import { moveMessage } from "../../actions/move";
import { contactQuery } from "../../api/queries";
import type { Conversation, Message } from "../../api/types";
import { useNow } from "../../ui/clock";
import { Dialog } from "../../ui/Dialog";
import { rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { KindBadge } from "../channels/ChannelBadge";
import { contactName } from "../conversations/Row";

const FROM_LIST = 5;

interface Props {
  message: Message;
  conversation: Conversation;
  scope: Scope;
  onClose: () => void;
}

/** Where a message may go: first the other conversations of the same person, then what stands on top of the list. */
export default function MoveDialog({ message, conversation, scope, onClose }: Props) {
  const contactId = conversation.contact?.id ?? "";
  const contact = useQuery({ ...contactQuery(contactId), enabled: contactId !== "" });
  const theirs = (contact.data?.conversations ?? []).filter((one) => one.id !== conversation.id);
  const taken = new Set([conversation.id, ...theirs.map((one) => one.id)]);
  const listed = scope.rows.filter((row) => !taken.has(row.id)).slice(0, FROM_LIST);
  const choose = (target: Conversation) => {
    onClose();
    void moveMessage(message, target.id, scope);
  };
  return (
    <Dialog title={t("move.title")} onClose={onClose}>
      <div className="targets">
        <p className="soft">{t("move.lead")}</p>
        {contact.isLoading ? <Skeleton rows={2} shape="line" /> : null}
        {contact.isError ? <Failed error={contact.error} onRetry={() => void contact.refetch()} /> : null}
        <Targets title={t("move.contact", { name: contactName(conversation) })} items={theirs} onChoose={choose} />
        <Targets title={t("move.list")} items={listed} onChoose={choose} isNamed />
        {contact.isSuccess && !theirs.length && !listed.length ? <p>{t("move.none")}</p> : null}
      </div>
    </Dialog>
  );
}

interface TargetsProps {
  title: string;
  items: Conversation[];
  onChoose: (target: Conversation) => void;
  /** Says who each is with. */
  isNamed?: boolean;
}

function Targets({ title, items, onChoose, isNamed }: TargetsProps) {
  const now = useNow();
  if (!items.length) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="others">
        {items.map((one) => (
          <li key={one.id}>
            <button type="button" onClick={() => onChoose(one)}>
              <KindBadge kind={one.kind} isNamed />
              <span className="cut grow" dir="auto">
                {[isNamed ? contactName(one) : "", one.subject || one.preview].filter(Boolean).join(" · ")}
              </span>
              <time className="muted num" dateTime={one.last_message_at}>
                {rowTime(one.last_message_at, now)}
              </time>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
