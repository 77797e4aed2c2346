/* The part of the reducer about contacts: their names in every row, and the notes about them. Read apply.ts first. */
import type { Cache, List } from "./apply";
import { compareIds } from "./ids";
import type { Contact, Conversation, Id, Note } from "./types";

/** What a contact is now, or one of the notes about them. News of the server that brings neither changes nothing here: it is asked for again. */
export function changeContact(cache: Cache, news: { contact_id: Id; contact?: Contact; note?: Note }): Cache {
  const { contact_id: id, contact, note } = news;
  let next = cache;
  if (contact && cache.contacts[id]) next = { ...next, contacts: { ...cache.contacts, [id]: contact } };
  const notes = cache.notes[id];
  if (note && notes) {
    const others = notes.filter((one) => one.id !== note.id);
    const changed = note.is_deleted ? others : [...others, note].toSorted((a, b) => compareIds(b.id, a.id));
    next = { ...next, notes: { ...cache.notes, [id]: changed } };
  }
  return contact ? renamed(next, id, contact.name) : next;
}

function renamed(cache: Cache, id: Id, name: string): Cache {
  const isTheirs = (row: Conversation) => row.contact?.id === id && row.contact.name !== name;
  const rename = (row: Conversation): Conversation =>
    row.contact && isTheirs(row) ? { ...row, contact: { ...row.contact, name } } : row;
  const inList = (list: List): List => {
    if (!list.pages.pages.some((page) => page.items.some(isTheirs))) return list;
    const pages = list.pages.pages.map((page) => ({ ...page, items: page.items.map(rename) }));
    return { ...list, pages: { ...list.pages, pages } };
  };
  return {
    ...cache,
    lists: cache.lists.map(inList),
    conversations: Object.fromEntries(Object.entries(cache.conversations).map(([key, row]) => [key, rename(row)])),
  };
}
