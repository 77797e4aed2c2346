/* The second line of a thread's header: where the conversation stands, who has it, how much it matters, what it is about. Each pill changes what it
 * shows. */
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Inbox, Plus } from "lucide-react";
import type { Scope } from "../../actions/action";
import { readOnlyWords } from "../../actions/mayAct";
import { openPicker, pickers } from "../../actions/pickers";
import { setStatus, toggleMark, toggleTag, wake } from "../../actions/steer";
import { isFiltered } from "../../api/lists";
import { inboxesQuery } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { Avatar } from "../../ui/Avatar";
import { fullMoment } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Menu, type MenuItem } from "../../ui/Menu";
import { useStore } from "../../ui/store";
import { assigneeName } from "../conversations/Row";
import { TicketPill } from "../tickets/TicketPill";
import { PickerButton } from "./PickerButton";
import { PriorityIcon } from "./Priority";
import { TagChip, useTags } from "./Tag";
import "./steering.css";

interface Props {
  conversation: Conversation;
  scope: Scope;
}

export function ThreadPills({ conversation, scope }: Props) {
  return (
    <>
      <StatusPill conversation={conversation} scope={scope} />
      <AssigneePill conversation={conversation} scope={scope} />
      <TicketPill conversation={conversation} scope={scope} />
      <PickerButton
        kind="priority"
        at="thread"
        scope={scope}
        className={`pill ${conversation.priority === "normal" ? "icon bare" : ""}`}
        label={t("priority.label", { value: t(`priority.${conversation.priority}`) })}
      >
        <PriorityIcon priority={conversation.priority} />
        {conversation.priority === "normal" ? null : t(`priority.${conversation.priority}`)}
      </PickerButton>
      <InboxPill conversation={conversation} scope={scope} />
      <TagPills conversation={conversation} scope={scope} />
    </>
  );
}

/** In words where it stands; "snoozed" with until when. */
export function statusText(conversation: Conversation): string {
  if (conversation.is_trashed) return t("status.trash");
  if (conversation.is_spam) return t(isFiltered(conversation) ? "status.filtered" : "status.spam");
  if (!conversation.is_snoozed) return conversation.status === "open" ? t("status.open") : t("status.closed");
  const { snoozed_until: until } = conversation;
  return until ? t("status.snoozed_until", { time: fullMoment(new Date(until)) }) : t("status.snoozed_answer");
}

function StatusPill({ conversation, scope }: Props) {
  const { status, is_snoozed, is_spam, is_trashed } = conversation;
  const isOrdinary = !is_snoozed && !is_spam && !is_trashed;
  const items: MenuItem[] = [
    {
      id: "open",
      label: t("status.open"),
      icon: <span className="dot s ok" />,
      isChosen: isOrdinary && status === "open",
      run: () => setOrdinary(conversation, scope, "open"),
    },
    {
      id: "closed",
      label: t("status.closed"),
      icon: <span className="dot s" />,
      isChosen: isOrdinary && status === "closed",
      run: () => setOrdinary(conversation, scope, "closed"),
    },
    {
      id: "snoozed",
      label: t("status.snoozed"),
      icon: <span className="dot s warn" />,
      isChosen: is_snoozed,
      // When the menu has closed and given the focus back.
      run: () => setTimeout(() => openPicker("snooze", scope)),
    },
    {
      id: "spam",
      label: t("status.spam"),
      icon: <span className="dot s bad" />,
      isChosen: is_spam,
      startsGroup: true,
      run: () => toggleMark(scope, "is_spam"),
    },
    {
      id: "trash",
      label: t("status.trash"),
      icon: <span className="dot s bad" />,
      isChosen: is_trashed,
      run: () => toggleMark(scope, "is_trashed"),
    },
  ];
  const why = readOnlyWords(scope);
  const look = is_spam || is_trashed ? "bad" : is_snoozed ? "warn" : status === "open" ? "ok" : "";
  const inside = (
    <>
      <span className={`dot ${look}`} />
      {statusText(conversation)}
    </>
  );
  if (why)
    return (
      <span className="pill fixed" title={why}>
        {inside}
      </span>
    );
  return (
    <Menu label={t("status.menu", { status: statusText(conversation) })} className="pill" items={items}>
      {inside}
      <ChevronDown className="small" />
    </Menu>
  );
}

function setOrdinary(conversation: Conversation, scope: Scope, status: "open" | "closed"): void {
  if (conversation.is_trashed) toggleMark(scope, "is_trashed");
  else if (conversation.is_spam) toggleMark(scope, "is_spam");
  else if (conversation.is_snoozed && status === "open") wake(scope);
  else setStatus(scope, status);
}

function AssigneePill({ conversation, scope }: Props) {
  const assignee = scope.users.find((user) => user.id === conversation.assignee_id);
  return (
    <PickerButton
      kind="assign"
      at="thread"
      scope={scope}
      className="pill"
      label={assignee ? t("assign.label", { name: assigneeName(assignee) }) : t("assign.label_nobody")}
    >
      {assignee ? <Avatar name={assignee.name} seed={assignee.id} size={18} /> : <span className="nobody" />}
      <span className="cut" dir="auto">
        {assignee?.name ?? t("assign.nobody")}
      </span>
      {assignee?.status === "deactivated" ? <span className="chip s warn">{t("row.deactivated")}</span> : null}
      <ChevronDown className="small" />
    </PickerButton>
  );
}

/** Only where there is more than one inbox, or somebody asks for it. */
function InboxPill({ conversation, scope }: Props) {
  const inboxes = (useQuery(inboxesQuery).data ?? []).filter((one) => !one.archived_at);
  const isAsked = useStore(pickers, (state) => state.kind === "move" && state.at === "thread");
  const name = inboxes.find((one) => one.id === conversation.inbox_id)?.name;
  if (inboxes.length < 2 && !isAsked) return null;
  return (
    <PickerButton
      kind="move"
      at="thread"
      scope={scope}
      className="pill bare"
      label={t("inbox.label", { name: name ?? t("system.another_inbox") })}
    >
      <Inbox className="mid" />
      <span className="cut" dir="auto">
        {name}
      </span>
    </PickerButton>
  );
}

function TagPills({ conversation, scope }: Props) {
  const tags = useTags(conversation.tag_ids);
  const why = readOnlyWords(scope);
  return (
    <>
      {tags.map((tag) => (
        <TagChip key={tag.id} tag={tag} onRemove={why ? undefined : () => toggleTag(scope, tag.id, tag.name)} />
      ))}
      <PickerButton kind="tags" at="thread" scope={scope} className="pill icon bare" label={t("tags.add")}>
        <Plus className="mid" />
        {tags.length ? null : <span className="tagword">{t("tags.title")}</span>}
      </PickerButton>
    </>
  );
}
