import { beforeAll, expect, it } from "vitest";
import type { Conversation, Message } from "../../api/types";
import { loadCatalogue, loadLater } from "../../ui/i18n";
import { recipientLine } from "./people";

beforeAll(async () => {
  await loadCatalogue("en");
  await loadLater();
});

const KARI = { id: "1", name: "Kari Nes", address: "kari@nes.example" } as Conversation["contact"];

function sentTo(...recipients: [role: string, address: string, name?: string][]): Message {
  return {
    recipients: recipients.map(([role, address, name = ""]) => ({ role, address, name })),
    data: {},
  } as unknown as Message;
}

it("says the contact's name of who was written to by address alone, and of others what they were called", () => {
  expect(recipientLine(sentTo(["to", "Kari@Nes.example"]), KARI)).toContain("Kari Nes");
  expect(recipientLine(sentTo(["to", "kari@nes.example", "K. Nes"]), KARI)).toContain("K. Nes");
  const both = recipientLine(sentTo(["to", "kari@nes.example"], ["cc", "boss@nes.example"]), KARI);
  expect(both).toContain("Kari Nes");
  expect(both).toContain("boss@nes.example");
});
