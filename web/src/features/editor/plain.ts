/* Plain text as the editor would have written it. Alone in a file, because what comes back to a draft needs it before any editor is here. */

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** Markup with words written behind it, which leave its emphasis alone: they go on in its last line. */
export function htmlWithMore(html: string, more: string): string {
  const [first = "", ...rest] = more.split(/\r?\n/);
  const begun = html.endsWith("</p>")
    ? `${html.slice(0, -"</p>".length)}${escaped(first)}</p>`
    : html + htmlFromText(first);
  return begun + (rest.length ? htmlFromText(rest.join("\n")) || "<p></p>" : "");
}

/** One paragraph a line, as the editor would have made it. */
export const htmlFromText = (text: string): string =>
  text
    ? text
        .split(/\r?\n/)
        .map((line) => `<p>${escaped(line)}</p>`)
        .join("")
    : "";
