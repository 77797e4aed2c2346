/* A channel may be connected in several ways. Its guide says with lines like `<!-- method: imap forwarding -->` for which values of a field of the form the
 * paragraphs below are meant, until the next such line; `<!-- all -->` is for everybody. Pure. */
import type { Values } from "./schema";

const FOR = /^<!-- (?:all|(\w+): ([\w -]+)) -->$/;

/** Of a guide what is meant for what is chosen; all of it while nothing is. */
export function guideFor(text: string, values: Values): string {
  let isMeant = true;
  return text
    .replaceAll("\r\n", "\n")
    .split("\n")
    .filter((line) => {
      const found = FOR.exec(line.trim());
      if (!found) return isMeant;
      const [, field = "", wanted = ""] = found;
      const chosen = values[field];
      isMeant = !field || !chosen || wanted.split(" ").includes(String(chosen));
      return false;
    })
    .join("\n");
}
