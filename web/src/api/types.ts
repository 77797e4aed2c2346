/* The wire: what the agent app's JSON API sends and takes, snake_case as it travels, ids as strings, times ISO 8601 in UTC. The shapes come from the
 * server's OpenAPI description (schema.d.ts, written by `make types`); here they get their short names. What the description leaves open (a channel's
 * abilities and form, the events of the live stream) is written out. Read next: client.ts. */
import type { components } from "./schema";
import type { OpenParts } from "./why";

type Wire = components["schemas"];

export type Id = string;
export type Time = string;

export interface Page<T> {
  items: T[];
  next: string | null;
}

export type Setup = Wire["SetupState"];
export type FirstStepsDone = Wire["FirstSteps"];
export type Demo = Wire["DemoOut"];
export type User = Wire["UserOut"];
export type Person = Wire["ColleagueOut"];
export type Team = Wire["TeamOut"];
export type Role = Wire["RoleOut"];
export type Invited = Wire["InvitedOut"];
export type Opened = Wire["OpenedOut"];
export type Session = Wire["SessionOut"];
export type OpenSession = Wire["OpenSession"];
export type ApiToken = Wire["TokenOut"];
export type FreshToken = Wire["FreshToken"];
export type Inbox = Wire["InboxOut"];
export type ChannelAccount = Omit<Wire["ChannelAccountOut"], "health"> & {
  health: Omit<Wire["HealthOut"], "state"> & { state: HealthState };
};
export type HealthState = "connected" | "quiet" | "unreachable" | "unfinished" | "broken" | "paused";
export type Filters = Wire["FiltersOut"];
export type ListedSender = Wire["ListedSenderOut"];
export type SendersAdded = Wire["AddedOut"];
export type Trouble = Wire["TroubleOut"];
export type ChannelDraft = Wire["ChannelDraftOut"];
export type Brand = Wire["BrandOut"];
export type ChannelTest = Wire["ChannelTestOut"];
export type ChannelCheck = Omit<Wire["CheckOut"], "state"> & { state: "ok" | "missing" | "wrong" | "unknown" };
export type Suggestion = Wire["SuggestionOut"];
export type Trial = Omit<Wire["TrialOut"], "found"> & { found: Finding[] };
export type Finding = Omit<Wire["FindingOut"], "state"> & Pick<ChannelCheck, "state">;
export type ReplyPreview = Wire["PreviewOut"];
export type Ledger = Wire["LedgerOut"];
export type Delivery = Wire["DeliveryOut"];
export type ViewCount = Wire["ViewCount"];
export type ViewFilters = Wire["ViewFilters"];
export type SavedView = Wire["SavedViewOut"];
/** `is_partial`: enough rows were looked at before the page was full; `next` looks on. */
export type ConversationList = Page<Conversation> & { is_partial?: boolean };
export type Recipient = Wire["RecipientOut"];
export type Attachment = Wire["AttachmentOut"];
/** `sender`, `why` and `origin` are open objects on the wire; this is what is known to stand in them. */
export type Message = Omit<Wire["MessageOut"], keyof OpenParts> & OpenParts;
/** `previous` leads to newer messages; null or nothing: this page reaches the end. */
export type MessagePage = Page<Message> & { previous?: string | null };
export type Found = Wire["FoundOut"];
export type Original = Wire["OriginalOut"];
export type Snippet = Wire["SnippetOut"];
export type LibraryFile = Wire["LibraryFileOut"];
export type Signature = Wire["SignatureOut"];
export type RecipientSuggestion = Wire["RecipientSuggestion"];
export type Contact = Wire["ContactOut"];
export type Tag = Wire["TagOut"];
export type Priority = Conversation["priority"];
export type ContactRow = Wire["ContactRow"];
export type FoundContact = ContactRow;
export type ContactProperty = Wire["PropertyOut"];
export type TimelineEntry = Wire["TimelineEntry"];
export type ContactImport = Wire["ImportOut"];
export type ContactExport = Wire["ExportOut"];
export type Duplicate = Wire["DuplicateOut"];
export type Reach = Wire["ReachOut"];
export type Note = Wire["NoteOut"];
export type Searched = Wire["SearchOut"];
export type SearchedConversation = Wire["SearchedConversation"];
export type SearchedMessage = Wire["SearchedMessage"];
export type SearchedContact = Wire["SearchedContact"];
export type Piece = Wire["Piece"];
export type BulkResults = Omit<Wire["BulkResults"], "results"> & {
  results: { id: Id; conversation: Conversation | null; code: string; detail: string }[];
};
export type Assignee = Wire["AssigneeOut"];
export type Availability = Wire["AvailabilityOut"];
export type Plan = Wire["PlanOut"];
export type PlanPart = Wire["PlanIn"];
export type HolidayCountry = Wire["CountryOut"];
export type TicketPipeline = Wire["TicketPipelineOut"];
export type Ticket = Wire["TicketOut"];
export type TicketDefaults = Wire["TicketDefaultsOut"];
export type AssignmentRule = Wire["RuleOut"];
export type RuleDraft = Required<Wire["RuleIn"]>;
export type Target = Wire["TargetIn"];
export type Simulation = Wire["SimulationOut"];
export type NextInLine = Wire["NextOut"];
export type Considered = Wire["ConsideredOut"];
export type Merged = Wire["Merged"];
export type Split = Wire["Split"];
export type Undone = Wire["Undone"];
export type MergeCandidates = Wire["Candidates"];
export type Frame = Wire["FrameOut"];
export type Presence = { conversation_id: Id; user_id: Id; state: PresenceState; since: Time };
export type PresenceState = Wire["PresenceIn"]["state"];
export type TakeOver = Wire["TakeOver"];
export type Notification = Wire["NotificationOut"];
export type NotificationKind = Notification["kind"];
export type Unread = Wire["UnreadOut"];
export type PushDevice = Wire["DeviceOut"];
export type NotificationWays = Required<Wire["Ways"]>;
/** The server fills in what was never chosen. */
export type NotificationSettings = {
  choices: Record<NotificationKind, NotificationWays> & { quiet: Required<Wire["Quiet"]> };
  has_mail: boolean;
};
/** The server keeps a draft's attachments as the composer gave them. */
export type ServerDraft = Omit<Wire["DraftOut"], "attachments"> & { attachments: Attachment[] };

/** As somebody sees it. News for everybody (the live stream) says nothing about one person's reading. `read_message_id`: up to where they had read. */
export type Conversation = Omit<Wire["ListedConversation"], "is_unread" | "read_message_id"> & {
  is_unread?: boolean;
  read_message_id?: Id | null;
};

export type NewMessage = Pick<Wire["MessageIn"], "type" | "text" | "attachments"> & {
  html?: string;
  subject?: string;
  /** What the answer quotes, below its text. */
  quoted?: string;
  /** Whom a comment names. */
  mentions?: Id[];
  channel_account_id?: Id;
  forward_of?: Id;
  /** An answer that did not arrive, to go again over this connection. */
  resend_of?: Id;
  to?: string[];
  cc?: string[];
  bcc?: string[];
  client_id: string;
  expect_last_message_id?: Id;
} & Partial<
    Pick<
      Wire["MessageIn"],
      | "hold_s"
      | "send_at"
      | "send_even_if_answered"
      | "then"
      | "remind_at"
      | "channel_account_id"
      | "forward_of"
      | "resend_of"
    >
  >;

export type SnippetOutcome = Wire["ImportedRow"];
export type TakenBack = Omit<Wire["TakenBackOut"], "message" | "conversation"> & {
  message: Message;
  conversation: Conversation | null;
};
export type Reminder = Wire["ReminderOut"];
export type WaitingThing = Omit<Wire["WaitingOut"], "message" | "conversation"> & {
  message: Message | null;
  conversation: Conversation;
};
export type Newer = Wire["Newer"];
export type Account = Wire["AccountOut"];

/** RFC 9457. `detail` is a sentence that can be shown as it is. */
export type ProblemBody = Partial<Wire["Problem"]>;

export interface Abilities {
  text_format: "plain" | "markdown" | "html";
  text_limit: number;
  has_subject: boolean;
  recipient_roles: string[];
  media_types: string[];
  media_size: number;
  media_count: number;
  media_total_size: number;
  has_inline_images: boolean;
  may_start: boolean;
  reply_window_s: number;
  has_receipts: boolean;
  has_read_receipts: boolean;
  has_typing: boolean;
  identity: "email" | "phone" | "opaque";
  is_recorded_sent: boolean;
}

export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string | string[];
  title?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  items?: JsonSchema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  writeOnly?: boolean;
  examples?: unknown[];
  [extra: `x-${string}`]: unknown;
}

export interface Channel {
  kind: string;
  name: string;
  category: string;
  /** A few words: what one needs, or which ways there are. */
  tagline: string;
  icon: string;
  abilities: Abilities;
  config_schema: JsonSchema;
  guide: string;
  /** By language: English texts of the channel and what to say instead; its guide. */
  words?: Record<string, Record<string, string>>;
  guides?: Record<string, string>;
  sign_ins?: SignIn[];
  can_preview: boolean;
  can_check: boolean;
  /** For which values of the form older messages can be fetched at once; null: never. */
  past_when: Record<string, (string | number | boolean | null)[]> | null;
  trials: Record<string, Record<string, (string | number | boolean | null)[]>>;
  /** May it be one person's alone? */
  can_be_personal: boolean;
  /** The operator left it out for this account: it is not offered. */
  is_switched_off?: boolean;
}

/** One way to connect by signing in at the provider: for which values of the form, what is accepted first, and why it cannot be used yet. */
export interface SignIn {
  provider: string;
  label: string;
  when: Record<string, (string | number | boolean | null)[]>;
  terms: string;
  problem: string;
}

export interface SignInState {
  id: Id;
  status: "waiting" | "working" | "connected" | "failed";
  channel_account_id: Id | null;
  problem: { sentence: string; code: string; field: string | null } | null;
}

export type StreamEvent =
  | { type: "hello"; data: { cursor?: string; server_time?: Time } }
  | { type: "reset"; data: unknown }
  | { type: "cursor"; data: unknown }
  | { type: "notification.changed"; data: { news: { kind: NotificationKind; conversation_id: Id | null }[] } }
  | { type: "echo"; data: { token: string } }
  | { type: "conversation.changed"; data: { conversation: Conversation } }
  | { type: "conversation.gone"; data: { conversation_id: Id } }
  | { type: "message.added"; data: { message: Message } }
  | { type: "message.changed"; data: { message: Message } }
  | { type: "message.removed"; data: { conversation_id: Id; message_id: Id } }
  | { type: "account.changed"; data: unknown }
  /** Names, roles, teams or seats are others. */
  | { type: "people.changed"; data: unknown }
  | { type: "availability.changed"; data: { user_id: Id; status: Availability["status"] } }
  /** Somebody may see or do something else than before: everything shown is asked for anew. */
  | { type: "access.changed"; data: unknown }
  | { type: "reminders.changed"; data: { conversation_id: Id } }
  | { type: "reminder"; data: { conversation_id: Id; reminder_id: Id } }
  | { type: "read.changed"; data: { conversation_id: Id; message_id: Id; is_unread?: boolean } }
  | { type: "messages.moved"; data: { conversation_id: Id } }
  | { type: "tag.changed"; data: Pick<Tag, "id" | "name" | "color"> }
  | { type: "tag.deleted"; data: { id: Id; merged_into_id: Id | null } }
  | { type: "mention.changed"; data: { conversation_id: Id; message_id: Id; seen: boolean } }
  | { type: "saved_view.changed"; data: { saved_view_id: Id } }
  | { type: "inbox.changed"; data: { inbox_id: Id } }
  | { type: "draft.changed"; data: { conversation_id: Id; mode?: string } }
  | { type: "snippet.changed"; data: { snippet_id: Id } }
  | { type: "library.changed"; data: { library_file_id: Id } }
  | { type: "filters.changed" | "radar.changed"; data: object }
  | { type: "delivery.changed"; data: object }
  | { type: "conversation.erased"; data: object }
  | { type: "channel_account.changed"; data: unknown }
  /** The server says only whose contact changed; this browser's own changes bring what it is now. */
  | { type: "contact.changed"; data: { contact_id: Id; contact?: Contact; note?: Note } }
  /** Many at once, by an import. */
  | { type: "contacts.changed"; data: { contact_ids: Id[] } }
  | { type: "contact_properties.changed" | "skills.changed"; data: unknown }
  | { type: "ticket.changed" | "ticket.gone"; data: { ticket_id: Id; conversation_ids: Id[] } }
  | { type: "typing"; data: { conversation_id: Id; user_id: Id; is_typing: boolean } }
  | { type: "presence"; data: Presence }
  | { type: "takeover"; data: { conversation_id: Id; user_id: Id; answer: TakeOver["answer"] } };
