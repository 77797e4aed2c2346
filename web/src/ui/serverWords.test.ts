import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { spokenIn } from "../api/channelWords";
import type { Channel } from "../api/types";
import { loadCatalogue } from "./i18n";
import { forget, learn, onWords } from "./learned";
import core from "./server.nb.json";
import { inWords } from "./serverWords";

const REPOSITORY = new URL("../../../", import.meta.url).pathname;
const read = (path: string) => readFileSync(`${REPOSITORY}${path}`, "utf8");
const filesIn = (folder: string, end: RegExp) =>
  (readdirSync(`${REPOSITORY}${folder}`, { recursive: true }) as string[])
    .filter((path) => end.test(path))
    .map((path) => `${folder}/${path}`);
const OF_CHANNELS = filesIn("innboks/channels", /words\.\w+\.json$/);
const places = (text: string) => [...new Set(text.match(/\{\d\}/g) ?? [])].sort();

afterEach(() => {
  forget();
  vi.unstubAllEnvs();
});

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

  it.each([
    ["en", /^This channel took answers until 22 Nov( 2026)?, 10:00\. It takes/],
    ["nb", /^Denne kanalen tok svar fram til 22\. nov\.( 2026)? kl\.\u00a010\.00\. Den tar/],
  ] as const)("names a moment in the reader's zone and way in %s", async (locale, said) => {
    vi.stubEnv("TZ", "Europe/Oslo");
    await loadCatalogue(locale);
    if (locale === "nb") learn(core);
    const told = "This channel took answers until 2026-11-22T09:00Z. It takes them again when the customer writes.";
    expect(inWords(told)).toMatch(said);
    expect(inWords("What is none stays: 2026-99-22T09:00Z.")).toContain("2026-99-22T09:00Z");
  });

  it("tells what stands on the screen already when its words come", () => {
    const seen: string[] = [];
    const stop = onWords(() => seen.push(inWords("The door is shut.")));
    learn({ "The door is shut.": "Døren er lukket." });
    stop();
    learn({ "The door is open.": "Døren er åpen." });
    expect(seen).toEqual(["Døren er lukket."]);
  });

  it("keeps every place in both languages", () => {
    expect(OF_CHANNELS).not.toHaveLength(0);
    for (const words of [core, ...OF_CHANNELS.map((path) => JSON.parse(read(path)) as Record<string, string>)])
      for (const [english, said] of Object.entries(words)) expect(places(said), english).toEqual(places(english));
  });

  it("is said in whole sentences where the server puts one together", () => {
    learn(core);
    expect(inWords("“name” must be a text or null with at least 1 characters or entries.")).toBe(
      "«name» må være en tekst eller tomt med minst 1 tegn eller oppføringer.",
    );
    expect(inWords("Website: this is not a link. Write it like https://example.org.")).toBe(
      "Website: dette er ikke en lenke. Skriv den som https://example.org.",
    );
    expect(inWords("The request must be an object.")).toBe("Forespørselen må være et objekt.");
  });

  it("is never drawn as it came", () => {
    // Not the server's: what people wrote, what has been said already.
    const others = /ui\/Picker|ui\/ClockChip|editor\/useSuggest|channels\/SignInSteps|availability\/Absences/;
    const raw =
      /(?:^\s*|>)\{(?:(?:\w+\.)+(?:problem|reason|sentence|detail|note)|detail|note)\}|toastError\((?:\w+\.)+\w+\)/m;
    const files = filesIn("web/src", /\.tsx$/).filter((path) => !others.test(path));
    expect(files.filter((path) => raw.test(read(path)))).toEqual([]);
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
