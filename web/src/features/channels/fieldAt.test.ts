import { describe, expect, it } from "vitest";
import { Problem } from "../../api/client";
import { fieldAt } from "./fieldAt";
import { fieldsOf } from "./schema";

const FIELDS = fieldsOf({
  properties: { room: { type: "string" }, shown_as: { type: "string", "x-brand": "name" } },
});
const refused = (field?: string) => new Problem(409, { detail: "No.", code: "no", field });

describe("beside which field a refusal stands", () => {
  it("is the one that the server names, wherever it was sent", () => {
    expect(fieldAt(refused("config.room"), FIELDS)).toBe("room");
    expect(fieldAt(refused("accepts_terms"), FIELDS)).toBe("accepts_terms");
  });
  it("is that of the name, whatever the channel calls it", () => {
    expect(fieldAt(refused("sender_name"), FIELDS)).toBe("shown_as");
    expect(fieldAt(refused("sender_name"), [])).toBe(undefined);
  });
  it("is none where none is named, or the line was away", () => {
    expect(fieldAt(refused(), FIELDS)).toBe(undefined);
    expect(fieldAt(new Error("away"), FIELDS)).toBe(undefined);
  });
});
