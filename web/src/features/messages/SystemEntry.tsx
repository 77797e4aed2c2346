import {
  ArrowRightLeft,
  ChevronDown,
  CircleAlert,
  CircleCheck,
  Contact,
  History,
  Info,
  RotateCcw,
  UserRound,
} from "lucide-react";
import type { ReactNode } from "react";
import type { Inbox, Message, User } from "../../api/types";
import { ago, fullTime, messageTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { type NeededSkill, skillWords } from "../routing/skills";
import { steeringIcon, steeringSentence } from "../steering/lines";
import { UndoLine } from "../steering/UndoLine";
import { ticketSentence } from "../tickets/lines";
import { ApartLink } from "./ApartLink";
import { useRemembered } from "./remembered";

interface Known {
  users: User[];
  inboxes: Inbox[];
}

/** Before and after the names of people, inboxes and rules: they stand out. A character for private use, which no text has. */
const MARK = "\uE000";
const named = (name: string) => MARK + name + MARK;

/** A sentence with its names in a stronger tone. */
function Sentence({ message, known }: { message: Message; known: Known }) {
  const parts = systemSentence(message, known).split(MARK);
  // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one sentence, in order
  return parts.map((part, index) => (index % 2 ? <b key={index}>{part}</b> : part));
}

/** The sentence of a system entry, made here from its data, so that it is in the reader's language. */
function systemSentence(message: Message, { users, inboxes }: Known): string {
  const { data } = message;
  const text = (key: string) => (typeof data[key] === "string" ? (data[key] as string) : "");
  const user = (id: string | null) => {
    const name = users.find((one) => one.id === id)?.name;
    return name ? named(name) : t("system.somebody");
  };
  const inbox = (id: string) => {
    const name = inboxes.find((one) => one.id === id)?.name;
    return name ? named(name) : t("system.another_inbox");
  };
  const who = message.author_id ? user(message.author_id) : "";
  switch (text("event")) {
    case "status_changed":
      if (text("reason") === "message") return t("system.reopened_itself");
      if (text("reason") === "ticket")
        return t(text("to") === "closed" ? "system.closed_with_ticket" : "system.reopened_with_ticket", {
          who: who || t("system.somebody"),
          name: named(text("name")),
        });
      if (text("to") === "closed") return who ? t("system.closed", { who }) : t("system.closed_itself");
      return who ? t("system.reopened", { who }) : t("system.reopened_itself");
    case "assigned":
      return assignedSentence(message, who, user);
    case "not_assigned":
      return assignedSentence(message, who, user);
    case "owner_away":
      return t("system.owner_away", { who: user(text("user_id")) });
    case "inbox_changed":
      return t("system.inbox", { who: who || t("system.somebody"), from: inbox(text("from")), to: inbox(text("to")) });
    case "message_moved":
      return t(text("to") === message.conversation_id ? "system.moved_here" : "system.moved_away", {
        who: who || t("system.somebody"),
      });
    case "contact_linked":
      return text("name")
        ? t("system.contact_linked", { who: who || t("system.somebody"), name: text("name") })
        : t("system.contact_unlinked", { who: who || t("system.somebody") });
    case "message_failed":
      return t("system.failed", { address: text("address") || t("system.recipient"), reason: text("reason") });
    case "message_delayed":
      return t("system.delayed", { address: text("address") || t("system.recipient"), reason: text("reason") });
    case "reminded":
      return t("system.reminded", { who: user(text("user_id")) });
    case "marked_spam":
      return who || !text("reason")
        ? t("system.spam", { who: who || t("system.somebody") })
        : t(apartWords(text("reason")));
    case "unmarked_spam":
      if (text("reason") === "message") return t("system.released_itself");
      return t(
        text("was") && !["manual", "blocked", "denied"].includes(text("was")) ? "system.released" : "system.not_spam",
        {
          who: who || t("system.somebody"),
        },
      );
    default:
      return (
        steeringSentence(message, who || t("system.somebody")) ??
        ticketSentence(message, who || t("system.somebody"), named) ??
        (message.text || t("system.other", { event: text("event").replaceAll("_", " ") }))
      );
  }
}

/** Why it was kept out of the inbox. */
const APART: Record<string, Parameters<typeof t>[0]> = {
  denied: "system.apart_denied",
  automated: "system.apart_automated",
  marketing: "system.apart_marketing",
  unsubscribe: "system.apart_unsubscribe",
  role_based: "system.apart_role_based",
  flood: "system.apart_flood",
};
const apartWords = (reason: string) => APART[reason] ?? "system.apart_flood";

/** How a rule chose, or why it chose nobody. */
const RULE_WORDS: Record<string, Parameters<typeof t>[0]> = {
  owner: "system.rule_owner",
  same_person: "system.rule_same_person",
  random: "system.rule_random",
  round_robin: "system.rule_round_robin",
  load_balanced: "system.rule_load_balanced",
  first_available: "system.rule_first_available",
  no_owner: "system.rule_no_owner",
  no_members: "system.rule_no_members",
  nobody_available: "system.rule_nobody_available",
  all_full: "system.rule_all_full",
};

/** The same where skills were needed. */
const SKILLED_WORDS: Record<string, Parameters<typeof t>[0]> = {
  same_person: "system.rule_skilled_same_person",
  random: "system.rule_skilled_random",
  round_robin: "system.rule_skilled_round_robin",
  load_balanced: "system.rule_skilled_load_balanced",
  first_available: "system.rule_skilled_first_available",
  nobody_skilled: "system.rule_nobody_skilled",
  nobody_available: "system.rule_skilled_nobody_available",
  all_full: "system.rule_skilled_all_full",
};

function ruleSentence({ data }: Message, values: Record<string, string>): string | null {
  const plain = RULE_WORDS[String(data.how)];
  const needed = Array.isArray(data.skills) ? (data.skills as NeededSkill[]) : [];
  const words = skillWords(needed);
  const skilled = needed.length ? SKILLED_WORDS[String(data.how)] : undefined;
  if (data.fit === "lacking" && plain && needed.length)
    return t("system.rule_lacking", { sentence: t(plain, values), ...words });
  if (skilled) return t(skilled, { ...values, ...words });
  return plain ? t(plain, values) : null;
}

/** Who has it now, and why. */
function assignedSentence(message: Message, who: string, user: (id: string | null) => string): string {
  const { data, author_id, created_at } = message;
  const [from, to] = [data.from, data.to].map((id) => (typeof id === "string" ? id : null));
  const names = { who: who || t("system.somebody"), from: user(from ?? null), to: user(to ?? null) };
  switch (data.reason) {
    case "reply":
      return t("system.replied", names);
    case "rule": {
      const rule = typeof data.rule === "string" && data.rule ? named(data.rule) : "";
      // How long it was then, not how long it is now.
      const when = typeof data.answered_at === "string" ? ago(data.answered_at, new Date(created_at)) : "";
      const said = ruleSentence(message, { rule, when, ...names });
      if (said) return said;
      return rule ? t("system.assigned_rule", { rule, ...names }) : t("system.assigned_a_rule", names);
    }
    case "not_a_member":
      return t("system.reason_left", { ...names, to: names.from });
    case "api":
      return to ? t("system.assigned_api", names) : t("system.unassigned_api", names);
    case "take_over":
      return author_id === from ? t("system.handed_over", names) : t("system.took_over", names);
    case "merge":
      return t("system.assigned_merge", names);
    case "merge_undone":
      return t("system.unassigned_merge", names);
  }
  if (!to) return t("system.unassigned", names);
  if (to === author_id) return t("system.took", names);
  return who ? t("system.assigned", names) : t("system.assigned_itself", names);
}

const ICONS: Record<string, ReactNode> = {
  contact_linked: <Contact className="mid" />,
  assigned: <UserRound className="mid" />,
  not_assigned: <UserRound className="mid" />,
  owner_away: <UserRound className="mid" />,
  inbox_changed: <ArrowRightLeft className="mid" />,
  message_moved: <ArrowRightLeft className="mid" />,
  message_failed: <CircleAlert className="mid" />,
  message_delayed: <CircleAlert className="mid" />,
};

function iconOf(message: Message): ReactNode {
  if (message.data.event === "status_changed")
    return message.data.to === "closed" ? <CircleCheck className="mid" /> : <RotateCcw className="mid" />;
  return ICONS[String(message.data.event)] ?? steeringIcon(message) ?? <Info className="mid" />;
}

interface Props extends Known {
  /** One after the other, nothing between them. */
  messages: Message[];
  now: Date;
}

/** One grey line; several in a row are one line until somebody wants to know. */
export function SystemEntries({ messages, now, ...known }: Props) {
  const first = messages[0];
  const [isOpen, setOpen] = useRemembered(`events ${first?.id}`, false);
  const last = messages.at(-1);
  if (!first || !last) return null;
  if (messages.length === 1) return <Line message={first} now={now} {...known} />;
  return (
    <>
      <div className="sys">
        <span className="sysicon">
          <History className="mid" />
        </span>
        <button type="button" className="events" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t("system.events", { count: messages.length })}
          <ChevronDown className="small" />
        </button>
        {isOpen ? null : (
          <span className="cut grow">
            <Sentence message={last} known={known} />
          </span>
        )}
        {isOpen ? null : <UndoLine message={last} />}
        {isOpen ? null : <ApartLink message={last} />}
        <Time message={last} now={now} />
      </div>
      {isOpen ? (
        <ul>
          {messages.map((message) => (
            <li key={message.id} id={`m${message.id}`}>
              <Line message={message} now={now} {...known} />
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

function Line({ message, now, ...known }: Known & { message: Message; now: Date }) {
  return (
    <div className="sys">
      <span className="sysicon">{iconOf(message)}</span>
      <span dir="auto">
        <Sentence message={message} known={known} />
      </span>
      <UndoLine message={message} />
      <ApartLink message={message} />
      <Time message={message} now={now} />
    </div>
  );
}

const Time = ({ message, now }: { message: Message; now: Date }) => (
  <time dateTime={message.created_at} title={fullTime(message.created_at)}>
    {messageTime(message.created_at, now)}
  </time>
);
