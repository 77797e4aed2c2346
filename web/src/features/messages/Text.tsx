import { Fragment, type ReactNode } from "react";
import { ConversationLink, firstTargets } from "./ConversationLink";

const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]|www\.[^\s<>"']+\.[a-z]{2,}[^\s<>"'.,;:!?)\]}]*/gi;

interface Props {
  text: string;
  lang?: string;
  /** Names that stand out when they are written with an @ before them. */
  people?: readonly string[];
  /** The address of one of our conversations is a card. */
  hasCards?: boolean;
}

/** Plain text as it was written, with web addresses to press. Nothing in it is ever taken for markup. */
export function Text({ text, lang, people, hasCards }: Props) {
  const targetOf = firstTargets();
  const link = (found: string, key: number) => {
    const href = found.startsWith("www.") ? `http://${found}` : found;
    const target = hasCards ? targetOf(href) : null;
    if (target) return <ConversationLink key={key} href={href} target={target} />;
    return (
      <a key={key} href={href} target="_blank" rel="noopener noreferrer">
        {found}
      </a>
    );
  };
  return (
    <div className="text" dir="auto" lang={lang}>
      {parted(text, LINK, link).map((part) =>
        typeof part === "string" && people ? <Fragment key={part}>{named(part, people)}</Fragment> : part,
      )}
    </div>
  );
}

function named(text: string, people: readonly string[]): ReactNode[] {
  const names = people.flatMap((name) => [name, name.split(" ")[0] ?? ""]).filter(Boolean);
  if (!names.length) return [text];
  const longestFirst = names
    .toSorted((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return parted(text, new RegExp(`@(?:${longestFirst.join("|")})(?![\\p{L}\\p{N}])`, "giu"), (found, key) => (
    <strong key={key} className="mention">
      {found}
    </strong>
  ));
}

/** The text with what `pattern` finds drawn by `draw`. */
function parted(text: string, pattern: RegExp, draw: (found: string, key: number) => ReactNode): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) parts.push(text.slice(at, match.index));
    parts.push(draw(match[0], match.index));
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}
