import { describe, expect, it } from "vitest";
import { overtaken, staleKeys } from "./stale";
import type { Contact, StreamEvent } from "./types";

describe("an answer that is on its way while news comes", () => {
  const keysOf = (event: unknown) => overtaken(event as StreamEvent);

  it("is asked for again: the messages, and the conversation that changed or was read", () => {
    const both = [
      ["messages", "7"],
      ["conversation", "7"],
    ];
    expect(keysOf({ type: "conversation.changed", data: { conversation: { id: "7" } } })).toEqual(both);
    expect(keysOf({ type: "read.changed", data: { conversation_id: "7" } })).toEqual(both);
    const inOne = { message: { id: "1", conversation_id: "7" } };
    for (const type of ["message.added", "message.changed"])
      expect(keysOf({ type, data: inOne })).toEqual([["messages", "7"]]);
    expect(keysOf({ type: "message.removed", data: { conversation_id: "7", message_id: "1" } })).toEqual([
      ["messages", "7"],
    ]);
    expect(keysOf({ type: "messages.moved", data: { conversation_id: "7" } })).toEqual([["messages"]]);
  });

  it("is none of those that somebody else's reading, looking or typing has nothing to do with", () => {
    const about = { conversation_id: "8", users: [] };
    for (const type of ["presence", "takeover", "draft.changed", "reminders.changed", "mention.changed"])
      expect(keysOf({ type, data: about })).toEqual([]);
    expect(keysOf({ type: "read.changed", data: about })).not.toContainEqual(["messages", "7"]);
    expect(keysOf({ type: "radar.changed", data: {} })).toEqual([]);
  });
});

describe("a conversation that gets another contact", () => {
  it("makes old what is known of both", () => {
    const read = ["1", "2", "3"].map(
      (id) => ({ id, conversations: id === "2" ? [{ id: "7" }] : [] }) as unknown as Contact,
    );
    const moved = (contact: unknown) =>
      staleKeys({ type: "conversation.changed", data: { conversation: { id: "7", contact } } } as StreamEvent, read);
    expect(moved({ id: "1" })).toEqual([
      ["contact", "1"],
      ["contact", "2"],
    ]);
    expect(moved({ id: "2" })).toEqual([["contact", "2"]]);
    expect(moved(null)).toEqual([["contact", "2"]]);
  });
});
