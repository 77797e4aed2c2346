import { beforeAll, expect, it } from "vitest";
import type { Channel, ChannelAccount, Reach } from "../../api/types";
import { loadCatalogue, loadLater } from "../../ui/i18n";
import { waysOut } from "./waysOut";

beforeAll(async () => {
  await loadCatalogue("en");
  await loadLater();
});

it("says of a way why its server cannot be reached and lets it be chosen, other than one that is broken", () => {
  const account = (id: string, state: string, sentence = "") =>
    ({
      id,
      kind: "email",
      inbox_id: "1",
      is_active: true,
      may_send: true,
      archived_at: null,
      health: { state, sentence },
    }) as unknown as ChannelAccount;
  const channels = [{ kind: "email", abilities: { recipient_roles: ["to"], may_start: true } }] as unknown as Channel[];
  const accounts = [
    account("1", "connected"),
    account("2", "unreachable", "There is no server imap.tindra.example."),
    account("3", "unreachable"),
    account("4", "broken", "The password was refused."),
  ];
  const found = waysOut(accounts, channels, { channel_account_id: "1", inbox_id: "1" }, undefined, "reply");
  expect(found.map(({ account, reason, isOff }) => [account.id, reason, isOff])).toEqual([
    ["1", "", false],
    ["2", "There is no server imap.tindra.example.", false],
    ["3", "Cannot be reached", false],
    ["4", "The password was refused.", true],
  ]);
});

it("goes to another channel where they wrote before, and to none that only its own conversations are answered on", () => {
  const kinds = { line: {}, post: { may_start: true, identity: "email" }, wire: {}, web: { is_recorded_sent: true } };
  const channels = Object.entries(kinds).map(([kind, abilities]) => ({
    kind,
    abilities: { recipient_roles: [], identity: "opaque", ...abilities },
  })) as unknown as Channel[];
  const account = (id: string, kind: string) =>
    ({
      id,
      kind,
      inbox_id: "1",
      is_active: true,
      may_send: true,
      archived_at: null,
      health: { state: "connected" },
    }) as ChannelAccount;
  const accounts = [
    account("1", "line"),
    account("2", "post"),
    account("3", "wire"),
    account("4", "wire"),
    account("5", "web"),
  ];
  const reach = ["3", "4", "5"].map(
    (id) =>
      ({
        channel_account_id: id,
        addresses: id === "4" ? [] : ["mia"],
        conversation_id: id === "4" ? null : "9",
        reason: "",
      }) as unknown as Reach,
  );
  const found = waysOut(accounts, channels, { channel_account_id: "1", inbox_id: "1" }, undefined, "reply", reach);
  expect(found.map(({ account, reason }) => [account.id, reason])).toEqual([
    ["1", ""],
    ["3", ""],
    ["2", "No mail address known"],
    ["4", "Has to write first"],
    ["5", "Has to write first"],
  ]);
});
