/* Compiles the message catalogues (src/ui/messages/*.json, ICU MessageFormat) while building, so that no ICU parser is shipped to the browser
 * and nothing is evaluated there. What a catalogue becomes is read by `src/ui/i18n.ts`. */
import { compileMessage } from "@lingui/message-utils/compileMessage";
import type { Plugin } from "vite";

export function compileCatalogue(source: string): Record<string, unknown> {
  const messages = JSON.parse(source) as Record<string, string>;
  return Object.fromEntries(Object.entries(messages).map(([id, text]) => [id, compileMessage(text)]));
}

export function messages(): Plugin {
  return {
    name: "innboks-messages",
    enforce: "pre",
    transform(source, id) {
      if (!/\/messages\/[a-z-]+\.json$/i.test(id)) return null;
      return { code: `export default ${JSON.stringify(compileCatalogue(source))};`, map: null, moduleType: "js" };
    },
  };
}
