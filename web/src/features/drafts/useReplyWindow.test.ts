import { beforeAll, describe, expect, it } from "vitest";
import type { Reach } from "../../api/types";
import { loadCatalogue, loadLater } from "../../ui/i18n";
import { shutWords } from "./ShutWindow";
import { type Elsewhere, insteadWords, shutOf } from "./useReplyWindow";

beforeAll(async () => {
  await loadCatalogue("en");
  await loadLater();
});

const DAY_S = 86_400;
const END = "2026-11-22T08:47:00Z";
const at = Date.parse(END);
const told = (part: Partial<Reach>) => ({ is_open: true, reason: "", until: END, ...part }) as Reach;

describe("a reply window", () => {
  it("is open until the moment the server named, and not at it", () => {
    expect(shutOf(undefined, DAY_S, at)).toBeNull();
    expect(shutOf(told({}), DAY_S, at - 1)).toBeNull();
    expect(shutOf(told({}), DAY_S, at)).toEqual({ reason: "window_closed", since: END, window_s: DAY_S });
    expect(shutOf(told({ until: null }), DAY_S, at)).toBeNull();
  });

  it("is closed when the server says so, whatever this computer's clock says", () => {
    const closed = told({ is_open: false, reason: "window_closed" });
    expect(shutOf(closed, DAY_S, at - 1000)?.since).toBe(END);
    const never = told({ is_open: false, reason: "must_write_first", until: null });
    expect(shutOf(never, DAY_S, at)?.reason).toBe("must_write_first");
    // A connection that is paused or broken keeps the answer until it is back.
    expect(shutOf(told({ is_open: false, reason: "paused" }), DAY_S, at - 1)).toBeNull();
  });

  it("is named by its hours, where it has whole ones", () => {
    const shut = { reason: "window_closed", since: END } as const;
    expect(shutWords({ ...shut, window_s: DAY_S }, "Luis")).toMatch(/^The 24-hour window closed at .*\d\d:\d\d$/);
    expect(shutWords({ ...shut, window_s: 90 }, "Luis")).toMatch(/^The reply window closed at /);
    expect(shutWords({ reason: "must_write_first", since: null, window_s: DAY_S }, "Luis")).toBe(
      "On this channel Luis has to write first",
    );
    expect(shutWords({ reason: "must_write_first", since: null, window_s: DAY_S }, "")).toBe(
      "On this channel the customer has to write first",
    );
  });

  it("offers another channel by its kind, and by name where there are two of it", () => {
    const way = (name: string, kind: string) => ({ account: { name }, channel: { kind, name: kind } }) as Elsewhere;
    const [mail, sales, text] = [way("Support", "Email"), way("Sales", "Email"), way("Shop", "SMS")];
    expect(insteadWords(mail, [mail, text])).toBe("Email instead");
    expect(insteadWords(sales, [mail, sales])).toBe("Sales instead");
  });
});
