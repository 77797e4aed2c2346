import { beforeAll, describe, expect, it } from "vitest";
import type { ChannelAccount, HealthState } from "../../api/types";
import { loadCatalogue, loadLater } from "../../ui/i18n";
import { healthWords } from "./healthWords";

beforeAll(async () => {
  await loadCatalogue("en");
  await loadLater();
});

const NOW = new Date("2026-11-27T12:00:00Z");

const account = (state: HealthState, more: Partial<ChannelAccount["health"]> = {}, last: string | null = null) =>
  ({
    health: { state, sentence: "", action: "", since: null, usual_s: null, ...more },
    last_received_at: last,
    kept_count: 0,
  }) as unknown as ChannelAccount;

describe("the words of a connection", () => {
  it("says why a mailbox cannot be reached, since when, and what to do", () => {
    const told = { sentence: "There is no server imap.tindra.example.", action: "Check the server's name." };
    const [first, second] = healthWords(
      account("unreachable", { ...told, since: "2026-11-27T11:00:00Z" }),
      "Support",
      NOW,
    );
    expect(first).toBe("There is no server imap.tindra.example.");
    expect(second).toMatch(/^Since .+\. Check the server's name\.$/);
  });

  it("says since when as a time, not as what could be a date", async () => {
    await loadCatalogue("nb");
    const since = new Date(2026, 10, 27, 9, 41).toISOString();
    const [, second] = healthWords(account("paused", { since }), "Support", new Date(2026, 10, 27, 12));
    await loadCatalogue("en");
    expect(second).toBe("Siden kl.\u00a009.41.");
  });

  it("says of what waits while it is paused that resuming sends it", () => {
    const paused = { ...account("paused", { sentence: "Paused by Ada." }), kept_count: 2 };
    expect(healthWords(paused, "Support", NOW)).toEqual([
      "Paused by Ada.",
      "2 replies are kept and go out when you resume the channel.",
    ]);
  });

  it("calls silence quiet by its own rhythm only", () => {
    const [first, second] = healthWords(account("quiet", { usual_s: 1200 }, "2026-11-27T07:00:00Z"), "Support", NOW);
    expect(first).toContain("Unusually quiet for 5");
    expect(second).toMatch(/^Normally a message every 20.min\.$/);
    const tried = { ...account("quiet", { usual_s: 1200 }, "2026-11-27T07:00:00Z"), test_address: "a@tindra.example" };
    expect(healthWords(tried as ChannelAccount, "Support", NOW)[1]).toMatch(/ Test it\.$/);
  });

  it("says whether records pass, and of an unfinished set-up what works and what is missing", () => {
    const records = [
      { name: "SPF", state: "ok" },
      { name: "DKIM", state: "missing" },
    ];
    const came = "2026-11-27T11:00:00Z";
    const good = { ...account("connected", {}, came), records: [records[0]] } as unknown as ChannelAccount;
    expect(healthWords(good, "Support", NOW)[1]).toBe("SPF passes");
    const begun = { ...account("unfinished", {}, came), records, setup_step: "tickets" } as unknown as ChannelAccount;
    expect(healthWords(begun, "Support", NOW)[1]).toBe("Receiving works. The DKIM record was not found.");
    const fresh = { ...account("unfinished"), setup_step: "assignment" } as unknown as ChannelAccount;
    expect(healthWords(fresh, "Support", NOW)[1]).toBe("Nothing has come in yet. Next: Assignment.");
  });
});
