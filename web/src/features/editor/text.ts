/* What was written, as plain text: the other half of a mail, and all of it on channels that take nothing richer. Lists, quotes and links stay
 * readable. Pure: markup in, text out. Read next: markup.ts. */

type Flavour = "plain" | "markdown";

export const parse = (html: string): HTMLElement => new DOMParser().parseFromString(html, "text/html").body;

export const textFromHtml = (html: string): string => render(html, "plain");
/** With *bold*, _italic_, ~struck~ and `code`, as messengers show them. */
export const markdownFromHtml = (html: string): string => render(html, "markdown");

function render(html: string, flavour: Flavour): string {
  return blocks(parse(html), flavour)
    .join("\n")
    .replace(/[ \t]+$/gm, "")
    .replace(/^\n+|\n+$/g, "");
}

const BLOCK = /^(P|DIV|UL|OL|LI|BLOCKQUOTE|PRE|H[1-6]|HR|TABLE|TBODY|TR|SECTION|ARTICLE)$/;
const isBlock = (node: Node) => node instanceof Element && BLOCK.test(node.tagName);

/** The lines of an element. Neighbouring inline pieces form a line; every block begins a new one. */
function blocks(parent: Element, flavour: Flavour): string[] {
  const lines: string[] = [];
  let line = "";
  let hasLine = false;
  const end = () => {
    if (hasLine) lines.push(...tidy(line).split("\n"));
    line = "";
    hasLine = false;
  };
  for (const child of parent.childNodes) {
    if (isBlock(child)) {
      end();
      lines.push(...block(child as Element, flavour));
    } else {
      const text = inline(child, flavour);
      if (!text.trim() && !hasLine && isBetweenBlocks(child)) continue;
      line += text;
      hasLine = true;
    }
  }
  end();
  return lines;
}

const isBetweenBlocks = (node: Node) =>
  node.nodeType === 3 && [...(node.parentNode?.childNodes ?? [])].some((one) => isBlock(one));
/** A <br> that ends a line only holds the line open. */
const tidy = (line: string) => line.replace(/\n$/, "");

function block(element: Element, flavour: Flavour): string[] {
  switch (element.tagName) {
    case "UL":
    case "OL":
      return list(element, flavour);
    case "BLOCKQUOTE":
      return blocks(element, flavour).map((line) => `> ${line}`.trimEnd());
    case "PRE":
      return flavour === "markdown"
        ? ["```", ...(element.textContent ?? "").replace(/\n$/, "").split("\n"), "```"]
        : (element.textContent ?? "").replace(/\n$/, "").split("\n");
    case "HR":
      return ["---"];
    case "TR":
      return [[...element.children].map((cell) => blocks(cell, flavour).join(" ")).join(" | ")];
    default: {
      const lines = blocks(element, flavour);
      return lines.length ? lines : [""];
    }
  }
}

function list(element: Element, flavour: Flavour): string[] {
  let number = Number(element.getAttribute("start") ?? 1);
  return [...element.children].flatMap((item) => {
    const mark = element.tagName === "OL" ? `${number++}. ` : "- ";
    const lines = blocks(item, flavour);
    return (lines.length ? lines : [""]).map((line, index) => (index ? " ".repeat(mark.length) : mark) + line);
  });
}

const MARKS: Record<string, string> = {
  STRONG: "*",
  B: "*",
  EM: "_",
  I: "_",
  S: "~",
  DEL: "~",
  STRIKE: "~",
  CODE: "`",
};

function inline(node: Node, flavour: Flavour): string {
  if (node.nodeType === 3) return (node.nodeValue ?? "").replace(/[ \t\r\n]+/g, " ").replace(/\u00a0/g, " ");
  if (!(node instanceof Element)) return "";
  if (node.tagName === "BR") return "\n";
  if (node.tagName === "IMG") return node.getAttribute("alt") ? `[${node.getAttribute("alt")}]` : "";
  const text = [...node.childNodes].map((child) => inline(child, flavour)).join("");
  if (node.tagName === "A") return link(text, node.getAttribute("href") ?? "");
  const mark = flavour === "markdown" ? MARKS[node.tagName] : undefined;
  return mark && text.trim() ? text.replace(/^(\s*)([\s\S]*?)(\s*)$/, `$1${mark}$2${mark}$3`) : text;
}

/** The address beside the words, unless the words are the address. */
function link(text: string, href: string): string {
  const bare = (one: string) =>
    one
      .replace(/^(mailto:|tel:|https?:\/\/)/i, "")
      .replace(/\/$/, "")
      .trim();
  if (!href || bare(href) === bare(text)) return text;
  return `${text} (${href.replace(/^(mailto:|tel:)/i, "")})`;
}
