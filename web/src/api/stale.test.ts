import { describe, expect, it } from "vitest";
import { overtaken } from "./stale";
import type { StreamEvent } from "./types";

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
