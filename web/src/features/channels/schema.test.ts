import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../../api/types";
import { configOf, fieldsOf, isShown } from "./schema";

const schema: JsonSchema = {
  $ref: "#/$defs/Config",
  $defs: {
    Config: {
      type: "object",
      required: ["address"],
      properties: {
        method: { enum: ["forwarding", "fetching"], default: "forwarding", title: "Method" },
        address: { type: "string", examples: ["you@example.com"] },
        port: { type: "integer", default: 0, minimum: 0, maximum: 65535, "x-show-if": { method: ["fetching"] } },
        password: { type: "string", default: "", writeOnly: true, "x-show-if": { method: ["fetching"] } },
        save_sent: { type: "boolean", default: true },
        note: { anyOf: [{ type: "string" }, { type: "null" }], default: null, "x-advanced": true },
      },
    },
  },
};

describe("a form out of a schema", () => {
  const fields = fieldsOf(schema);
  const by = (name: string) => fields.find((field) => field.name === name);

  it("knows which control each field needs", () => {
    expect(fields.map((field) => [field.name, field.control])).toEqual([
      ["method", "choice"],
      ["address", "text"],
      ["port", "number"],
      ["password", "password"],
      ["save_sent", "switch"],
      ["note", "text"],
    ]);
    expect(by("address")).toMatchObject({ isRequired: true, example: "you@example.com", title: "Address" });
    expect(by("note")).toMatchObject({ isAdvanced: true, isRequired: false });
  });

  it("shows a field only when the others say so", () => {
    const port = by("port");
    expect(port && isShown(port, { method: "forwarding" })).toBe(false);
    expect(port && isShown(port, { method: "fetching" })).toBe(true);
  });

  it("sends what is shown and filled in, numbers as numbers", () => {
    const values = { method: "fetching", address: "a@b.example", port: "993", password: "", save_sent: false };
    expect(configOf(fields, values)).toEqual({
      method: "fetching",
      address: "a@b.example",
      port: 993,
      save_sent: false,
    });
    expect(configOf(fields, { ...values, note: "" }, true)).toMatchObject({ note: "" });
    expect(configOf(fields, { ...values, method: "forwarding" })).not.toHaveProperty("port");
  });
});
