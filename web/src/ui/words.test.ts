import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileCatalogue } from "../../messages.plugin";
import { loadCatalogue, loadLater, t } from "./i18n";

const read = (name: string) => readFileSync(join(import.meta.dirname, "messages", name), "utf8");
const en = JSON.parse(read("en.json")) as Record<string, string>;
const nb = JSON.parse(read("nb.json")) as Record<string, string>;
const SOURCE = join(import.meta.dirname, "..");
const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((file) =>
  /(?<!\.test)\.tsx?$/.test(file),
);

const placeholders = (text: string) => [...new Set([...text.matchAll(/\{(\w+)[,}]/g)].map((match) => match[1]))].sort();

describe("the catalogues", () => {
  it("have the same ids in every language, with the same values in each", () => {
    expect(Object.keys(nb)).toEqual(Object.keys(en));
    for (const [id, text] of Object.entries(en))
      expect([id, placeholders(nb[id] ?? "")]).toEqual([id, placeholders(text)]);
  });

  it("compile", () => {
    expect(Object.keys(compileCatalogue(read("nb.json")))).toHaveLength(Object.keys(nb).length);
  });

  it("speak plurals by the rules of their language", async () => {
    await loadCatalogue("nb");
    await loadLater();
    expect([t("mail.quoted", { count: 1 }), t("mail.quoted", { count: 14 })]).toEqual([
      "Sitert tekst, 1 linje",
      "Sitert tekst, 14 linjer",
    ]);
    await loadCatalogue("en");
    await loadLater();
    expect(t("files.label", { count: 2 })).toBe("2 files");
  });

  it("have no id that nobody uses", () => {
    const source = files.map((file) => readFileSync(join(SOURCE, file), "utf8")).join("\n");
    const made =
      /^(check|filters|radar|token|notifications|panes|reach|search_note|why|origin|identity|health|theme|locale|keys|color|priority|snooze|steer)\.|^snippets\.file_/;
    expect(Object.keys(en).filter((id) => !made.test(id) && !source.includes(`"${id}"`))).toEqual([]);
  });
});

describe("the code", () => {
  it("holds no words for people", () => {
    const spoken = files.flatMap((file) => {
      const text = readFileSync(join(SOURCE, file), "utf8");
      const inMarkup = [
        ...text.matchAll(/^\s+([A-Z][a-z]+(?: [a-z]+)+\.?)\s*$/gm),
        ...text.matchAll(/>([A-Z][a-z]+[^<>{}=;]*)<\//g),
      ];
      const inNames = [...text.matchAll(/\b(?:aria-label|title|placeholder|alt)="([^"]+)"/g)];
      return [...inMarkup, ...inNames].map((match) => `${file}: ${match[1]}`);
    });
    expect(spoken).toEqual([]);
  });

  it("names no kind of channel", () => {
    const kinds =
      "email|chat|form|custom|telegram|line|viber|wechat|slack|messenger|instagram|whatsapp|sms|voice|call|twilio|meta";
    const named = new RegExp(
      [
        `kind\\s*[!=]==?\\s*["'\`](${kinds})["'\`]`,
        `case\\s+["'](${kinds})["']`,
        `kind(:|=)\\s*\\{?["'](${kinds})["']`,
        `--ch-(${kinds})\\b(?<!--ch-custom)`,
        "\\b(WhatsApp|Telegram|Messenger|Viber|WeChat|Slack|Instagram|Twilio)\\b",
      ].join("|"),
    );
    const found = files.filter((file) => named.test(readFileSync(join(SOURCE, file), "utf8")));
    expect(found).toEqual([]);
  });

  it("keeps every file under 300 lines", () => {
    const long = files.filter(
      (file) => readFileSync(join(SOURCE, file), "utf8").split("\n").length > 301 && !file.endsWith(".d.ts"),
    );
    expect(long).toEqual([]);
  });
});
