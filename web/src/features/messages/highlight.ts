/* Marks words where they stand, in the thread and inside its frames, without touching what is shown (CSS Custom Highlight API). */

const NAME = "found";
const RANGES_MAX = 2000;
let wanted = "";
let root: HTMLElement | null = null;
let isPlanned = false;

interface Highlighting {
  CSS?: { highlights?: { set: (name: string, value: unknown) => void; delete: (name: string) => void } };
  Highlight?: new (...ranges: Range[]) => unknown;
}

/** Marks these words in `element` from now on, also in what appears there later; "" marks nothing. Returns how to stop. */
export function highlightIn(element: HTMLElement, words: string): () => void {
  root = element;
  wanted = words.trim().toLowerCase();
  const watch = new MutationObserver(plan);
  watch.observe(element, { childList: true, subtree: true, characterData: true });
  plan();
  return () => {
    watch.disconnect();
    wanted = "";
    paint();
    root = null;
  };
}

/** A frame has shown its page: what is looked for is marked there too. */
export const frameSeen = (_frame: HTMLIFrameElement): void => {
  if (wanted) plan();
};

function plan(): void {
  if (isPlanned) return;
  isPlanned = true;
  requestAnimationFrame(() => {
    isPlanned = false;
    paint();
  });
}

function paint(): void {
  if (!root) return;
  mark(window as unknown as Highlighting, [...root.querySelectorAll<HTMLElement>(".text, .mail .subject, .file .cut")]);
  for (const frame of root.querySelectorAll("iframe")) {
    const body = frame.contentDocument?.body;
    if (body && frame.contentWindow) mark(frame.contentWindow as unknown as Highlighting, [body]);
  }
}

function mark(place: Highlighting, elements: HTMLElement[]): void {
  const { CSS, Highlight } = place;
  if (!CSS?.highlights || !Highlight) return;
  const ranges = wanted ? elements.flatMap(rangesIn).slice(0, RANGES_MAX) : [];
  if (ranges.length) CSS.highlights.set(NAME, new Highlight(...ranges));
  else CSS.highlights.delete(NAME);
}

function rangesIn(element: HTMLElement): Range[] {
  const found: Range[] = [];
  const walk = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const text = (node.nodeValue ?? "").toLowerCase();
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const range = element.ownerDocument.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      found.push(range);
    }
  }
  return found;
}
