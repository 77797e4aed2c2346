import { describe, expect, it } from "vitest";
import type { Message } from "../../api/types";
import { type Entry, entriesOf, guessHeight, indexOfMessage, startsFolded } from "./entries";

function message(id: string, part: Partial<Message> = {}): Message {
  return {
    id,
    conversation_id: "5",
    channel_account_id: "1",
    type: "message",
    direction: "in",
    state: null,
    reason: "",
    code: "",
    text: `Text ${id}`,
    has_html: false,
    quoted: "",
    signature: "",
    subject: "",
    sender: { name: "Maja", address: "maja@example.com" },
    author_id: null,
    contact_id: null,
    reply_to: [],
    next_try_at: null,
    recipients: [],
    attachments: [],
    external_id: null,
    client_id: null,
    created_at: "2026-11-22T10:00:00",
    sent_at: null,
    why: {},
    origin: {},
    is_automatic: false,
    data: {},
    reactions: [],
    edits: [],
    has_source: true,
    ...part,
  } as Message;
}

const at = (time: string) => ({ created_at: `2026-11-22T${time}:00` });
const isCard = () => false;
const shape = (entries: Entry[]) =>
  entries.map((one) =>
    one.kind === "message" ? one.message.id : one.kind === "events" ? `events ${one.messages.length}` : one.kind,
  );
const of = (messages: Message[], newFrom: string | null = null) => entriesOf(messages, { newFrom, isCard });
const placeOf = (entries: Entry[], id: string) => {
  const entry = entries[indexOfMessage(entries, id)];
  if (entry?.kind !== "message") throw new Error(`no message ${id}`);
  return entry.place;
};

describe("the entries of a thread", () => {
  it("have a divider for each further day, and none for the first", () => {
    const days = [message("1"), message("2"), message("3", { created_at: "2026-11-23T00:01:00" })];
    expect(shape(of(days))).toEqual(["1", "2", "day", "3"]);
  });

  it("say where the conversation goes on over another channel; comments are on none", () => {
    const two = { channel_account_id: "2" };
    const mixed = [
      message("1"),
      message("2", { type: "comment", direction: "none" }),
      message("3", two),
      message("4", two),
    ];
    expect(shape(of(mixed))).toEqual(["1", "2", "channel", "3", "4"]);
  });

  it("have one “New” line before the first message from outside that was not read", () => {
    const some = [message("1"), message("2", { direction: "out" }), message("3"), message("10")];
    expect(shape(of(some, "1"))).toEqual(["1", "2", "new", "3", "10"]);
    expect(shape(of(some, "3"))).toEqual(["1", "2", "3", "new", "10"]);
    expect(shape(of(some, "10"))).toEqual(["1", "2", "3", "10"]);
    expect(shape(of(some))).toEqual(["1", "2", "3", "10"]);
  });

  it("fold system entries that follow each other", () => {
    const event = { type: "system", direction: "none" } as const;
    const some = [message("1"), message("2", event), message("3", event), message("4"), message("5", event)];
    const entries = of(some);
    expect(shape(entries)).toEqual(["1", "events 2", "4", "events 1"]);
    expect(indexOfMessage(entries, "3")).toBe(1);
    expect(indexOfMessage(entries, "99")).toBe(-1);
  });

  it("put short messages of one person within two minutes together", () => {
    const entries = of([
      message("1", at("10:00")),
      message("2", at("10:02")),
      message("3", at("10:05")),
      message("4", { ...at("10:05"), direction: "out", author_id: "7" }),
      message("5", { ...at("10:06"), direction: "out", author_id: "8" }),
    ]);
    expect(["1", "2", "3", "4", "5"].map((id) => placeOf(entries, id).isContinued)).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(placeOf(entries, "1").goesOn).toBe(true);
    const cards = entriesOf([message("1"), message("2")], { newFrom: null, isCard: () => true });
    expect(placeOf(cards, "2").isContinued).toBe(false);
  });

  it("know what was answered and what was passed on", () => {
    const entries = of([
      message("1"),
      message("2", { direction: "out", state: "sent", data: { forward_of: "1" } }),
      message("3"),
      message("4", { direction: "out", state: "sent" }),
      message("5"),
      message("6", { direction: "out", state: "queued", held_for: "schedule" }),
    ]);
    const marks = ["1", "2", "3", "4", "5"].map((id) => {
      const { isAnswered, isForwarded } = placeOf(entries, id);
      return [isAnswered, isForwarded];
    });
    expect(marks).toEqual([
      [true, true],
      [false, false],
      [true, false],
      [false, false],
      [false, false],
    ]);
  });

  it("know the newest answer, and keep the new and the failed unfolded", () => {
    const many = Array.from({ length: 8 }, (_, n) => message(`${n + 1}`, { direction: n % 2 ? "out" : "in" }));
    const entries = of(many, "4");
    expect(many.filter((one) => placeOf(entries, one.id).isNewestOut).map((one) => one.id)).toEqual(["8"]);
    expect(many.filter((one) => startsFolded(one, placeOf(entries, one.id))).map((one) => one.id)).toEqual([
      "1",
      "2",
      "3",
      "4",
    ]);
    const failed = message("1", { state: "failed" });
    expect(startsFolded(failed, placeOf(entries, "1"))).toBe(false);
    expect(entries.every((one) => guessHeight(one, isCard) > 0)).toBe(true);
  });
});
