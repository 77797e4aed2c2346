import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = join(import.meta.dirname, "..");
const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css"));

/** Every selector of a file; what stands in @media counts as well. */
function selectors(css: string): string[] {
  const found = css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/@(font-face|keyframes[^{]*)\{(?:[^{}]|\{[^{}]*\})*\}/g, "")
    .replace(/@(media|supports|layer)[^{]*\{/g, "")
    .matchAll(/([^{}]+)\{/g);
  return [...found].flatMap(([, list]) => (list ?? "").split(/,(?![^(]*\))/).map((one) => one.trim()));
}

const classesOf = (selector: string) => [...selector.matchAll(/\.([a-zA-Z][\w-]*)/g)].map(([, name]) => name ?? "");
/** ".card", ".card:hover", ".card[open]": the class by itself, wherever it is used. */
const bare = (selector: string) =>
  /^\.([a-zA-Z][\w-]*)((::?(?!has\b)[a-z-]+(\([^)]*\))?)|\[[^\]]*\])*$/.exec(selector)?.[1];

const owners = new Map<string, Set<string>>();
for (const file of files)
  for (const selector of selectors(readFileSync(join(SRC, file), "utf8"))) {
    const name = bare(selector);
    if (name) owners.set(name, (owners.get(name) ?? new Set()).add(file));
  }

describe("global classes", () => {
  it("are each defined in one file only", () => {
    const twice = [...owners].filter(([, where]) => where.size > 1).map(([name, where]) => `.${name}: ${[...where]}`);
    expect(twice).toEqual([]);
  });

  it("of another file are only changed inside a class of one's own", () => {
    const loose = files.flatMap((file) =>
      selectors(readFileSync(join(SRC, file), "utf8"))
        .filter((selector) => {
          const names = classesOf(selector);
          const foreign = names.filter((name) => owners.has(name));
          return foreign.length > 0 && !names.some((name) => owners.get(name)?.has(file) || !owners.has(name));
        })
        .map((selector) => `${file}: ${selector}`),
    );
    expect(loose).toEqual([]);
  });
});
