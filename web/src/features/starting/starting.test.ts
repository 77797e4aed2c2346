import { describe, expect, it } from "vitest";
import type { Channel, ChannelAccount, Inbox } from "../../api/types";
import { emptyDraft } from "../drafts/drafts";
import { isBlank, withPart } from "./keptDraft";
import { senderOf, senders } from "./senders";

const account = (id: string, inbox_id: string, kind = "letters", may_send = true) =>
  ({ id, inbox_id, kind, archived_at: null, is_active: true, may_send }) as ChannelAccount;
const inbox = (id: string, can_act: boolean) =>
  ({ id, access: "members", member_ids: [], team_ids: ["7"], can_act, archived_at: null }) as unknown as Inbox;
const channels = [
  { kind: "letters", abilities: { may_start: true } },
  { kind: "visits", abilities: { may_start: false } },
] as Channel[];

describe("by which accounts one may write first", () => {
  it("are those of channels that let one begin, in inboxes one may write in", () => {
    const accounts = [account("1", "1"), account("2", "2"), account("3", "3"), account("4", "1", "visits")];
    const inboxes = [inbox("1", true), inbox("2", false), inbox("3", true)];
    expect(senders(accounts, channels, inboxes).map((one) => one.id)).toEqual(["1", "3"]);
  });

  it("leaves out an address that only receives", () => {
    const accounts = [account("1", "1", "letters", false), account("2", "1")];
    expect(senders(accounts, channels, [inbox("1", true)]).map((one) => one.id)).toEqual(["2"]);
  });

  it("begin with the chosen one, then that of the view, then the first", () => {
    const options = [account("1", "1"), account("2", "2")];
    expect(senderOf(options, "1", "channel-2")?.id).toBe("1");
    expect(senderOf(options, undefined, "channel-2")?.id).toBe("2");
    expect(senderOf(options, undefined, "inbox-2")?.id).toBe("2");
    expect(senderOf(options, "gone", "open")?.id).toBe("1");
    expect(senderOf([], undefined, "open")).toBeUndefined();
  });
});

describe("the draft", () => {
  it("is worth keeping with a recipient or a subject alone", () => {
    expect(isBlank(emptyDraft())).toBe(true);
    expect(isBlank({ ...emptyDraft(), to: ["a@b.example"] })).toBe(false);
    expect(isBlank({ ...emptyDraft(), subject: "Tent" })).toBe(false);
  });

  it("keeps its client id while nothing changes, and is another message after a change", () => {
    const draft = { ...emptyDraft(), text: "One", client_id: "c" };
    expect(withPart(draft, { text: "One" }).client_id).toBe("c");
    expect(withPart(draft, { text: "Two" }).client_id).toBeUndefined();
    expect(withPart(draft, { client_id: "d" }).client_id).toBe("d");
  });
});
