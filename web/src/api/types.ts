/* The wire: what the agent app's JSON API sends and takes, snake_case as it travels, ids as strings, times ISO 8601 in UTC. The shapes come from the
 * server's OpenAPI description (schema.d.ts, written by `make types`); here they get their short names. What the description leaves open (a channel's
 * abilities and form, the events of the live stream) is written out. Read next: client.ts. */
import type { components } from "./schema";

type Wire = components["schemas"];

export type Id = string;
export type Time = string;

export interface Page<T> {
  items: T[];
  next: string | null;
}

export type Setup = Wire["SetupState"];
export type User = Wire["UserOut"];
export type Session = Wire["SessionOut"];
export type OpenSession = Wire["OpenSession"];
export type ApiToken = Wire["TokenOut"];
export type FreshToken = Wire["FreshToken"];
export type Inbox = Wire["InboxOut"];
export type ChannelAccount = Omit<Wire["ChannelAccountOut"], "health"> & {
  health: { state: HealthState; sentence: string; action: string };
};
export type HealthState = "connected" | "quiet" | "unfinished" | "broken" | "paused";
export type Ledger = Wire["LedgerOut"];
export type Delivery = Wire["DeliveryOut"];
export type ViewCount = Wire["ViewCount"];
export type Recipient = Wire["RecipientOut"];
export type Attachment = Wire["AttachmentOut"];
/** `sender`, `why` and `origin` are open objects on the wire; this is what is known to stand in them. */
export type Message = Omit<Wire["MessageOut"], "sender" | "why" | "origin"> & {
  sender: { name?: string; address?: string };
  why: { how?: string; label?: string; value?: string; message_id?: Id };
  origin: { word?: string };
};
export type Contact = Wire["ContactOut"];
export type Frame = Wire["FrameOut"];
/** The server keeps a draft's attachments as the composer gave them. */
export type ServerDraft = Omit<Wire["DraftOut"], "attachments"> & { attachments: Attachment[] };

/** As somebody sees it. News for everybody (the live stream) says nothing about one person's reading. `read_message_id`: up to where they had read. */
export type Conversation = Omit<Wire["ListedConversation"], "is_unread" | "read_message_id"> & {
  is_unread?: boolean;
  read_message_id?: Id | null;
};

export type NewMessage = Pick<Wire["MessageIn"], "type" | "text" | "attachments"> & {
  to?: string[];
  cc?: string[];
  bcc?: string[];
  client_id: string;
  expect_last_message_id?: Id;
};

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
  may_start: boolean;
  reply_window_s: number;
  has_receipts: boolean;
  has_read_receipts: boolean;
  has_typing: boolean;
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
  icon: string;
  abilities: Abilities;
  config_schema: JsonSchema;
  guide: string;
}

export type StreamEvent =
  | { type: "hello"; data: { cursor?: string; server_time?: Time } }
  | { type: "reset"; data: unknown }
  | { type: "conversation.changed"; data: { conversation: Conversation } }
  | { type: "message.added"; data: { message: Message } }
  | { type: "message.changed"; data: { message: Message } }
  | { type: "read.changed"; data: { conversation_id: Id; message_id: Id } }
  | { type: "draft.changed"; data: { conversation_id: Id; mode?: string } }
  | { type: "channel_account.changed"; data: unknown }
  | { type: "typing"; data: { conversation_id: Id; user_id: Id; is_typing: boolean } }
  | { type: "presence"; data: unknown };
