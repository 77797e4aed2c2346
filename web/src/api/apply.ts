/* The one place that knows what a piece of news does to what is on the screen: a pure function from (cache, event) to cache. The live stream uses
 * it, and so do the optimistic changes of this browser, so both can only ever do the same. Untouched parts keep their identity. Read next: live.ts. */
import { compareIds, isLocal, isNewer } from "./ids";
import type { ConversationPages, ListFilter, MessagePages } from "./queries";
import type { Conversation, Id, Message, StreamEvent } from "./types";

export interface List {
  filter: ListFilter;
  pages: ConversationPages;
}

export interface Cache {
  lists: readonly List[];
  conversations: Readonly<Record<Id, Conversation>>;
  messages: Readonly<Record<Id, MessagePages>>;
}

export interface Context {
  /** The signed-in user. */
  me: Id;
  /** The conversation that is open in a visible window: what arrives there is being read. */
  reading: Id | null;
}

export function apply(cache: Cache, event: StreamEvent, context: Context): Cache {
  switch (event.type) {
    case "conversation.changed":
      return changeConversation(cache, event.data.conversation, context);
    case "message.added":
    case "message.changed":
      return { ...cache, messages: putMessage(cache.messages, event.data.message) };
    case "read.changed":
      return markRead(cache, event.data.conversation_id, event.data.message_id);
    default:
      return cache;
  }
}

/** Whether a conversation belongs in a view. The server's own rule, said again so that a row can come and go without asking. */
export function belongs(filter: ListFilter, conversation: Conversation, me: Id): boolean {
  if (conversation.is_spam) return false;
  if (filter.inbox_id && conversation.inbox_id !== filter.inbox_id) return false;
  if (filter.channel_account_id && conversation.channel_account_id !== filter.channel_account_id) return false;
  const isOpen = conversation.status === "open";
  switch (filter.view) {
    case "mine":
      return isOpen && conversation.assignee_id === me;
    case "unassigned":
      return isOpen && conversation.assignee_id === null;
    case "closed":
      return !isOpen;
    case "failed":
      return conversation.failed_count > 0;
    default:
      return isOpen;
  }
}

/** Newest first, then the larger id: the order of the server's keyset. */
function compareRows(a: Conversation, b: Conversation): number {
  const at = Date.parse(b.last_message_at) - Date.parse(a.last_message_at);
  return at || compareIds(b.id, a.id);
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
    const pages = placeRow(list, conversation, context.me);
    return pages === list.pages ? list : { ...list, pages };
  });
  const conversations = cache.conversations[news.id]
    ? { ...cache.conversations, [news.id]: conversation }
    : cache.conversations;
  return { ...cache, lists, conversations };
}

/** News for everybody says nothing about one person's reading, so it is worked out from what this person had seen. */
function isUnread(before: Conversation | undefined, news: Conversation, context: Context): boolean {
  if (news.is_unread !== undefined) return news.is_unread;
  if (context.reading === news.id) return false;
  const hasArrived = news.last_direction === "in" && isNewer(news.last_message_id, before?.last_message_id);
  if (before) return hasArrived || (before.is_unread ?? false);
  return hasArrived && news.waiting_since !== null;
}

function placeRow(list: List, row: Conversation, me: Id): ConversationPages {
  const { pages } = list;
  const at = pages.pages.findIndex((page) => page.items.some((item) => item.id === row.id));
  const isHere = at >= 0;
  if (!belongs(list.filter, row, me)) return isHere ? withoutRow(pages, row.id) : pages;
  const old = isHere ? pages.pages[at]?.items.find((item) => item.id === row.id) : undefined;
  if (old && old.last_message_at === row.last_message_at) {
    return mapPages(pages, (items) => items.map((item) => (item.id === row.id ? row : item)));
  }
  return insertRow(isHere ? withoutRow(pages, row.id) : pages, row);
}

function insertRow(pages: ConversationPages, row: Conversation): ConversationPages {
  for (let index = 0; index < pages.pages.length; index++) {
    const page = pages.pages[index];
    if (!page) continue;
    const at = page.items.findIndex((item) => compareRows(row, item) < 0);
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

function markRead(cache: Cache, id: Id, messageId: Id): Cache {
  const read = (row: Conversation): Conversation =>
    row.id === id && compareIds(messageId, row.last_message_id) >= 0
      ? { ...row, is_unread: false, read_message_id: messageId }
      : row;
  const isListed = (list: List) => list.pages.pages.some((page) => page.items.some((item) => item.id === id));
  const known = cache.conversations[id];
  return {
    ...cache,
    lists: cache.lists.map((list) =>
      isListed(list) ? { ...list, pages: mapPages(list.pages, (items) => items.map(read)) } : list,
    ),
    conversations: known ? { ...cache.conversations, [id]: read(known) } : cache.conversations,
  };
}

/** Puts a message where it belongs: over the optimistic one with the same client id, over its own older version, or at its place in time. It
 * leaves every other conversation, because a message can be moved. */
function putMessage(all: Cache["messages"], message: Message): Cache["messages"] {
  const result: Record<Id, MessagePages> = { ...all };
  for (const [conversationId, pages] of Object.entries(all)) {
    if (conversationId !== message.conversation_id && holds(pages, message.id)) {
      result[conversationId] = eachItems(pages, (items) => items.filter((item) => item.id !== message.id));
    }
  }
  const pages = all[message.conversation_id];
  if (!pages) return result;
  const isSame = (item: Message) =>
    item.id === message.id || (message.client_id !== null && item.client_id === message.client_id);
  const isKnown = pages.pages.some((page) => page.items.some(isSame));
  if (isKnown) {
    let isPut = false;
    result[message.conversation_id] = eachItems(pages, (items) =>
      sorted(
        items.flatMap((item) => {
          if (!isSame(item)) return [item];
          if (isPut) return [];
          isPut = true;
          return [isLocal(message.id) && !isLocal(item.id) ? item : message];
        }),
      ),
    );
  } else {
    result[message.conversation_id] = addMessage(pages, message);
  }
  return result;
}

/** Within what is loaded a message that is not there is new here (it came, or was moved); before that it comes with its own page. */
function addMessage(pages: MessagePages, message: Message): MessagePages {
  const last = pages.pages.length - 1;
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
