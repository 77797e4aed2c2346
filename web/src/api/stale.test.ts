import { describe, expect, it } from "vitest";
import { overtaken, staleKeys } from "./stale";
import type { Contact, StreamEvent } from "./types";

describe("an answer that is on its way while news comes", () => {
  const keysOf = (event: unknown) => overtaken(event as StreamEvent);

  it("is asked for again: the messages, and the conversation that changed or was read", () => {
    expect(keysOf({ type: "conversation.changed", data: { conversation: { id: "7" } } })).toEqual([
      ["messages"],
      ["conversation", "7"],
    ]);
    expect(keysOf({ type: "read.changed", data: { conversation_id: "7" } })).toEqual([
      ["messages"],
      ["conversation", "7"],
    ]);
    expect(keysOf({ type: "message.added", data: { message: { id: "1" } } })).toEqual([["messages"]]);
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
