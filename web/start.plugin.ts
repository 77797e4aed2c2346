/* Makes src/app/start.ts a small script of its own, with everything it needs in it, and names it first in the page: a module would wait for the whole page
 * to be read, and one that shares files with the app for the app. It is told where the words of each language are, and
 * the font. */
import { createHash } from "node:crypto";
import { build, type Plugin } from "vite";
import { LOCALES } from "./src/ui/preferredLocale.ts";

const START = new URL("src/app/start.ts", import.meta.url).pathname;
const PLACE = "<!-- start -->";

async function made(): Promise<string> {
  const built = await build({
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    build: { write: false, target: "es2022", rolldownOptions: { input: START, output: { format: "iife" } } },
  });
  const [first] = Array.isArray(built) ? built : [built];
  if (!first || !("output" in first)) throw new Error("start.ts was not built");
  return first.output[0].code;
}

export function start(): Plugin {
  let isBuild = false;
  let file = "";
  return {
    name: "innboks-start",
    configResolved(config) {
      isBuild = config.command === "build";
    },
    async buildStart() {
      if (!isBuild) return;
      const source = await made();
      file = `assets/start-${createHash("sha256").update(source).digest("hex").slice(0, 8)}.js`;
      this.emitFile({ type: "asset", fileName: file, source });
    },
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        if (!isBuild) return html.replace(PLACE, '<script type="module" src="/src/app/start.ts"></script>');
        const words = LOCALES.map((locale) => {
          const chunk = Object.values(bundle ?? {}).find(
            (one) => one.type === "chunk" && one.facadeModuleId?.endsWith(`/messages/${locale}.json`),
          );
          if (!chunk) throw new Error(`there are no words in “${locale}”`);
          return `data-${locale}="/${chunk.fileName}"`;
        });
        const font = Object.keys(bundle ?? {}).find((name) => /\/inter-latin-wght-normal-[^/]*\.woff2$/.test(name));
        if (!font) throw new Error("there is no font");
        return html.replace(PLACE, `<script src="/${file}" ${words.join(" ")} data-font="/${font}"></script>`);
      },
    },
  };
}
