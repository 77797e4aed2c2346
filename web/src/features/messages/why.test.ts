import { describe, expect, it } from "vitest";
import type { Message } from "../../api/types";
import { bareSubject, doubtAbout } from "./why";

const message = (id: string, part: Partial<Message> = {}): Message =>
  ({
    id,
    type: "message",
    direction: "in",
    subject: "Tent",
    sender: { name: "Maja", address: "maja@example.com" },
    recipients: [{ name: "", address: "support@tindra.example", role: "to", state: null, reason: "" }],
    why: { how: "own" },
    ...part,
  }) as Message;

describe("a bare subject", () => {
  it.each([
    ["Re: SV: Fwd: Tent", "tent"],
    ["RE[2]: [club] Tent  leaks", "tent leaks"],
    ["Regarding: Tent", "regarding: tent"],
    ["", ""],
  ])("of %s is %s", (subject, bare) => expect(bareSubject(subject)).toBe(bare));
});

describe("a doubt about a message's place", () => {
  const first = message("1", { why: { how: "new" } });
  const of = (next: Message) => doubtAbout(next, [first, next], "Tent");

  it("comes with another subject", () => {
    expect(of(message("2", { subject: "Re: Tent" }))).toBeNull();
    expect(of(message("2", { subject: "An invoice" }))).toEqual({ reason: "subject", was: "Tent", is: "An invoice" });
  });

  it("comes with somebody who had no part in it", () => {
    const other = { name: "Ola", address: "ola@example.org" };
    expect(of(message("2", { sender: other }))).toEqual({ reason: "sender", was: "Maja", is: "Ola" });
    expect(of(message("2", { sender: { address: "Support@tindra.example" } }))).toBeNull();
  });

  it("does not come for the first message, for ours, or where a person put it", () => {
    expect(doubtAbout(first, [first], "Another")).toBeNull();
    expect(of(message("2", { direction: "out", subject: "Other" }))).toBeNull();
    expect(of(message("2", { why: { how: "moved" }, subject: "Other" }))).toBeNull();
  });
});
