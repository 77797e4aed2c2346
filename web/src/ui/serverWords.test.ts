import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { spokenIn } from "../api/channelWords";
import type { Channel } from "../api/types";
import core from "./server.nb.json";
import { forget, inWords, learn } from "./serverWords";

const EMAIL = new URL("../../../innboks/channels/email/words.nb.json", import.meta.url);
const places = (text: string) => [...new Set(text.match(/\{\d\}/g) ?? [])].sort();

afterEach(forget);

describe("what the server says", () => {
  it("is said in the reader's words, with what stands in its places, the most telling pattern first", () => {
    learn({ "{0} names {1}.": "{0} nevner {1}.", "{0} names {1} in vain.": "{0} nevner {1} forgjeves." });
    learn({ "Sending: {0}": "Ut: {0}", "The door is shut.": "Døren er lukket." });
    expect(inWords("a.example names b.example.")).toBe("a.example nevner b.example.");
    expect(inWords("a names b in vain.")).toBe("a nevner b forgjeves.");
    expect(inWords("Sending: The door is shut.")).toBe("Ut: Døren er lukket.");
    expect(inWords("Nobody knows this.")).toBe("Nobody knows this.");
    expect(inWords("")).toBe("");
  });

  it("keeps every place in both languages", () => {
    for (const words of [core, JSON.parse(readFileSync(EMAIL, "utf8")) as Record<string, string>])
      for (const [english, said] of Object.entries(words)) expect(places(said), english).toEqual(places(english));
  });
});

describe("a channel's description", () => {
  const channel = {
    kind: "pigeon",
    name: "Pigeon",
    tagline: "By air",
    guide: "Feed it.",
    config_schema: {
      properties: {
        title: { title: "Wing", description: "Left or right", enum: ["l"], "x-labels": { l: "Left" } },
      },
    },
    sign_ins: [{ provider: "loft", label: "Enter", when: {}, terms: "By air", problem: "" }],
    words: { nb: { Pigeon: "Due", "By air": "Gjennom luften", Wing: "Vinge", Left: "Venstre", title: "tittel" } },
    guides: { nb: "Gi den mat." },
  } as unknown as Channel;

  it("speaks the reader's language where it brings words, and nothing but texts is changed", () => {
    const due = spokenIn("nb", channel);
    expect([due.name, due.tagline, due.guide, due.kind]).toEqual(["Due", "Gjennom luften", "Gi den mat.", "pigeon"]);
    expect(due.sign_ins?.[0]).toMatchObject({ label: "Enter", terms: "Gjennom luften", provider: "loft" });
    expect(due.config_schema.properties).toEqual({
      title: { title: "Vinge", description: "Left or right", enum: ["l"], "x-labels": { l: "Venstre" } },
    });
    expect(spokenIn("en", channel)).toBe(channel);
  });
});
