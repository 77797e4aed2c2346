import { Fragment } from "react";

const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]|www\.[^\s<>"']+\.[a-z]{2,}[^\s<>"'.,;:!?)\]}]*/gi;

/** Plain text as it was written, with web addresses to press. Nothing in it is ever taken for markup. */
export function Text({ text, lang }: { text: string; lang?: string }) {
  const parts: { key: number; text: string; href?: string }[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    if (match.index > at) parts.push({ key: at, text: text.slice(at, match.index) });
    const href = match[0].startsWith("www.") ? `http://${match[0]}` : match[0];
    parts.push({ key: match.index, text: match[0], href });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ key: at, text: text.slice(at) });
  return (
    <div className="text" dir="auto" lang={lang}>
      {parts.map((part) =>
        part.href ? (
          <a key={part.key} href={part.href} target="_blank" rel="noopener noreferrer">
            {part.text}
          </a>
        ) : (
          <Fragment key={part.key}>{part.text}</Fragment>
        ),
      )}
    </div>
  );
}
