import { describe, expect, it } from "vitest";
import { apply, type Cache } from "./apply";
import type { Contact, Conversation, Note } from "./types";

const context = { me: "1", reading: null };
const row = (id: string, contact: string) =>
  ({ id, contact: { id: contact, name: "Maja", address: "" } }) as Conversation;
const contact = { id: "9", name: "Maja Lindqvist", conversations: [] } as unknown as Contact;
const note = (id: string, part: Partial<Note> = {}): Note => ({
  id,
  contact_id: "9",
  author_id: "1",
  text: `Note ${id}`,
  created_at: "2026-11-22T10:00:00Z",
  edited_at: null,
  is_deleted: false,
  ...part,
});
const rows = { pages: [{ items: [row("1", "9"), row("2", "8")], next: null }], pageParams: [null] };
const cache: Cache = {
  lists: [{ filter: { view: "open" }, pages: rows }],
  conversations: { "1": row("1", "9"), "2": row("2", "8") },
  messages: {},
  contacts: { "9": { ...contact, name: "Maja" } },
  notes: { "9": [note("4"), note("2")] },
};
const change = (data: { contact_id: string; contact?: Contact; note?: Note }) =>
  apply(cache, { type: "contact.changed", data }, context);

describe("a contact", () => {
  it("has its new name everywhere, and nobody else has", () => {
    const after = change({ contact_id: "9", contact });
    expect(after.contacts["9"]?.name).toBe("Maja Lindqvist");
    expect(after.lists[0]?.pages.pages[0]?.items.map((one) => one.contact?.name)).toEqual(["Maja Lindqvist", "Maja"]);
    expect(after.conversations["1"]?.contact?.name).toBe("Maja Lindqvist");
    expect(after.conversations["2"]).toBe(cache.conversations["2"]);
  });

  it("is left alone by news that says only that something changed", () => {
    expect(change({ contact_id: "9" })).toBe(cache);
    expect(change({ contact_id: "7", note: note("5", { contact_id: "7" }) }).notes).toBe(cache.notes);
  });

  it("gets notes, the newest first, loses deleted ones and has them back", () => {
    const ids = (after: Cache) => after.notes["9"]?.map((one) => one.id);
    expect(ids(change({ contact_id: "9", note: note("10") }))).toEqual(["10", "4", "2"]);
    expect(ids(change({ contact_id: "9", note: note("4", { is_deleted: true }) }))).toEqual(["2"]);
    expect(change({ contact_id: "9", note: note("2", { text: "Other" }) }).notes["9"]?.[1]?.text).toBe("Other");
    const gone = change({ contact_id: "9", note: note("4", { is_deleted: true }) });
    expect(ids(apply(gone, { type: "contact.changed", data: { contact_id: "9", note: note("4") } }, context))).toEqual([
      "4",
      "2",
    ]);
  });
});
