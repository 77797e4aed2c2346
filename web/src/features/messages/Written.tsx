/* What was written here, formatted. The markup is read in a document that loads nothing and runs nothing, and built anew from the few tags the composer
 * knows: nothing of it is ever put into the page as markup. Read next: editor/markup.ts. */
import { createElement, Fragment, type ReactNode, useMemo } from "react";
import type { Attachment } from "../../api/types";
import { parse } from "../editor/text";
import { ConversationLink, firstTargets } from "./ConversationLink";
import { Text } from "./Text";
import "../editor/editor.css";

const TAGS = new Set(["DIV", "P", "BR", "STRONG", "EM", "U", "S", "UL", "OL", "LI", "BLOCKQUOTE", "PRE", "CODE"]);
const BLOCKS = new Set(["DIV", "P", "UL", "OL", "BLOCKQUOTE", "PRE"]);
const SAFE_LINK = /^(https?:|mailto:|tel:)/i;

interface Props {
  html: string;
  /** Shown instead when the markup holds more than the composer writes (a program sent it). */
  text: string;
  files: Attachment[];
  /** The bare address of one of our conversations is a card. */
  hasCards?: boolean;
}

export function Written({ html, text, files, hasCards }: Props) {
  const built = useMemo(() => build(html, files, hasCards), [html, files, hasCards]);
  if (!built) return <Text text={text} />;
  return (
    <div className="text written" dir="auto">
      {built}
    </div>
  );
}

/** Null: there is something in it that is not the composer's. */
export function build(html: string, files: Attachment[], hasCards = false): ReactNode[] | null {
  let isOurs = true;
  const targetOf = firstTargets();
  const children = (node: Node): ReactNode[] => [...node.childNodes].map(one);
  const one = (node: Node, key: number): ReactNode => {
    if (node.nodeType === 3) return <Fragment key={key}>{node.nodeValue}</Fragment>;
    if (!(node instanceof Element)) return null;
    const tag = node.tagName;
    if (TAGS.has(tag)) {
      const dir = BLOCKS.has(tag) ? "auto" : undefined;
      return createElement(tag.toLowerCase(), { key, dir }, ...(tag === "BR" ? [] : children(node)));
    }
    if (tag === "SPAN")
      return node.className === "mention" || node.hasAttribute("data-field") ? (
        <span key={key} className={node.className === "mention" ? "mention" : "openfield"}>
          {children(node)}
        </span>
      ) : (
        <Fragment key={key}>{children(node)}</Fragment>
      );
    const href = node.getAttribute("href") ?? "";
    const target = hasCards && tag === "A" && node.textContent?.trim() === href ? targetOf(href) : null;
    if (target) return <ConversationLink key={key} href={href} target={target} />;
    if (tag === "A" && SAFE_LINK.test(href))
      return (
        <a key={key} href={href} target="_blank" rel="noopener noreferrer">
          {children(node)}
        </a>
      );
    const src = node.getAttribute("src") ?? "";
    const file =
      tag === "IMG" && src.startsWith("cid:") ? files.find((known) => known.content_id === src.slice(4)) : undefined;
    if (file) return <img key={key} src={file.url} alt={node.getAttribute("alt") ?? file.name} loading="lazy" />;
    isOurs = false;
    return null;
  };
  const built = children(parse(html));
  return isOurs ? built : null;
}
