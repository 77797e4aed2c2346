import { beforeAll, expect, it } from "vitest";
import { loadCatalogue, loadLater } from "../../ui/i18n";
import { whenOf } from "./Invitation";

beforeAll(async () => {
  await loadCatalogue("en");
  await loadLater();
});

const at = (iso: string) => new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

it("says when by the reader's own clock, and as it was written where the zone is not known", () => {
  const [starts, ends] = ["2026-11-03T13:00:00Z", "2026-11-03T14:00:00Z"];
  const shown = whenOf({ starts, ends, written: "2026-11-03 14:00–15:00 Europe/Oslo" });
  expect(shown).toContain(at(starts));
  expect(shown.endsWith(`–${at(ends)}`)).toBe(true);
  const written = "2026-11-03 14:00 Nowhere";
  expect(whenOf({ starts: "2026-11-03T14:00:00", ends: "", written })).toBe(written);
  expect(whenOf({ starts: "2026-12-24", ends: "2026-12-26", written: "" })).toBe("24 Dec 2026–26 Dec 2026");
  expect(whenOf({ starts: "2026-12-24", ends: "2026-12-24", written: "" })).toBe("24 Dec 2026");
  expect(whenOf({ starts: "", ends: "", written: "" })).toBe("");
});
