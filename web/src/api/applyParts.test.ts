import { describe, expect, it } from "vitest";
import { apply, type Cache } from "./apply";
import type { Message } from "./types";

const context = { me: "1", reading: null };
const message = (id: string, part: Partial<Message> = {}) =>
  ({ id, conversation_id: "5", client_id: null, direction: "in", ...part }) as Message;
const part = (ids: string[], previous: string | null) => ({
  pages: [{ items: ids.map((id) => message(id)), next: null, previous }],
  pageParams: [null],
});
const cacheOf = (messages: Cache["messages"]): Cache => ({
  lists: [],
  conversations: {},
  messages,
  contacts: {},
  notes: {},
});
const idsOf = (cache: Cache, key: string) =>
  cache.messages[key]?.pages.flatMap((page) => page.items.map((one) => one.id));
const added = (cache: Cache, id: string) =>
  apply(cache, { type: "message.added", data: { message: message(id) } }, context);

describe("a part of a long conversation", () => {
  it("gets a new message only when it reaches the end", () => {
    const apart = cacheOf({ "5": part(["20"], null), "5@8": part(["8"], "8") });
    const after = added(apart, "21");
    expect(idsOf(after, "5")).toEqual(["20", "21"]);
    expect(after.messages["5@8"]).toBe(apart.messages["5@8"]);
    expect(idsOf(added(cacheOf({ "5@8": part(["8"], null) }), "21"), "5@8")).toEqual(["8", "21"]);
    expect(idsOf(added(cacheOf({ "5@8": part(["8", "12"], "12") }), "10"), "5@8")).toEqual(["8", "10", "12"]);
  });

  it("loses what was moved or taken back, like the conversation itself", () => {
    const cache = cacheOf({ "5": part(["8"], null), "5@8": part(["8"], null), "6": part([], null) });
    const moved = message("8", { conversation_id: "6" });
    const after = apply(cache, { type: "message.changed", data: { message: moved } }, context);
    expect([idsOf(after, "5"), idsOf(after, "5@8"), idsOf(after, "6")]).toEqual([[], [], ["8"]]);
    const gone = { type: "message.removed", data: { conversation_id: "5", message_id: "8" } } as const;
    expect(idsOf(apply(cache, gone, context), "5@8")).toEqual([]);
  });

  it("goes with a conversation that one may not see any more", () => {
    const cache = cacheOf({ "5": part(["8"], null), "5@8": part(["8"], null), "6": part([], null) });
    const after = apply(cache, { type: "conversation.gone", data: { conversation_id: "5" } }, context);
    expect(Object.keys(after.messages)).toEqual(["6"]);
  });
});
