/* Word and Outlook write lists as paragraphs that carry "mso-list: l0 level2 lfo1" and draw their own bullets. This makes lists of them again. */

const LEVEL = /mso-list:\s*(l\d+)\s+level(\d+)/i;
const NUMBERED = /^\s*(\(?\d+[.)]|\(?[a-z][.)]|\(?[ivxlc]+[.)])/i;

/** What the markup said of an element's looks, under the name that paste.ts gave it. */
export const styleOf = (element: Element) => (element.getAttribute("data-css") ?? "").toLowerCase();

export function joinWordLists(body: Element): void {
  // Lists being written, outermost first; a paragraph of another kind ends them.
  let open: HTMLElement[] = [];
  let previous: Element | null = null;
  let name = "";
  for (const paragraph of [...body.querySelectorAll("p, h1, h2, h3, div")]) {
    const found = LEVEL.exec(styleOf(paragraph));
    const level = Number(found?.[2] ?? 0);
    if (!level) continue;
    if (!previous || previous !== before(paragraph) || (level === 1 && found?.[1] !== name)) open = [];
    name = found?.[1] ?? "";
    const isNumbered = NUMBERED.test(takeMark(paragraph));
    const item = paragraph.ownerDocument.createElement("li");
    item.append(...paragraph.childNodes);
    open = open.slice(0, level);
    const innermost = open.at(-1);
    if (open.length === level && innermost) {
      innermost.append(item);
      paragraph.remove();
    } else {
      const list = paragraph.ownerDocument.createElement(isNumbered ? "ol" : "ul");
      list.append(item);
      const host = innermost?.lastElementChild;
      if (host) {
        host.append(list);
        paragraph.remove();
      } else paragraph.replaceWith(list);
      open = [...open, list];
    }
    previous = open[0] ?? null;
  }
}

/** The element that stands directly before, whatever white space is between. */
function before(element: Element): Element | null {
  let node: Node | null = element.previousSibling;
  while (node && (node.nodeType === 8 || (node.nodeType === 3 && !node.nodeValue?.trim()))) node = node.previousSibling;
  return node instanceof Element ? node : null;
}

/** Takes the drawn bullet or number out of the paragraph and gives it. */
function takeMark(paragraph: Element): string {
  const ignored = [...paragraph.querySelectorAll("span")].find((span) => /mso-list:\s*ignore/i.test(styleOf(span)));
  if (ignored) {
    const mark = ignored.textContent ?? "";
    ignored.remove();
    return mark;
  }
  const first = paragraph.ownerDocument.createTreeWalker(paragraph, 4).nextNode();
  const found = /^\s*(?:[·•▪◦o§-]|\(?\w{1,4}[.)])[\s\u00a0]+/.exec(first?.nodeValue ?? "");
  if (first && found) first.nodeValue = (first.nodeValue ?? "").slice(found[0].length);
  return found?.[0] ?? "";
}
