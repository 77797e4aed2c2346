/* Every write of the API that touches conversations and messages, each carried out once, in an order in which each finds what it needs. Read next:
 * reducer.spec.ts, which holds the reducer against them. */
import { expect } from "@playwright/test";
import type { Conversation, Message, Page } from "../src/api/types";
import { conversationWith } from "./checks";
import type { World } from "./fixtures";

export interface Place {
  world: World;
  me: string;
  /** Conversations, oldest first. */
  ids: string[];
  call: <T = Record<string, unknown>>(method: string, path: string, body?: unknown) => Promise<T>;
  kept: Record<string, string>;
}

type Write = (place: Place) => Promise<unknown>;
const patch =
  (at: number, change: unknown): Write =>
  ({ call, ids }) =>
    call("PATCH", `/api/conversations/${ids[at]}`, change);
const reply = (place: Place, at: number, body: object) =>
  place.call<{ id: string }>("POST", `/api/conversations/${place.ids[at]}/messages`, {
    type: "reply",
    text: "Hello",
    ...body,
  });

/** An answer, once the worker has come so far with it. */
async function answered(place: Place, text: string, state: string): Promise<string> {
  const { id } = await reply(place, 0, { hold_s: 0, text });
  const path = `/api/conversations/${place.ids[0]}/messages?limit=200`;
  const now = async () => (await place.call<Page<Message>>("GET", path)).items.find((one) => one.id === id)?.state;
  await expect.poll(now, { timeout: 30_000 }).toBe(state);
  return id;
}

export const WRITES: [operation: string, words: string, write: Write][] = [
  ["change_conversation", "assigned to me", (place) => patch(0, { assignee_id: place.me })(place)],
  ["change_conversation", "closed", patch(1, { status: "closed" })],
  ["change_conversation", "reopened", patch(1, { status: "open" })],
  ["change_conversation", "snoozed", patch(1, { is_snoozed: true, snoozed_until: null })],
  ["change_conversation", "woken", patch(1, { is_snoozed: false })],
  ["change_conversation", "urgent", patch(0, { priority: "urgent" })],
  ["change_conversation", "spam", patch(2, { is_spam: true })],
  ["change_conversation", "no spam", patch(2, { is_spam: false })],
  ["change_conversation", "trashed", patch(2, { is_trashed: true })],
  ["change_conversation", "restored", patch(2, { is_trashed: false })],
  ["change_conversation", "marked unread", patch(0, { is_unread: true })],
  [
    "link_contact",
    "given to another contact",
    ({ call, ids }) =>
      call("PUT", `/api/conversations/${ids[0]}/contact`, { name: "Somebody", email: "else@customer.example" }),
  ],
  ["change_conversation", "moved", (place) => patch(0, { inbox_id: place.kept.inbox })(place)],
  [
    "mark_read",
    "read",
    async ({ call, ids }) => {
      const row = await call<Conversation>("GET", `/api/conversations/${ids[1]}`);
      await call("PUT", `/api/conversations/${ids[1]}/read`, { message_id: row.last_message_id });
    },
  ],
  [
    "write_message",
    "a comment",
    ({ call, ids }) => call("POST", `/api/conversations/${ids[0]}/messages`, { type: "comment", text: "Inside" }),
  ],
  ["write_message", "an answer that leaves", (place) => reply(place, 0, { hold_s: 0 })],
  // biome-ignore lint/suspicious/noThenProperty: the word of the API
  ["write_message", "an answer that closes", (place) => reply(place, 1, { hold_s: 0, then: { close: true } })],
  [
    "write_message",
    "an answer that is held",
    async (place) => {
      place.kept.held = (await reply(place, 0, { hold_s: 30 })).id;
    },
  ],
  ["take_back_message", "taken back", ({ call, kept }) => call("DELETE", `/api/messages/${kept.held}`)],
  [
    "send_message_now",
    "sent at once",
    async (place) => {
      const { id } = await reply(place, 0, { hold_s: 30, text: "At once" });
      await place.call("POST", `/api/messages/${id}/send`, {});
    },
  ],
  [
    "retry_message",
    "refused, and tried again",
    async (place) => {
      place.world.mailbox.refuse("5.1.1 not today");
      const id = await answered(place, "Refused", "failed");
      place.world.mailbox.refuse(null);
      await place.call("POST", `/api/messages/${id}/retry`, {});
    },
  ],
  [
    "deal_with_message",
    "refused, and dealt with",
    async (place) => {
      place.world.mailbox.refuse("5.1.1 not today");
      const id = await answered(place, "Refused for good", "failed");
      place.world.mailbox.refuse(null);
      await place.call("POST", `/api/messages/${id}/deal`, { is_dealt_with: true });
    },
  ],
  [
    "settle_message",
    "not known whether it left, and a person says that it did",
    async (place) => {
      place.world.mailbox.hangUp(true);
      const id = await answered(place, "Left or not", "uncertain");
      place.world.mailbox.hangUp(false);
      await place.call("POST", `/api/messages/${id}/settle`, { state: "sent" });
    },
  ],
  [
    "save_draft",
    "a draft kept",
    ({ call, ids }) => call("PUT", `/api/conversations/${ids[0]}/draft?mode=reply`, { text: "Half a thought" }),
  ],
  ["drop_draft", "a draft dropped", ({ call, ids }) => call("DELETE", `/api/conversations/${ids[0]}/draft?mode=reply`)],
  [
    "signal_typing",
    "somebody types",
    ({ call, ids }) => call("POST", `/api/conversations/${ids[0]}/typing`, { is_typing: true }),
  ],
  [
    "say_presence",
    "somebody reads",
    ({ call, ids }) => call("POST", `/api/conversations/${ids[0]}/presence`, { state: "reading" }),
  ],
  [
    "take_over",
    "asked to take over",
    ({ call, ids, me }) => call("POST", `/api/conversations/${ids[0]}/takeover`, { user_id: me }),
  ],
  [
    "remind_me",
    "a reminder asked for",
    async ({ call, ids, kept }) => {
      const at = new Date(Date.now() + 86_400_000).toISOString();
      kept.reminder = (await call<{ id: string }>("POST", `/api/conversations/${ids[0]}/reminder`, { at })).id;
    },
  ],
  ["cancel_reminder", "no reminder", ({ call, kept }) => call("DELETE", `/api/reminders/${kept.reminder}`)],
  [
    "preview_merge",
    "a merge looked at",
    ({ call, ids }) => call("POST", `/api/conversations/${ids[0]}/merge-preview`, { conversation_ids: [ids[2]] }),
  ],
  [
    "move_message",
    "a message moved",
    async ({ call, ids }) => {
      const { items } = await call<Page<Message>>("GET", `/api/conversations/${ids[0]}/messages?limit=200`);
      const moved = items.find((one) => one.type === "comment");
      await call("POST", `/api/messages/${moved?.id}/move`, { conversation_id: ids[2] });
    },
  ],
  [
    "start_conversation",
    "begun by us",
    async ({ call, kept }) => {
      await call("POST", "/api/conversations", {
        channel_account_id: kept.account,
        to: ["new@begun.example"],
        subject: "Begun by us",
        text: "Hello there",
      });
    },
  ],
  [
    "create_tag",
    "a tag made",
    async ({ call, kept }) => {
      kept.tag = (await call<{ id: string }>("POST", "/api/tags", { name: "tent" })).id;
      kept.other = (await call<{ id: string }>("POST", "/api/tags", { name: "tents" })).id;
    },
  ],
  ["change_conversation", "tagged", (place) => patch(0, { add_tag_ids: [place.kept.tag] })(place)],
  ["change_tag", "renamed", ({ call, kept }) => call("PATCH", `/api/tags/${kept.tag}`, { name: "shelter" })],
  ["merge_tag", "merged", ({ call, kept }) => call("POST", `/api/tags/${kept.tag}/merge`, { into_id: kept.other })],
  ["delete_tag", "deleted", ({ call, kept }) => call("DELETE", `/api/tags/${kept.other}`)],
  ["restore_tag", "brought back", ({ call, kept }) => call("POST", `/api/tags/${kept.other}/restore`)],
  [
    "change_conversations",
    "many at once",
    ({ call, ids }) => call("POST", "/api/conversations/bulk", { ids: ids.slice(1, 3), change: { priority: "high" } }),
  ],
  [
    "merge_conversations",
    "merged",
    async ({ call, ids, kept }) => {
      const made = await call<{ rearrangement_ids: string[] }>("POST", `/api/conversations/${ids[0]}/merge`, {
        conversation_ids: [ids[2]],
      });
      kept.merge = made.rearrangement_ids[0] ?? "";
    },
  ],
  [
    "undo_rearrangement",
    "merge undone",
    ({ call, kept }) => call("POST", `/api/rearrangements/${kept.merge}/undo`, {}),
  ],
  [
    "split_conversation",
    "split",
    async ({ call, ids }) => {
      const { items } = await call<Page<Message>>("GET", `/api/conversations/${ids[0]}/messages?limit=200`);
      const last = items.findLast((one) => one.type === "reply");
      await call("POST", `/api/conversations/${ids[0]}/split`, { message_ids: [last?.id], subject: "Split off" });
    },
  ],
  [
    "create_ticket",
    "a ticket made",
    async ({ call, ids, kept }) => {
      kept.ticket = (await call<{ id: string }>("POST", `/api/conversations/${ids[0]}/tickets`, {})).id;
    },
  ],
  [
    "link_ticket",
    "another one about the same ticket",
    ({ call, ids, kept }) => call("PUT", `/api/conversations/${ids[1]}/tickets/${kept.ticket}`),
  ],
  [
    "unlink_ticket",
    "about no ticket",
    ({ call, ids, kept }) => call("DELETE", `/api/conversations/${ids[1]}/tickets/${kept.ticket}`),
  ],
  [
    "dismiss_split_suggestion",
    "a mail with another subject belongs where it is",
    async ({ call, world }) => {
      const from = "five <five@customer.example>";
      const first = await world.write({ from, subject: "Tent pegs", text: "They bend." });
      const { id } = await conversationWith(world, "Tent pegs");
      await world.write({ from, subject: "Your invoice", text: "It is wrong.", inReplyTo: first.messageId });
      const messages = async () =>
        (await call<Page<Message>>("GET", `/api/conversations/${id}/messages?limit=200`)).items;
      await expect.poll(async () => (await messages()).length, { timeout: 20_000 }).toBe(2);
      const suggested = (await messages()).at(-1);
      await call("POST", `/api/messages/${suggested?.id}/split-suggestion`, { is_dismissed: true });
    },
  ],
  [
    "delete_conversation",
    "deleted for good",
    async ({ call, ids }) => {
      await call("PATCH", `/api/conversations/${ids[3]}`, { is_trashed: true });
      await call("DELETE", `/api/conversations/${ids[3]}`);
    },
  ],
];
