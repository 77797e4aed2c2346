/* What stands in which file. All that the first inbox needs is in two, the libraries and our own code, because two large files compress better than
 * forty small ones; and nothing that is only needed later travels with them. Which that is, the imports say: whatever can be reached from main.tsx
 * without an `import()`. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

interface Modules {
  getModuleInfo: (id: string) => { importedIds: readonly string[] } | null;
}

let first: Set<string> | undefined;

/** For `codeSplitting.groups[].name`: takes the libraries ("vendor") or the own modules ("app") of the first page, and nothing that comes later. */
export const firstFile = (name: "vendor" | "app") => (id: string, modules: Modules) => {
  first ??= reachable(modules);
  const isLibrary = /[\\/]node_modules[\\/]/.test(id);
  return first.has(id) && isLibrary === (name === "vendor") ? name : null;
};

const ENTRY = new URL("src/app/main.tsx", import.meta.url).pathname;

function reachable(modules: Modules): Set<string> {
  const found = new Set<string>();
  const waiting = [ENTRY];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    waiting.push(...(modules.getModuleInfo(id)?.importedIds ?? []));
  }
  return found;
}

/** Says of the two files of the first page that nearly all they hold is called at once: the browser then compiles it beside the page while the file is
 * still coming, and not function by function while the page waits. */
export function compiledAhead(): Plugin {
  return {
    name: "innboks-compiled-ahead",
    enforce: "post",
    generateBundle: {
      order: "post", // the mark must be the first line, also before what Vite adds
      handler(_, bundle) {
        for (const chunk of Object.values(bundle))
          if (chunk.type === "chunk" && (chunk.name === "vendor" || chunk.name === "app"))
            chunk.code = `//# allFunctionsCalledOnLoad\n${chunk.code}`;
      },
    },
  };
}

/** Icons are imported from their own files: through the library's one door, every icon of the whole app would seem to belong to the first page. */
export function ownIcons(): Plugin {
  const door = createRequire(import.meta.url)
    .resolve("lucide-react")
    .replace(/cjs[\\/].*$/, "esm/lucide-react.mjs");
  const files = new Map<string, string>();
  for (const [, names, file] of readFileSync(door, "utf8").matchAll(
    /^export \{([^}]*)\} from '\.\/icons\/(.*)\.mjs';$/gm,
  ))
    for (const name of names?.split(",") ?? []) files.set(name.replace("default as", "").trim(), file ?? "");
  return {
    name: "innboks-icons",
    buildStart() {
      first = undefined; // the imports may have changed since the last build
    },
    transform(code, id) {
      if (!/\/src\/.*\.tsx?$/.test(id) || !code.includes('"lucide-react"')) return null;
      const written = code.replace(/import \{([^}]*)\} from "lucide-react";/g, (_, names: string) =>
        names
          .split(",")
          .map((name) => name.trim())
          .filter(Boolean)
          .map((name) => {
            const [icon = "", local = icon] = name.split(" as ");
            const file = files.get(icon);
            if (!file) throw new Error(`${id}: lucide-react has no ${icon}`);
            return `import ${local} from "lucide-react/icons/${file}";`;
          })
          .join(" "),
      );
      return { code: written, map: null };
    },
  };
}
