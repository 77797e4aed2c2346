import { describe, expect, it } from "vitest";
import { placeOf, zoneOfPhone } from "./zones";

describe("where a contact is", () => {
  it.each([
    ["+46701740621", "Europe/Stockholm"],
    ["+447700900318", "Europe/London"],
    ["+35312345678", "Europe/Dublin"],
    ["+12025550100", null],
    ["+5511999999999", null],
    ["0701740621", null],
  ])("%s is in %s", (phone, zone) => expect(zoneOfPhone(phone)).toBe(zone));

  const phone = { type: "phone", value: "+46701740621" };
  it("follows what is known of the person before the number", () => {
    expect(placeOf({ properties: {}, identities: [phone] })).toEqual({ zone: "Europe/Stockholm", city: "Stockholm" });
    expect(placeOf({ properties: { time_zone: "America/New_York", city: "Ithaca" }, identities: [phone] })).toEqual({
      zone: "America/New_York",
      city: "Ithaca",
    });
    expect(placeOf({ properties: { timezone: "Nowhere/None" }, identities: [] })).toBeNull();
    expect(placeOf({ properties: {}, identities: [{ type: "email", value: "a@b.example" }] })).toBeNull();
  });
});
