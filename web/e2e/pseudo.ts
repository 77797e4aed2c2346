/* A language nobody speaks: English with other letters and 40 % more of them (UI.md, section 9). What is made for the words as they are, breaks in it. The
 * built catalogues are taken on their way to the browser, so it is no part of the product. */
import type { Page } from "@playwright/test";

type Part = string | [name: string, kind?: string, choices?: Record<string, unknown>];

const LETTERS: Record<string, string> = {
  a: "å",
  e: "ë",
  i: "ï",
  o: "ø",
  u: "ü",
  y: "ÿ",
  A: "Å",
  E: "Ë",
  O: "Ø",
  U: "Ü",
};
const FILL = "øñë twö thrêë føür fïvë sïx sëvën ëïght nïnë tën ".repeat(8);

/** "Reply" becomes "Rëplÿ øñ": two fifths longer, at least by two letters and a space. What has no word in it stays. */
export function pseudo(text: string): string {
  const letters = text.replace(/[aeiouyAEOU]/g, (letter) => LETTERS[letter] ?? letter);
  if (!/\p{L}{2}/u.test(text)) return text;
  const more = FILL.slice(0, Math.max(2, Math.ceil(text.length * 0.4) - 1)).trim();
  return `${letters.trimEnd()} ${more}${/\s*$/.exec(letters)?.[0] ?? ""}`;
}

const inParts = (parts: Part[]): Part[] =>
  parts.map((part) => {
    if (typeof part === "string") return pseudo(part);
    const [name, kind, choices] = part;
    if (!choices || kind === "date" || kind === "time" || kind === "number") return part;
    const changed = Object.entries(choices).map(([key, value]) => [
      key,
      Array.isArray(value) ? inParts(value as Part[]) : typeof value === "string" ? pseudo(value) : value,
    ]);
    return [name, kind, Object.fromEntries(changed)] as Part;
  });

/** Every catalogue in English that this page fetches from now on. Workers are to be blocked: they would answer instead. */
export async function speakPseudo(page: Page): Promise<void> {
  await page.route(/\/assets\/(later-)?en-[^/]+\.js$/, async (route) => {
    const answer = await route.fetch();
    const source = `data:text/javascript,${encodeURIComponent(await answer.text())}`;
    const exported = Object.entries((await import(source)) as Record<string, Record<string, Part[]>>);
    const lines = exported.map(([name, catalogue], at) => {
      const words = Object.entries(catalogue).map(([id, parts]) => [id, inParts(parts)]);
      return `const c${at} = ${JSON.stringify(Object.fromEntries(words))}; export { c${at} as ${name} };`;
    });
    await route.fulfill({ contentType: "text/javascript", body: lines.join("\n") });
  });
}

/** Controls in sight that lie over each other, so that one takes what is meant for the other. */
export const overlaps = (page: Page) =>
  page.evaluate(() => {
    const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
      .map((control) => ({ control, box: inSight(control) }))
      .filter(({ control, box }) => {
        if (box.width < 2 || box.height < 2) return false;
        const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        return hit !== null && control.contains(hit);
      });
    const found: string[] = [];
    for (const [at, one] of controls.entries())
      for (const other of controls.slice(at + 1)) {
        const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        // What lies on a row (its tick, its menu) is inside it.
        const isInside = [one, other].some(({ box }) => wide >= box.width - 2 && high >= box.height - 2);
        if (wide > 2 && high > 2 && !isInside) found.push(`${name(one.control)} over ${name(other.control)}`);
      }
    return found;

    /** Its box without what a pane that scrolls hides of it. */
    function inSight(control: Element): DOMRect {
      let { left, top, right, bottom } = control.getBoundingClientRect();
      for (let pane = control.parentElement; pane; pane = pane.parentElement) {
        if (getComputedStyle(pane).overflow === "visible") continue;
        const clip = pane.getBoundingClientRect();
        [left, top] = [Math.max(left, clip.left), Math.max(top, clip.top)];
        [right, bottom] = [Math.min(right, clip.right), Math.min(bottom, clip.bottom)];
      }
      return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
    }

    function name(control: Element): string {
      return `${control.tagName}.${control.className} “${control.textContent || control.getAttribute("aria-label")}”`;
    }
  });
