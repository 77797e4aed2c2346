import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../../api/types";
import { configOf, fieldsOf, isAdvanced, isShown } from "./schema";

const schema: JsonSchema = {
  $ref: "#/$defs/Config",
  $defs: {
    Config: {
      type: "object",
      required: ["address"],
      properties: {
        method: {
          enum: ["forwarding", "fetching", "signing_in"],
          default: "forwarding",
          title: "Method",
          "x-labels": { fetching: "We fetch it", signing_in: null },
        },
        address: { type: "string", examples: ["you@example.com"] },
        port: {
          type: "integer",
          default: 0,
          minimum: 0,
          maximum: 65535,
          "x-show-if": { method: ["fetching"] },
          "x-beside": "address",
          "x-usual": "993",
        },
        password: { type: "string", default: "", writeOnly: true, "x-show-if": { method: ["fetching"] } },
        save_sent: { type: "boolean", default: true, "x-hint-if": { method: ["fetching"] } },
        note: { anyOf: [{ type: "string" }, { type: "null" }], default: null, "x-advanced": true },
        server: { type: "string", default: "", "x-advanced": { method: ["forwarding"] } },
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
      ["server", "text"],
    ]);
    expect(by("address")).toMatchObject({ isRequired: true, example: "you@example.com", title: "Address" });
    expect(by("note")).toMatchObject({ advancedIf: {}, isRequired: false, beside: "" });
    expect(by("port")).toMatchObject({ beside: "address", usual: "993", hintIf: {} });
    expect(by("save_sent")).toMatchObject({ hintIf: { method: ["fetching"] } });
  });

  it("has words for the values, and does not offer those that have none", () => {
    expect(by("method")?.choices).toEqual([
      { value: "forwarding", label: "Forwarding" },
      { value: "fetching", label: "We fetch it" },
    ]);
  });

  it("folds a field away always, never, or for one choice", () => {
    const folded = (method: string) =>
      fields.filter((field) => isAdvanced(field, { method })).map((field) => field.name);
    expect(folded("forwarding")).toEqual(["note", "server"]);
    expect(folded("fetching")).toEqual(["note"]);
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
