import { beforeAll, describe, expect, it } from "vitest";
import type { Abilities, Channel, ChannelAccount, Message, NewMessage } from "../../api/types";
import { loadCatalogue, loadLater } from "../../ui/i18n";
import { otherWays } from "./Elsewhere";
import { sentWords } from "./undoSend";

beforeAll(async () => {
  await loadCatalogue("en");
  await loadLater();
});

const now = new Date("2026-11-26T12:00:00");
const at = new Date("2026-11-27T08:00:00").toISOString();
const answer = (part: Partial<Message>) => part as Message;
const words = (message: Partial<NewMessage>, part: Partial<Message>) =>
  sentWords({ message: message as NewMessage }, answer(part), now);

describe("what the toast says when an answer was taken", () => {
  it("says what was done with it, and nothing of one that has simply gone", () => {
    expect(words({}, { held_for: null })).toBeNull();
    expect(words({}, { held_for: "undo" })).toBe("Sent");
    expect(words(JSON.parse('{"then":{"close":true}}'), { held_for: "undo" })).toBe("Sent and closed");
    expect(words(JSON.parse('{"then":{"close":false,"snooze_until":null}}'), { held_for: null })).toBe(
      "Sent and snoozed until they answer",
    );
    expect(words({ remind_at: at }, { held_for: null })).toBe("Sent, back tomorrow 08:00 if there is no answer");
    expect(words({ send_at: at }, { held_for: "schedule", held_until: at })).toBe("Scheduled for tomorrow 08:00");
  });
});

describe("other ways to a customer", () => {
  const channel = (kind: string, part: object) =>
    ({ kind, name: kind, abilities: { identity: "email", ...part } as unknown as Abilities }) as Channel;
  const account = (id: string, kind: string, part: object = {}) =>
    ({
      id,
      kind,
      name: id,
      inbox_id: "1",
      is_active: true,
      may_send: true,
      health: { state: "connected" },
      ...part,
    }) as ChannelAccount;
  const channels = [
    channel("post", {}),
    channel("call", { identity: "phone" }),
    channel("web", { is_recorded_sent: true }),
  ];
  const failed = answer({ channel_account_id: "1" });

  it("are those of the same inbox that work and know the person", () => {
    const accounts = [
      account("1", "post"),
      account("2", "post"),
      account("3", "post", { inbox_id: "2" }),
      account("4", "post", { health: { state: "broken" } }),
      account("5", "call"),
      account("6", "web"),
    ];
    const ways = (types: string[]) =>
      otherWays(
        failed,
        "1",
        accounts,
        channels,
        types.map((type) => ({ type })),
      ).map((one) => one.account.id);
    expect(ways(["email"])).toEqual(["2"]);
    expect(ways(["email", "phone"])).toEqual(["2", "5"]);
    expect(ways([])).toEqual([]);
  });
});
