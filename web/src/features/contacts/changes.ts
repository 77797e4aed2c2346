/* Changes to a contact: shown at once where the outcome is sure, told to the server, and undone by the toast that says so once the server has it. */

import type { Scope } from "../../actions/action";
import { patch, post, put, remove } from "../../api/client";
import { applyNow } from "../../api/live";
import { keys } from "../../api/queries";
import { inLine } from "../../api/saving";
import type { Contact, ContactProperty, Conversation, Id, Note } from "../../api/types";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";

export type Where = Pick<Scope, "client" | "me">;
/** The same, with everybody's names. */
export type People = Pick<Scope, "client" | "me" | "users">;

const show = ({ client, me }: Where, contact: Contact) =>
  applyNow(client, { type: "contact.changed", data: { contact_id: contact.id, contact } }, me.id);
const showNote = ({ client, me }: Where, note: Note) =>
  applyNow(client, { type: "contact.changed", data: { contact_id: note.contact_id, note } }, me.id);

/** Tries something; what went wrong is said, and `undo` takes back what was shown. */
async function attempt<T>(work: () => Promise<T>, undo?: () => void): Promise<T | null> {
  try {
    return await work();
  } catch (problem) {
    undo?.();
    toastError(problem);
    return null;
  }
}

export async function changeContact(
  contact: Contact,
  change: Partial<Pick<Contact, "name" | "owner_id" | "is_blocked">>,
  where: Where,
  done?: string,
): Promise<void> {
  const back = {
    ...("name" in change && { name: contact.name }),
    ...("owner_id" in change && { owner_id: contact.owner_id }),
    ...("is_blocked" in change && { is_blocked: contact.is_blocked }),
  };
  show(where, { ...contact, ...change });
  const changed = await attempt(() =>
    inLine(
      keys.contact(contact.id),
      () => patch<Contact>(`/api/contacts/${contact.id}`, change),
      (wasLast) => {
        if (wasLast) show(where, contact);
      },
    ),
  );
  if (!changed) return;
  if (changed.isLast) show(where, changed.answer);
  if (done) toast(done, () => void changeContact({ ...contact, ...change }, back, where));
  if ("is_blocked" in change) void where.client.invalidateQueries({ queryKey: keys.reach(contact.id) });
}

export const setBlocked = (contact: Contact, is_blocked: boolean, where: Where) =>
  changeContact(contact, { is_blocked }, where, t(is_blocked ? "contact.was_blocked" : "contact.was_unblocked"));

/** One value, null for none. The sentence that says what is wrong; null when it is done. */
export async function changeProperty(
  contact: Contact,
  property: Pick<ContactProperty, "key" | "label">,
  value: unknown,
  where: Where,
  isSaid = true,
): Promise<string | null> {
  const before = contact.properties[property.key] ?? null;
  try {
    const { answer: changed, isLast } = await inLine(keys.contact(contact.id), () =>
      patch<Contact>(`/api/contacts/${contact.id}`, { properties: { [property.key]: value } }),
    );
    if (isLast) show(where, changed);
    if (isSaid)
      toast(t("property.changed", { name: property.label }), () => {
        void changeProperty(changed, property, before, where, false).then((wrong) => wrong && toastError(wrong));
      });
    return null;
  } catch (problem) {
    return sentence(problem);
  }
}

/** The sentence that says what is wrong; null when it is done. */
export async function addIdentity(contact: Contact, type: string, value: string, where: Where): Promise<string | null> {
  try {
    const changed = await post<Contact>(`/api/contacts/${contact.id}/identities`, { type, value });
    show(where, changed);
    void where.client.invalidateQueries({ queryKey: keys.reach(contact.id) });
    const added = changed.identities.find((one) => !contact.identities.some((old) => old.value === one.value));
    if (added)
      toast(t("contact.identity_added"), () => void dropIdentity(changed, added.type, added.value, where, false));
    return null;
  } catch (problem) {
    return sentence(problem);
  }
}

export async function dropIdentity(
  contact: Contact,
  type: string,
  value: string,
  where: Where,
  isSaid = true,
): Promise<void> {
  const path = `/api/contacts/${contact.id}/identities?type=${encodeURIComponent(type)}&value=${encodeURIComponent(value)}`;
  const changed = await attempt(() => remove<Contact>(path));
  if (!changed) return;
  show(where, changed);
  void where.client.invalidateQueries({ queryKey: keys.reach(contact.id) });
  if (isSaid) toast(t("contact.identity_removed"), () => void addIdentity(changed, type, value, where));
}

export async function addNote(contactId: Id, text: string, where: Where): Promise<boolean> {
  const note = await attempt(() => post<Note>(`/api/contacts/${contactId}/notes`, { text }));
  if (note) showNote(where, note);
  return note !== null;
}

/** True when the server has it. */
export async function changeNote(note: Note, text: string, where: Where): Promise<boolean> {
  showNote(where, { ...note, text });
  const changed = await attempt(
    () => patch<Note>(`/api/contact-notes/${note.id}`, { text }),
    () => showNote(where, note),
  );
  if (!changed) return false;
  showNote(where, changed);
  toast(t("note.changed"), () => void changeNote(changed, note.text, where));
  return true;
}

export async function deleteNote(note: Note, where: Where): Promise<void> {
  showNote(where, { ...note, is_deleted: true });
  const deleted = await attempt(
    () => remove<Note>(`/api/contact-notes/${note.id}`),
    () => showNote(where, note),
  );
  if (deleted !== null) toast(t("note.deleted"), () => void bringBack(note, where));
}

async function bringBack(note: Note, where: Where): Promise<void> {
  showNote(where, note);
  await attempt(
    () => patch<Note>(`/api/contact-notes/${note.id}`, { is_deleted: false }),
    () => showNote(where, { ...note, is_deleted: true }),
  );
}

export type Link = { contact_id: Id | null } | { name: string; email: string; phone: string };

/** Whom the conversation is with from now on. The sentence that says what is wrong; null when it is done. */
export async function linkContact(
  conversation: Conversation,
  link: Link,
  where: Where,
  isSaid = true,
): Promise<string | null> {
  const before = conversation.contact?.id ?? null;
  try {
    const linked = await put<Conversation>(`/api/conversations/${conversation.id}/contact`, link);
    applyNow(where.client, { type: "conversation.changed", data: { conversation: linked } }, where.me.id);
    for (const id of [before, linked.contact?.id])
      if (id) void where.client.invalidateQueries({ queryKey: keys.contact(id) });
    if (isSaid)
      toast(t("contact.linked", { name: linked.contact?.name ?? "" }), () => {
        void linkContact(linked, { contact_id: before }, where, false).then((wrong) => wrong && toastError(wrong));
      });
    return null;
  } catch (problem) {
    return sentence(problem);
  }
}
