/* What other programs put on the clipboard, made into what the editor knows: words, their emphasis, links, lists and quotes. Fonts, colours, classes,
 * comments, forms and pictures from elsewhere stay behind. Pure: markup in, markup out. Read next: wordLists.ts. */
import { parse } from "./text";
import { joinWordLists, styleOf } from "./wordLists";

const DROPPED =
  "style, script, meta, link, title, head, xml, noscript, template, iframe, object, embed, svg, math, button, input, select, textarea, form > legend, colgroup, o\\:p";
const KEPT = new Set(["P", "BR", "STRONG", "EM", "U", "S", "A", "UL", "OL", "LI", "BLOCKQUOTE", "CODE", "PRE"]);
const RENAMED: Record<string, string> = {
  B: "STRONG",
  I: "EM",
  INS: "U",
  DEL: "S",
  STRIKE: "S",
  TT: "CODE",
  KBD: "CODE",
  SAMP: "CODE",
};
const LINES = /^(DIV|SECTION|ARTICLE|HEADER|FOOTER|MAIN|ASIDE|FIGURE|FIGCAPTION|DT|DD|DL|ADDRESS|CAPTION|CENTER)$/;
const BLOCK = /^(P|UL|OL|LI|BLOCKQUOTE|PRE|DIV)$/;
const SAFE_LINK = /^(https?:|mailto:|tel:)/i;

/** The page's security policy refuses foreign styles already while the markup is read, and says so each time: they are read under another name. */
const unstyled = (html: string) =>
  html
    .replace(/<style[\s\S]*?<\/style>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/(\s)style(\s*=)/gi, "$1data-css$2"));

/** Does this clipboard hold nothing but a picture? Then its file is meant, not the markup around it. */
export function isOnlyPicture(html: string): boolean {
  const body = parse(unstyled(html));
  return body.querySelector("img") !== null && !(body.textContent ?? "").trim();
}

export function cleanPasted(html: string): string {
  // From this editor itself: it knows its own.
  if (html.includes("data-pm-slice")) return html;
  const margins = wordMargins(html);
  const body = parse(
    unstyled(html)
      .replace(/<!--\[if[\s\S]*?<!\[endif\]-->/gi, "")
      .replace(/<!\[(?:if|endif)[^\]]*\]>/gi, ""),
  );
  joinWordLists(body);
  for (const node of body.querySelectorAll(DROPPED)) node.remove();
  for (const comment of comments(body)) comment.remove();
  const out = body.ownerDocument.createElement("div");
  out.append(...body.childNodes);
  walk(out, margins);
  // Line breaks between the blocks of a page are its layout, not a text's.
  for (const child of [...out.childNodes])
    if (child.nodeType === 3 && !child.nodeValue?.trim() && out.querySelector("p,ul,ol,blockquote,pre")) child.remove();
  return out.innerHTML.trim();
}

/** Word says in a style sheet how far its paragraphs stand apart. */
const wordMargins = (html: string) =>
  /p\.MsoNormal[^{]*\{[^}]*margin(-bottom)?:\s*0(cm|in|pt|;)/i.test(html) ? "none" : "some";

function comments(root: Element): Comment[] {
  const walker = root.ownerDocument.createTreeWalker(root, 128);
  const found: Comment[] = [];
  while (walker.nextNode()) found.push(walker.currentNode as Comment);
  return found;
}

function walk(element: Element, margins: string): void {
  for (const child of [...element.children]) {
    walk(child, margins);
    if (isHidden(child)) child.remove();
    else replace(child, margins);
  }
}

const isHidden = (element: Element) => /display:\s*none|mso-hide:\s*all/.test(styleOf(element));

function replace(element: Element, margins: string): unknown {
  const tag = element.tagName;
  const css = styleOf(element);
  if (tag === "IMG") return replaceImage(element);
  if (tag === "TABLE") return replaceTable(element);
  if (/^T(R|D|H|BODY|HEAD|FOOT)$/.test(tag) && element.closest("table")) return;
  if (/^H[1-6]$/.test(tag)) return rename(element, "p", ["strong"]);
  if (LINES.test(tag)) return hasBlock(element) ? unwrap(element) : rename(element, "p", []);
  if (tag === "HR") return element.replaceWith(element.ownerDocument.createElement("p"));
  if (tag === "A") return replaceLink(element);
  if (tag === "P") return replaceParagraph(element, css, margins);
  if (tag === "LI") return bare(element, []);
  if (tag === "OL") return bare(element, ["start"]);
  const wanted = RENAMED[tag] ?? tag;
  // Google Docs wraps everything in a <b> that is not bold. Word's "mso-bidi-font-weight" is about another script, and says nothing.
  const isPlain =
    (wanted === "STRONG" && /(?<![\w-])font-weight:\s*(normal|[1-4]00)/.test(css)) ||
    (wanted === "EM" && /(?<![\w-])font-style:\s*normal/.test(css));
  const marks = isPlain ? [] : marksOf(css, element);
  if (KEPT.has(wanted) && !isPlain) {
    const fresh = rename(element, wanted.toLowerCase(), [], false);
    if (!BLOCK.test(wanted))
      wrap(
        fresh,
        marks.filter((mark) => mark !== wanted.toLowerCase()),
      );
    return;
  }
  unwrap(element, hasBlock(element) ? [] : marks);
}

/** Emphasis that is written as style. */
function marksOf(css: string, element: Element): string[] {
  const marks: string[] = [];
  if (/(?<![\w-])font-weight:\s*(bold|bolder|[6-9]00)/.test(css)) marks.push("strong");
  if (/(?<![\w-])font-style:\s*(italic|oblique)/.test(css)) marks.push("em");
  if (/text-decoration[^;]*line-through/.test(css)) marks.push("s");
  if (/text-decoration[^;]*underline/.test(css) && !element.closest("a") && !element.querySelector("a"))
    marks.push("u");
  return marks;
}

const hasBlock = (element: Element) => element.querySelector("p,ul,ol,li,blockquote,pre,div,table") !== null;

function replaceParagraph(element: Element, css: string, margins: string): void {
  const next = element.nextElementSibling;
  const isApart =
    next?.tagName === "P" &&
    !/margin(-bottom)?:\s*0|margin-bottom:\s*\.0/.test(css) &&
    !(margins === "none" && /mso/i.test(element.className)) &&
    !isBlank(element) &&
    !isBlank(next);
  const fresh = rename(element, "p", [], false);
  if (isBlank(fresh)) fresh.replaceChildren();
  if (isApart) fresh.after(fresh.ownerDocument.createElement("p"));
}

const isBlank = (element: Element) =>
  !(element.textContent ?? "").replace(/\u00a0/g, " ").trim() && !element.querySelector("img");

function replaceLink(element: Element): unknown {
  const href = (element.getAttribute("href") ?? "").trim();
  if (!SAFE_LINK.test(href) || !element.textContent?.trim()) return unwrap(element);
  for (const name of element.getAttributeNames()) if (name !== "href") element.removeAttribute(name);
}

/** Pictures from elsewhere would load from elsewhere; our own, and those that are in the markup itself, may stay. */
function replaceImage(element: Element): void {
  const src = element.getAttribute("src") ?? "";
  if (/^data:image\/(png|jpe?g|gif|webp);base64,/i.test(src)) {
    for (const name of element.getAttributeNames()) if (name !== "src" && name !== "alt") element.removeAttribute(name);
  } else if (!element.hasAttribute("data-attachment")) element.remove();
}

/** A line per row; what stands in a cell keeps its emphasis. Tables that only lay a page out fall apart into their lines. */
function replaceTable(table: Element): void {
  const document = table.ownerDocument;
  const rows = [...table.querySelectorAll("tr")];
  const lines = rows.flatMap((row) => {
    const cells = [...row.children].filter((cell) => /^T[DH]$/.test(cell.tagName));
    if (cells.length === 1 && cells[0] && hasBlock(cells[0])) return [...cells[0].childNodes];
    const line = document.createElement("p");
    const filled = cells.filter((cell, index) => !isBlank(cell) || cells.slice(index).some((later) => !isBlank(later)));
    filled.forEach((cell, index) => {
      if (index) line.append(" | ");
      for (const node of [...cell.childNodes]) {
        if (node instanceof Element && BLOCK.test(node.tagName)) line.append(...node.childNodes);
        else line.append(node);
      }
    });
    for (const text of [...line.childNodes])
      if (text.nodeType === 3) text.nodeValue = (text.nodeValue ?? "").replace(/\s+/g, " ");
    return isBlank(line) ? [] : [line];
  });
  table.replaceWith(...lines);
}

function bare(element: Element, kept: string[]): void {
  for (const name of element.getAttributeNames()) if (!kept.includes(name)) element.removeAttribute(name);
}

function rename(element: Element, tag: string, marks: string[], hasMarks = true): HTMLElement {
  const fresh = element.ownerDocument.createElement(tag);
  let inner: HTMLElement = fresh;
  for (const mark of hasMarks ? marks : []) {
    const next = element.ownerDocument.createElement(mark);
    inner.append(next);
    inner = next;
  }
  inner.append(...element.childNodes);
  element.replaceWith(fresh);
  return fresh;
}

function wrap(element: Element, marks: string[]): void {
  for (const mark of marks) {
    const outer = element.ownerDocument.createElement(mark);
    element.replaceWith(outer);
    outer.append(element);
  }
}

function unwrap(element: Element, marks: string[] = []): void {
  const nodes = [...element.childNodes];
  element.replaceWith(...nodes);
  if (!marks.length || !nodes.length) return;
  const outer = nodes[0]?.ownerDocument?.createElement(marks[0] ?? "span");
  if (!outer) return;
  nodes[0]?.parentNode?.insertBefore(outer, nodes[0]);
  outer.append(...nodes);
  wrap(outer, marks.slice(1));
}
