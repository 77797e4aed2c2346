/* The one place that knows what a piece of news does to what is on the screen: a pure function from (cache, event) to cache. The live stream uses
 * it, and so do the optimistic changes of this browser, so both can only ever do the same. Untouched parts keep their identity. Read next: live.ts. */
import { changeContact } from "./applyContacts";
import { compareIds, isLocal } from "./ids";
import { belongs, compareRows, isNamedByServer, isOrderedByServer, type ListFilter, orderOf, type Sort } from "./lists";
import type { ConversationPages, MessagePages } from "./queries";
import type { Contact, Conversation, Id, Message, Note, StreamEvent } from "./types";

export interface List {
  filter: ListFilter;
  pages: ConversationPages;
}

export interface Cache {
  lists: readonly List[];
  conversations: Readonly<Record<Id, Conversation>>;
  /** By conversation; a part of one that stands apart from its end is under "conversation@anchor". */
  messages: Readonly<Record<string, MessagePages>>;
  contacts: Readonly<Record<Id, Contact>>;
  /** By contact, the newest first. */
  notes: Readonly<Record<Id, readonly Note[]>>;
}

export interface Context {
  /** The signed-in user. */
  me: Id;
  /** The conversation that is open in a visible window: what arrives there is being read. */
  reading: Id | null;
  /** By the server's clock, in milliseconds; left out, this computer's. */
  now?: number;
}

export function apply(cache: Cache, event: StreamEvent, context: Context): Cache {
  switch (event.type) {
    case "conversation.changed":
      return changeConversation(cache, event.data.conversation, context);
    case "conversation.gone":
      return forget(cache, event.data.conversation_id);
    case "message.added":
      return arrive(
        { ...cache, messages: putMessage(cache.messages, event.data.message) },
        event.data.message,
        context,
      );
    case "message.changed":
      return { ...cache, messages: putMessage(cache.messages, event.data.message) };
    case "message.removed":
      return { ...cache, messages: removeMessage(cache.messages, event.data.conversation_id, event.data.message_id) };
    case "read.changed":
      return markRead(cache, event.data);
    case "messages.moved":
      return { ...cache, messages: withoutMessages(cache.messages, event.data.conversation_id) };
    case "tag.deleted":
      return mergeTag(cache, event.data.id, event.data.merged_into_id);
    case "contact.changed":
      return changeContact(cache, event.data);
    default:
      return cache;
  }
}

export function findConversation(cache: Cache, id: Id): Conversation | undefined {
  const known = cache.conversations[id];
  if (known) return known;
  for (const { pages } of cache.lists)
    for (const page of pages.pages) {
      const row = page.items.find((item) => item.id === id);
      if (row) return row;
    }
  return undefined;
}

function changeConversation(cache: Cache, news: Conversation, context: Context): Cache {
  const before = findConversation(cache, news.id);
  const conversation: Conversation = { ...before, ...news, is_unread: isUnread(before, news, context) };
  const lists = cache.lists.map((list) => {
    const pages = placeRow(list, conversation, context);
    return pages === list.pages ? list : { ...list, pages };
  });
  const conversations = cache.conversations[news.id]
    ? { ...cache.conversations, [news.id]: conversation }
    : cache.conversations;
  return { ...cache, lists, conversations };
}

/** What is being read is read, also where an answer was made before the server heard of it. News for everybody says nothing about one person's reading: it stays as
 * it was (`arrive` makes it unread), and is guessed where it was not known. */
function isUnread(before: Conversation | undefined, news: Conversation, context: Context): boolean {
  if (context.reading === news.id) return false;
  if (news.is_unread !== undefined) return news.is_unread;
  if (before) return before.is_unread ?? false;
  return news.last_direction === "in" && news.waiting_since !== null;
}

/** What somebody outside wrote is unread, unless it is being read; a comment or an entry of the system is not. Who writes has read what is there. */
function arrive(cache: Cache, message: Message, context: Context): Cache {
  const id = message.conversation_id;
  const isMine = message.author_id === context.me && message.type !== "system";
  const isNews = message.direction === "in" && context.reading !== id;
  if (!(isMine || isNews) || !findConversation(cache, id)) return cache;
  return mapConversation(cache, id, (row) => (row.is_unread === isNews ? row : { ...row, is_unread: isNews }));
}

function placeRow(list: List, row: Conversation, { me, now = Date.now() }: Context): ConversationPages {
  const { pages, filter } = list;
  const at = pages.pages.findIndex((page) => page.items.some((item) => item.id === row.id));
  const isHere = at >= 0;
  if (!belongs(filter, row, me, now)) return isHere ? withoutRow(pages, row.id) : pages;
  if (!isHere && isNamedByServer(filter)) return pages;
  const order = orderOf(filter);
  const old = isHere ? pages.pages[at]?.items.find((item) => item.id === row.id) : undefined;
  if (old && (isOrderedByServer(filter) || compareRows(order, old, row) === 0)) {
    return mapPages(pages, (items) => items.map((item) => (item.id === row.id ? row : item)));
  }
  return insertRow(isHere ? withoutRow(pages, row.id) : pages, row, order);
}

function insertRow(pages: ConversationPages, row: Conversation, order: Sort): ConversationPages {
  for (let index = 0; index < pages.pages.length; index++) {
    const page = pages.pages[index];
    if (!page) continue;
    const at = page.items.findIndex((item) => compareRows(order, row, item) < 0);
    const isLast = index === pages.pages.length - 1;
    // Past the end of what is loaded: it will come with its own page, unless there are no more.
    if (at < 0 && !(isLast && page.next === null)) continue;
    const items = at < 0 ? [...page.items, row] : [...page.items.slice(0, at), row, ...page.items.slice(at)];
    return { ...pages, pages: pages.pages.map((other, i) => (i === index ? { ...page, items } : other)) };
  }
  return pages;
}

const withoutRow = (pages: ConversationPages, id: Id) =>
  mapPages(pages, (items) => (items.some((item) => item.id === id) ? items.filter((item) => item.id !== id) : items));

function mapPages(pages: ConversationPages, change: (items: Conversation[]) => Conversation[]): ConversationPages {
  return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: change(page.items) })) };
}

/** It went where this person may not look. */
function forget(cache: Cache, id: Id): Cache {
  const { [id]: _row, ...conversations } = cache.conversations;
  const messages = withoutMessages(cache.messages, id);
  const lists = cache.lists.map((list) =>
    list.pages.pages.some((page) => page.items.some((item) => item.id === id))
      ? { ...list, pages: withoutRow(list.pages, id) }
      : list,
  );
  return { ...cache, lists, conversations, messages };
}

function withoutMessages(all: Cache["messages"], id: Id): Cache["messages"] {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key.split("@")[0] !== id));
}

/** The server says whether something is unread; what this browser marks by itself it works out. */
function markRead(cache: Cache, news: { conversation_id: Id; message_id: Id; is_unread?: boolean }): Cache {
  const { conversation_id: id, message_id: messageId } = news;
  return mapConversation(cache, id, (row) => {
    const isUnread = news.is_unread ?? (compareIds(messageId, row.last_message_id) < 0 && row.is_unread);
    const isSame = row.is_unread === (isUnread ?? false) && row.read_message_id === messageId;
    return isSame ? row : { ...row, is_unread: isUnread ?? false, read_message_id: messageId };
  });
}

/** A tag is gone, or has become another one. */
function mergeTag(cache: Cache, id: Id, into: Id | null): Cache {
  const ids = new Set<Id>();
  const look = (row: Conversation) => row.tag_ids.includes(id) && ids.add(row.id);
  for (const list of cache.lists) for (const page of list.pages.pages) page.items.forEach(look);
  Object.values(cache.conversations).forEach(look);
  const change = (row: Conversation): Conversation => {
    const rest = row.tag_ids.filter((one) => one !== id && one !== into);
    return { ...row, tag_ids: into === null ? rest : [...rest, into].sort(compareIds) };
  };
  return [...ids].reduce((now, one) => mapConversation(now, one, change), cache);
}

/** Changes one conversation wherever it is, at its place. Where `change` gives back what it was given, nothing is made anew: a list can be long. */
function mapConversation(cache: Cache, id: Id, change: (row: Conversation) => Conversation): Cache {
  const changed = (row: Conversation) => (row.id === id ? change(row) : row);
  const isOld = (row: Conversation) => changed(row) !== row;
  const known = cache.conversations[id];
  return {
    ...cache,
    lists: cache.lists.map((list) =>
      list.pages.pages.some((page) => page.items.some(isOld))
        ? { ...list, pages: mapPages(list.pages, (items) => items.map(changed)) }
        : list,
    ),
    conversations: known && isOld(known) ? { ...cache.conversations, [id]: change(known) } : cache.conversations,
  };
}

/** Puts a message where it belongs: over the optimistic one with the same client id, over its own older version, or at its place in time. It
 * leaves every other conversation, because a message can be moved. */
function putMessage(all: Cache["messages"], message: Message): Cache["messages"] {
  const result: Record<string, MessagePages> = { ...all };
  for (const [key, pages] of Object.entries(all)) {
    if (key.split("@")[0] === message.conversation_id) result[key] = withMessage(pages, message);
    else if (holds(pages, message.id))
      result[key] = eachItems(pages, (items) => items.filter((item) => item.id !== message.id));
  }
  return result;
}

function withMessage(pages: MessagePages, message: Message): MessagePages {
  const isSame = (item: Message) =>
    item.id === message.id || (message.client_id !== null && item.client_id === message.client_id);
  if (!pages.pages.some((page) => page.items.some(isSame))) return addMessage(pages, message);
  let isPut = false;
  return eachItems(pages, (items) =>
    sorted(
      items.flatMap((item) => {
        if (!isSame(item)) return [item];
        if (isPut) return [];
        isPut = true;
        return [isLocal(message.id) && !isLocal(item.id) ? item : message];
      }),
    ),
  );
}

/** Taken back before it left: as if it had never been there. */
function removeMessage(all: Cache["messages"], conversationId: Id, messageId: Id): Cache["messages"] {
  const showing = Object.entries(all).filter(
    ([key, pages]) => key.split("@")[0] === conversationId && holds(pages, messageId),
  );
  if (!showing.length) return all;
  const without = (items: Message[]) => items.filter((item) => item.id !== messageId);
  return { ...all, ...Object.fromEntries(showing.map(([key, pages]) => [key, eachItems(pages, without)])) };
}

/** Within what is loaded a message that is not there is new here (it came, or was moved); before that it comes with its own page. */
function addMessage(pages: MessagePages, message: Message): MessagePages {
  const last = pages.pages.length - 1;
  const newest = pages.pages[0];
  // A part that does not reach the end: what is newer than it comes with its own page.
  if (newest?.previous && isAfter(message, newest.items.at(-1))) return pages;
  const home = pages.pages.findIndex((page, index) => {
    const oldest = page.items[0];
    return index === last ? page.next === null || isAfter(message, oldest) : isAfter(message, oldest);
  });
  if (home < 0) return pages;
  return {
    ...pages,
    pages: pages.pages.map((page, index) =>
      index === home ? { ...page, items: sorted([...page.items, message]) } : page,
    ),
  };
}

const isAfter = (message: Message, other: Message | undefined) => !other || compareIds(message.id, other.id) > 0;
const sorted = (items: Message[]) => items.toSorted((a, b) => compareIds(a.id, b.id));
const holds = (pages: MessagePages, id: Id) => pages.pages.some((page) => page.items.some((item) => item.id === id));

function eachItems(pages: MessagePages, change: (items: Message[]) => Message[]): MessagePages {
  return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: change(page.items) })) };
}
