/* Between what stands in the editor and what travels: text becomes markup when a plain draft is opened, and markup is made ready for the wire. */
import { hasRightToLeft } from "../../ui/format";
import { parse } from "./text";

/** Uploads that the markup shows as pictures, by id. */
export const shownPictures = (html: string): string[] =>
  html.includes("data-attachment") ? [...html.matchAll(/data-attachment="(\d+)"/g)].map((match) => match[1] ?? "") : [];

/** Fields that nobody has filled in, by name. */
export const openFields = (html: string): string[] =>
  html.includes("data-field")
    ? [...parse(html).querySelectorAll("[data-field]")].map((one) => one.textContent ?? "")
    : [];

/** The people a comment names. */
export const mentioned = (html: string): string[] => [
  ...new Set([...html.matchAll(/data-mention="(\d+)"/g)].map((match) => match[1] ?? "")),
];

/** As it is sent: a line is a div (mail programs give paragraphs a margin nobody wrote), pictures are named by content id, empty fields vanish. */
export function wireHtml(html: string): string {
  const body = parse(html);
  for (const field of body.querySelectorAll("[data-field]")) field.remove();
  for (const picture of body.querySelectorAll("img")) {
    const contentId = picture.getAttribute("data-cid");
    if (!contentId) {
      picture.remove();
      continue;
    }
    for (const name of picture.getAttributeNames())
      if (name !== "alt" && name !== "width") picture.removeAttribute(name);
    picture.setAttribute("src", `cid:${contentId}`);
  }
  for (const paragraph of [...body.querySelectorAll("p")]) {
    const line = body.ownerDocument.createElement("div");
    line.append(...paragraph.childNodes);
    if (!line.hasChildNodes()) line.append(body.ownerDocument.createElement("br"));
    // Inside a list item a single line needs no box of its own.
    if (paragraph.parentElement?.tagName === "LI" && !paragraph.previousElementSibling)
      paragraph.replaceWith(...line.childNodes);
    else paragraph.replaceWith(line);
  }
  for (const block of body.children) if (hasRightToLeft(block.textContent ?? "")) block.setAttribute("dir", "auto");
  return body.innerHTML;
}

export { htmlFromText } from "./plain";
