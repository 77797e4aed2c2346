/* Tells the service worker what the page names: it keeps these files, and the browser takes them from there without asking it. Since their names change
 * with their content, each build has a worker that differs from the last one, and browsers take it. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";

export function worker(): Plugin {
  return {
    name: "innboks-worker",
    apply: "build",
    async writeBundle({ dir = "" }) {
      const page = await readFile(join(dir, "index.html"), "utf8");
      const named = [...page.matchAll(/(?:src|href|data-[a-z]+)="(\/[^"]+)"/g)].map((match) => match[1]);
      const file = join(dir, "sw.js");
      await writeFile(file, `self.innboksNamed = ${JSON.stringify(named)};\n${await readFile(file, "utf8")}`);
    },
  };
}
