import { AlarmClock, AtSign, CornerUpLeft, Forward, Lock, PenLine, Users } from "lucide-react";
import { type MouseEvent, memo } from "react";
import type { Channel, Conversation, Id, User } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { clockFace } from "../../ui/clockWords";
import { fullTime, moment, rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { ChannelBadge } from "../channels/ChannelBadge";
import { PresenceMark } from "../presence/PresenceMark";
import { useOthersIn } from "../presence/presence";
import { canBeDue, DueChip, useServerNow } from "./DueChip";
import { priorityName } from "./filterWords";
import { RetryButton } from "./RetryButton";
import { RowCheck } from "./RowCheck";
import { RowTags } from "./RowTags";
import { sendingTrouble, TroubleIcon, troubleSentence } from "./SendingTrouble";
import { useSwipe } from "./useSwipe";

/** What only I have in it: a draft, and an @ with my name that I have not looked at. */
interface OwnMarks {
  hasDraft: boolean;
  isMentioned: boolean;
}

interface Props extends OwnMarks {
  row: Conversation;
  /** What the link leads to. A plain one: the router's own look at every change of the address, and there are many here. */
  href: string;
  isOpen: boolean;
  channel: Channel | undefined;
  top: number;
  position: number;
  total: number;
  isFirstTab: boolean;
  isFresh: boolean;
  assignee: User | undefined;
  users: readonly User[];
  me: Id;
  now: Date;
  onHover: (id: Id) => void;
  onOpen: (id: Id) => void;
}

/** Who has it, and that they are not there any more: somebody else has to take it. */
export const assigneeName = ({ name, status }: User) =>
  status === "deactivated" ? t("filter.deactivated", { name }) : name;

export const contactName = (row: Conversation) => row.contact?.name || row.contact?.address || t("contact.unknown");

/** One conversation of the list: one link, and what it says to a screen reader in the order that matters. */
export const Row = memo(function Row(props: Props) {
  const { row, href, isOpen, channel, top, position, total, isFirstTab, isFresh, now, onHover, onOpen } = props;
  const name = contactName(row);
  const swipe = useSwipe(row);
  return (
    <li
      className={`conv ${row.is_unread ? "unread" : ""} ${isFresh ? "fresh" : ""}`}
      style={{ transform: `translateY(${top}px)` }}
      aria-setsize={total}
      aria-posinset={position}
      {...swipe.handlers}
    >
      {swipe.hint}
      <a
        href={href}
        aria-current={isOpen ? "page" : undefined}
        aria-label={useLabel(name, props)}
        data-row={row.id}
        tabIndex={isFirstTab ? 0 : -1}
        onPointerEnter={() => onHover(row.id)}
        onClick={(event) => {
          if (event.defaultPrevented || isForBrowser(event)) return;
          event.preventDefault();
          onOpen(row.id);
        }}
        style={swipe.style}
        draggable={false}
      >
        <Avatar name={row.contact?.name || row.contact?.address || ""} seed={row.contact?.address || row.id}>
          {channel ? <ChannelBadge channel={channel} /> : null}
        </Avatar>
        <div>
          <div className="l1">
            <span className="who cut" dir="auto">
              {name}
            </span>
            {row.others_count > 0 ? (
              <span className="people num" title={t("row.people", { count: row.others_count + 1 })}>
                <Users className="small" aria-hidden="true" />
                {row.others_count + 1}
              </span>
            ) : null}
            {row.priority !== "normal" ? (
              <span className={`priority ${row.priority}`}>{priorityName(row.priority)}</span>
            ) : null}
            {row.tag_ids.length ? <RowTags ids={row.tag_ids} /> : null}
            <time dateTime={row.last_message_at} title={fullTime(row.last_message_at)}>
              {rowTime(row.last_message_at, now)}
            </time>
          </div>
          <span className="subject cut" dir="auto">
            {row.subject || previewOf(row, props.users, props.me)}
          </span>
          <div className="l3">
            <Marks row={row} hasDraft={props.hasDraft} isMentioned={props.isMentioned} now={now} />
            <State {...props} />
          </div>
        </div>
      </a>
      <RowCheck id={row.id} name={name} />
      {sendingTrouble(row) === "failed" ? <RetryButton row={row} /> : null}
    </li>
  );
});

/** A new tab, a new window, a download: not ours. */
const isForBrowser = (event: MouseEvent) =>
  event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;

/** Unread, name, channel, subject, due: what one wants to know before opening it. */
function useLabel(name: string, { row, users, me, assignee, channel, hasDraft, isMentioned }: Props): string {
  const now = useServerNow();
  const trouble = sendingTrouble(row);
  return [
    row.is_unread ? t("row.unread") : "",
    name,
    row.others_count > 0 ? t("row.people", { count: row.others_count + 1 }) : "",
    channel?.name ?? "",
    row.subject || previewOf(row, users, me),
    canBeDue(row) ? (clockFace(row, now)?.words ?? "") : "",
    trouble ? troubleSentence(trouble) : "",
    row.is_snoozed ? snoozedWords(row) : "",
    assignee?.status === "deactivated" ? t("assign.label", { name: assigneeName(assignee) }) : "",
    isMentioned ? t("row.mentioned") : "",
    hasDraft ? t("row.draft") : "",
  ]
    .filter(Boolean)
    .join(", ");
}

const snoozedWords = ({ snoozed_until: until }: Conversation) =>
  until ? t("row.snoozed_until", { time: fullTime(until) }) : t("row.snoozed_answer");

/** That somebody named me; that it is put off, and until when; that a draft of mine is in it. */
function Marks({ row, hasDraft, isMentioned, now }: { row: Conversation; now: Date } & OwnMarks) {
  return (
    <>
      {isMentioned ? (
        <span className="rowmark mention" title={t("row.mentioned")}>
          <AtSign className="small" aria-hidden="true" />
          {t("row.mention")}
        </span>
      ) : null}
      {row.is_snoozed ? (
        <span className="rowmark" title={snoozedWords(row)}>
          <AlarmClock className="small" aria-hidden="true" />
          {row.snoozed_until ? moment(row.snoozed_until, now) : null}
        </span>
      ) : null}
      {hasDraft ? (
        <span className="rowmark draft">
          <PenLine className="small" aria-hidden="true" />
          {t("row.draft")}
        </span>
      ) : null}
    </>
  );
}

const isComment = (row: Conversation) => row.last_entry?.type === "comment";

/** What the newest entry is, when it is not the customer's. */
function LastSign({ row }: Pick<Props, "row">) {
  const [Icon, words] = isComment(row)
    ? [Lock, t("row.commented")]
    : row.last_entry?.is_forward
      ? [Forward, t("row.forwarded")]
      : row.last_direction === "out"
        ? [CornerUpLeft, t("row.answered")]
        : [];
  if (!Icon) return null;
  return (
    <span className="answered" title={words}>
      <Icon className="small" aria-hidden="true" />
    </span>
  );
}

/** The last words, and whose they are when they are not the customer's: a comment's, or of our last answer. */
function previewOf(row: Conversation, users: readonly User[], me: Id): string {
  const { last_entry: last } = row;
  const isOurs = isComment(row) || row.last_direction === "out";
  const text = (isComment(row) && last?.text) || row.preview;
  const by = last?.author_id;
  if (!isOurs || !by || !text) return text;
  if (by === me) return t("row.you", { text });
  const name = users.find((one) => one.id === by)?.name;
  return name ? t("row.by", { name: name.split(" ")[0] ?? name, text }) : text;
}

/** The third line: who is there, what failed, or the last words; then the clock and who has it. */
function State({ row, users, assignee, me }: Pick<Props, "row" | "users" | "assignee" | "me">) {
  const isSomebodyHere = useOthersIn(row.id).length > 0;
  const trouble = sendingTrouble(row);
  return (
    <>
      {isSomebodyHere ? (
        <span className="cut grow">
          <PresenceMark conversation={row.id} users={users} />
        </span>
      ) : trouble ? (
        <span className="failed grow">
          <TroubleIcon trouble={trouble} />
          {t(`delivery.${trouble}`)}
        </span>
      ) : (
        <>
          <LastSign row={row} />
          <span className="cut grow" dir="auto">
            {row.subject || isComment(row) ? previewOf(row, users, me) : ""}
          </span>
        </>
      )}
      {trouble ? null : <DueChip row={row} />}
      {assignee?.status === "deactivated" ? (
        <span className="rowmark gone" title={assigneeName(assignee)}>
          {t("row.deactivated")}
        </span>
      ) : null}
      {assignee ? (
        <Avatar name={assignee.name} seed={assignee.id} size={18} title={assigneeName(assignee)} />
      ) : (
        <span className="nobody" role="img" aria-label={t("assign.nobody")} title={t("assign.nobody")} />
      )}
    </>
  );
}
