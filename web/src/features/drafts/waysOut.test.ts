import { beforeAll, expect, it } from "vitest";
import type { Channel, ChannelAccount } from "../../api/types";
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
