/* What is asked for again because of an event, where `apply` cannot work it out. Read next: live.ts. */
import { keys } from "./queries";
import type { Contact, StreamEvent } from "./types";

const ROUTING = [keys.availability, ["simulation"], ["assignees"], ["readers"]];
const PEOPLE = [keys.users, keys.people, keys.teams, keys.roles, keys.session, keys.inboxes, ["rule"], ...ROUTING];
/** What this person sees, all of it. */
export const EVERYTHING = [
  keys.lists,
  ["conversation"],
  ["messages"],
  keys.views,
  keys.draftMarks,
  keys.mentioned,
  keys.channelAccounts,
  ["contact"],
  ["contact-notes"],
  ["contact-timeline"],
  keys.contactBook,
  keys.radar,
  ["tickets"],
];

/** What hardly ever changes, and is read as the app opens. */
export const LASTING = [...PEOPLE, keys.tags, keys.snippets, keys.savedViews];

/** What may be on its way in a state older than this event: asked for again when it has come. (Lists: listNews.ts.) Of the messages only those the event is
 * about: else who goes from one conversation to the next, while a colleague does the same, would have every thread fetched again. */
export function overtaken(event: StreamEvent): (readonly unknown[])[] {
  switch (event.type) {
    case "conversation.changed":
      return [keys.messages(event.data.conversation.id), keys.conversation(event.data.conversation.id)];
    case "read.changed":
      return [keys.messages(event.data.conversation_id), keys.conversation(event.data.conversation_id)];
    case "message.added":
    case "message.changed":
      return [keys.messages(event.data.message.conversation_id)];
    case "message.removed":
      return [keys.messages(event.data.conversation_id)];
    case "messages.moved": // from one conversation to another, which is not named
    case "conversation.gone":
    case "conversation.erased":
      return [["messages"]];
    default:
      return [];
  }
}

/** The keys of what an event makes old. `contacts` are those that were read. */
export function staleKeys(event: StreamEvent, contacts: Contact[]): (readonly unknown[])[] {
  switch (event.type) {
    case "conversation.changed": {
      const { id, contact } = event.data.conversation;
      // Also of the one whose it was until now.
      const those = contacts.filter((one) => one.conversations.some((theirs) => theirs.id === id));
      return [...new Set([contact?.id, ...those.map((one) => one.id)])].flatMap((one) =>
        one ? [keys.contact(one)] : [],
      );
    }
    case "tag.changed":
      // One that was restored is on its conversations again.
      return [keys.tags, keys.lists, ["conversation"]];
    case "ticket.changed":
    case "ticket.gone":
      return event.data.conversation_ids.map(keys.tickets);
    case "tag.deleted":
      return [keys.tags];
    case "conversation.gone":
      return [keys.views];
    case "contact.changed":
      return [
        keys.contact(event.data.contact_id),
        keys.notes(event.data.contact_id),
        keys.timeline(event.data.contact_id),
        keys.contactBook,
      ];
    case "contacts.changed":
      return [keys.contactBook, ["contact"], ["contact-timeline"]];
    case "contact_properties.changed":
      return [keys.contactProperties];
    case "skills.changed":
      return [keys.skills, ["simulation"]];
    case "account.changed":
      return [keys.session, keys.brand, ["ticket-defaults"]];
    case "channel_account.changed":
      return [
        keys.channelAccounts,
        keys.channelDrafts,
        keys.radar,
        keys.views,
        ["ledger"],
        ["contact"],
        ["signature"],
        ["from-addresses"],
        ["rule"],
        ["ticket-defaults"],
      ];
    case "availability.changed":
      return [keys.people, ...ROUTING];
    case "people.changed":
      return PEOPLE;
    case "access.changed":
      return [...PEOPLE, ...EVERYTHING];
    case "radar.changed":
      return [keys.radar];
    case "delivery.changed":
      return [keys.quarantine, keys.radar, ["ledger"]];
    case "message.changed":
      // Not delivered, or tried again: what the radar shows is another.
      return ["failed", "uncertain", "queued"].includes(event.data.message.state ?? "") ? [keys.radar] : [];
    case "filters.changed":
      return [keys.filters, keys.listedSenders];
    case "snippet.changed":
      return [keys.snippets];
    case "library.changed":
      return [keys.library];
    default:
      return [];
  }
}
