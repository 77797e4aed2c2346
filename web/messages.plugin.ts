/* Compiles the message catalogues (src/ui/messages/*.json, ICU MessageFormat) while building, so that no ICU parser is shipped to the browser
 * and nothing is evaluated there. What a catalogue becomes is read by `src/ui/i18n.ts`. */
import { compileMessage } from "@lingui/message-utils/compileMessage";
import type { Plugin } from "vite";

export function compileCatalogue(source: string): Record<string, unknown> {
  const messages = JSON.parse(source) as Record<string, string>;
  return Object.fromEntries(Object.entries(messages).map(([id, text]) => [id, compileMessage(text)]));
}

/** Words of what comes after the first inbox (threads, dialogs, settings): they stand in the same file, and are fetched as `en.json?later`. What is
 * fetched later waits for them: see `withWords` in src/ui/i18n.ts. */
const PARTS =
  "announce|appearance|availability|before_finish|brand|channels|check|color|comment|composer|confirmation|connect|connection|delete|demo|density|details|duplicate|editor|emoji|empty|export|fallback|field|files|filters|find|identity|import|inboxes|invitation|keyboard|keys|ledger|library|lightbox|mail|merge|move|note|notifications|origin|palette|password|past|people|picker|policy|profile|quarantine|radar|reach|recipients|records|roles|routing|search|search_note|sending|sessions|setup|setup_step|signin|snippets|snooze|source|spam|split|standing|starting|status|steps|strength|suggest|system|tags|teams|test_step|thread|token|tokens|unsaved|validity|waiting|welcome|when|why";
const LATER = new RegExp(`^(?:${PARTS})\\.`);

export function messages(): Plugin {
  return {
    name: "innboks-messages",
    enforce: "pre",
    transform(source, id) {
      const found = /\/messages\/[a-z-]+\.json(\?later)?$/i.exec(id);
      if (!found) return null;
      const all = Object.entries(compileCatalogue(source));
      const part = Object.fromEntries(all.filter(([name]) => LATER.test(name) === (found[1] !== undefined)));
      return { code: `export default ${JSON.stringify(part)};`, map: null, moduleType: "js" };
    },
  };
}
