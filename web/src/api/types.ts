/* The wire: what the agent app's JSON API sends and takes, snake_case as it travels, ids as strings, times ISO 8601 in UTC.
 * Written beside the server's OpenAPI description (`npm run types` writes that one to schema.d.ts). Read next: client.ts. */

export type Id = string;
export type Time = string;

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Setup {
  needed: boolean;
  version: string;
  public_url: string;
}

export interface User {
  id: Id;
  name: string;
  first_name: string;
  last_name: string;
  email: string;
  permissions: string[];
  locale: string;
  is_active: boolean;
  preferences?: Record<string, unknown>;
}

export interface Session {
  user: User;
  account: { id: Id; name: string };
}

export interface OpenSession {
  id: Id;
  created_at: Time;
  seen_at: Time;
  user_agent: string;
  is_current: boolean;
}

export interface ApiToken {
  id: Id;
  name: string;
  created_at: Time;
  seen_at?: Time | null;
  token?: string;
}

export interface Inbox {
  id: Id;
  name: string;
  type: string;
  access: string;
  member_ids: Id[];
  created_at: Time;
  archived_at: Time | null;
}

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

export type HealthState = "connected" | "quiet" | "unfinished" | "broken" | "paused";

export interface ChannelAccount {
  id: Id;
  kind: string;
  inbox_id: Id;
  name: string;
  address: string;
  hosted_address: string | null;
  is_active: boolean;
  is_authorized: boolean;
  health: { state: HealthState; sentence: string; action: string };
  last_received_at: Time | null;
  created_at: Time;
  settings: Record<string, unknown>;
  config: Record<string, unknown>;
}

export interface Ledger {
  on_server: number | null;
  stored: number;
  quarantined: number;
  duplicates: number;
  gap: number | null;
  folders: { name: string; on_server?: number; stored?: number; gap?: number }[] | Record<string, unknown>;
  backfill: { since: string; done: number; total: number | null; state: string } | null;
}

export interface Delivery {
  id: Id;
  channel_account_id: Id;
  fate: string;
  code: string;
  reason: string;
  size: number;
  received_at: Time;
  attempts: number;
  preview: string;
}

export interface ViewCount {
  id: string;
  name_key: string;
  count: number;
  is_capped: boolean;
}

export interface Conversation {
  id: Id;
  inbox_id: Id;
  channel_account_id: Id;
  kind: string;
  /** `id` is null for an outside person who is no contact (a machine). */
  contact: { id: Id | null; name: string; address: string } | null;
  status: "open" | "closed";
  assignee_id: Id | null;
  subject: string;
  preview: string;
  message_count: number;
  last_message_id: Id;
  last_message_at: Time;
  last_direction: "in" | "out";
  waiting_since: Time | null;
  failed_count: number;
  is_spam?: boolean;
  is_unread?: boolean;
  read_message_id?: Id | null;
  created_at: Time;
  closed_at: Time | null;
}

export interface Recipient {
  name: string;
  address: string;
  role: string;
  state?: string | null;
  reason?: string | null;
}

export interface Attachment {
  id: Id;
  name: string;
  type: string;
  size: number;
  is_inline?: boolean;
  content_id?: string | null;
  url?: string;
}

export type DeliveryState = "queued" | "sending" | "sent" | "delivered" | "read" | "failed" | "uncertain";

export interface Message {
  id: Id;
  conversation_id: Id;
  type: "message" | "reply" | "comment" | "system";
  direction: "in" | "out" | "none";
  state: DeliveryState | null;
  reason: string | null;
  text: string;
  has_html: boolean;
  quoted: string;
  signature: string;
  subject: string;
  sender: { name: string; address: string } | null;
  author_id: Id | null;
  recipients: Recipient[];
  attachments: Attachment[];
  external_id: string | null;
  client_id: string | null;
  created_at: Time;
  sent_at: Time | null;
  why: { how?: string; label?: string; value?: string; message_id?: Id } | null;
  origin: { word?: string; [detail: string]: unknown } | null;
  is_automatic: boolean;
  data: Record<string, unknown>;
  reactions: unknown[];
  edits: unknown[];
}

export interface NewMessage {
  type: "reply" | "comment";
  text: string;
  attachments?: Id[];
  to?: string[];
  cc?: string[];
  bcc?: string[];
  client_id: string;
  expect_last_message_id?: Id;
}

export interface ServerDraft {
  text: string;
  html?: string;
  attachments?: Attachment[];
  to?: string[];
  cc?: string[];
  bcc?: string[];
  updated_at: Time;
}

export interface Contact {
  id: Id;
  name: string;
  identities: { type: string; value: string }[];
  owner_id: Id | null;
  properties: Record<string, unknown>;
  created_at: Time;
  conversations: Conversation[];
}

/** RFC 9457. `detail` is a sentence that can be shown as it is. */
export interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  field?: string;
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
