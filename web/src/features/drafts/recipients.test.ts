import { describe, expect, it } from "vitest";
import type { ChannelAccount, Message } from "../../api/types";
import { bare, isCrowd, looksLikeAddress, newcomers, replyAddresses, splitAddresses } from "./recipients";

const accounts = [{ address: "support@tindra.example", hosted_address: "in-1@inbox.example" }] as ChannelAccount[];
const incoming = {
  type: "message",
  direction: "in",
  sender: { name: "Priya", address: "priya@nair.example" },
  recipients: [
    { name: "", address: "Support@tindra.example", role: "to" },
    { name: "", address: "club@hikers.example", role: "cc" },
    { name: "", address: "secret@hikers.example", role: "bcc" },
  ],
} as Message;

describe("who a reply goes to", () => {
  it("is the one who wrote", () => {
    expect(replyAddresses([incoming], accounts, "", false)).toEqual({ to: ["priya@nair.example"], cc: [], bcc: [] });
  });

  it("with reply all is everybody but us and the blind copies", () => {
    expect(replyAddresses([incoming], accounts, "", true)).toEqual({
      to: ["priya@nair.example"],
      cc: ["club@hikers.example"],
      bcc: [],
    });
  });

  it("is not all of more than one message can go to", () => {
    const cc = Array.from({ length: 99 }, (_, nth) => `p${nth}@crowd.example`);
    expect(isCrowd({ to: ["maja@example.com"], cc, bcc: [] })).toBe(false);
    expect(isCrowd({ to: ["maja@example.com"], cc: [...cc, "one@more.example"], bcc: [] })).toBe(true);
  });

  it("is the contact where nobody has written yet", () => {
    expect(replyAddresses([], accounts, "maja@example.com", false).to).toEqual(["maja@example.com"]);
  });

  it("marks people who were not in the conversation", () => {
    const found = newcomers(
      { to: ["priya@nair.example"], cc: ["Treasurer <new@hikers.example>"], bcc: [] },
      [incoming],
      "",
    );
    expect([...found]).toEqual(["new@hikers.example"]);
  });
});

describe("typed addresses", () => {
  it("are split at commas, semicolons and lines, not inside quotes", () => {
    expect(splitAddresses('"Nair, Priya" <p@x.example>; a@b.example,\n c@d.example')).toEqual([
      '"Nair, Priya" <p@x.example>',
      "a@b.example",
      "c@d.example",
    ]);
  });

  it("are compared without names and case", () => {
    expect(bare("Priya <Priya@Nair.example>")).toBe("priya@nair.example");
    expect(looksLikeAddress("Priya <priya@nair.example>")).toBe(true);
    expect(looksLikeAddress("priya")).toBe(false);
  });
});
