import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");

function tokensOf(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`));
  const body = block.slice(0, block.indexOf("\n}"));
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+):\s*(#[0-9A-Fa-f]{6})\b/g)].map((match) => [match[1], match[2]]),
  );
}

const light = tokensOf(":root");
const dark = { ...light, ...tokensOf('[data-theme="dark"]') };

function luminance(colour: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** UI.md section 2: text needs 4.5, borders of fields and the focus ring need 3. */
const PAIRS: [string, string, number][] = [
  ["text", "surface", 4.5],
  ["text-2", "surface", 4.5],
  ["text-3", "surface", 4.5],
  ["text-3", "bg", 4.5],
  ["text-3", "select", 4.5],
  ["text-3", "surface-2", 4.5],
  ["text-2", "surface-3", 4.5],
  ["on-accent", "accent", 4.5],
  ["accent", "surface", 4.5],
  ["accent", "bg", 4.5],
  ["accent-text", "accent-soft", 4.5],
  ["text", "bubble-out", 4.5],
  ["text", "bubble-in", 4.5],
  ["danger", "danger-soft", 4.5],
  ["danger", "surface", 4.5],
  ["warning", "warning-soft", 4.5],
  ["success", "success-soft", 4.5],
  ["info", "info-soft", 4.5],
  ["note-text", "note-bg", 4.5],
  ["on-danger", "danger-solid", 4.5],
  ["border-strong", "surface", 3],
  ["focus", "surface", 3],
];

describe.each([
  ["light", light],
  ["dark", dark],
])("colours, %s", (_name, tokens) => {
  it.each(PAIRS)("%s on %s reaches %d", (front, back, least) => {
    expect(contrast(tokens[front] ?? "", tokens[back] ?? "")).toBeGreaterThanOrEqual(least);
  });
});
