/* Where one writes: a plain field at once, and the rich editor in its place as soon as it has been fetched. The plain one takes every letter until
 * then, and hands over text, caret and focus; the editor is not put in the middle of a composed character. */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { whenPainted } from "../../ui/firstPaint";
import { withWords } from "../../ui/i18n";
import type { Content, RichApi } from "./create";
import { htmlFromText, htmlWithMore } from "./plain";
import type { RichEditorProps } from "./RichEditor";
import "./editor.css";

type Loaded = typeof import("./RichEditor");
let loaded: Loaded | undefined;
let fetching: Promise<Loaded> | undefined;
const tryFetching = withWords(() => import("./RichEditor"));
/** Fetched once for the page. Until it has come, and where it never does (no network, a blocked script), the plain field stays. */
export function fetchEditor(): Promise<Loaded> {
  fetching ??= tryFetching().then(
    (found) => {
      loaded = found;
      return found;
    },
    (problem) => {
      fetching = undefined;
      throw problem;
    },
  );
  return fetching;
}

interface Props extends Omit<RichEditorProps, "caret" | "onReady" | "onTouch" | "format"> {
  /** Undefined while it is not known what the channel takes: the plain field stays until then. */
  format: RichEditorProps["format"] | undefined;
  text: string;
  /** The editor once it is there. */
  api: RefObject<RichApi | null>;
  plain: RefObject<HTMLTextAreaElement | null>;
  /** Where the caret is at first; null: the focus is elsewhere. */
  startsAt: number | null;
  onReady?: () => void;
  /** The editor is taken away: what stood in it. */
  onLeave?: (content: Content) => void;
  /** The plain field was written in: the whole text, and markup for it. */
  onPlain: (text: string, html: string) => void;
  onTouch: (isEmpty: boolean) => void;
}

export function TextField({ startsAt, text, api, plain, onReady, onLeave, onPlain, format, ...settings }: Props) {
  // With nothing in it both look the same, and the plain one is made much sooner: who goes from one conversation to the next need not wait for an editor.
  const [editor, setEditor] = useState<Loaded | undefined>(() =>
    text || settings.html || startsAt !== null ? loaded : undefined,
  );
  const [hasFailed, setFailed] = useState(false);
  const isComposing = useRef(false);
  // What the draft was before the plain field was touched: words added behind it leave its emphasis alone.
  const began = useRef({ text, html: settings.html });
  const caret = useRef<number | null>(startsAt);
  /** Where the hands were in the editor that made way for one of another format; null: elsewhere. */
  const hands = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (caret.current === null || !plain.current) return;
    plain.current.focus();
    plain.current.setSelectionRange(caret.current, caret.current);
  }, [plain]);

  useEffect(() => {
    if (editor || hasFailed || !format) return;
    let isGone = false;
    Promise.all([fetchEditor(), whenPainted()])
      .then(([found]) => {
        const wait = () => {
          if (isGone) return;
          if (isComposing.current) setTimeout(wait, 50);
          else setEditor(found);
        };
        wait();
      })
      .catch(() => setFailed(true));
    return () => {
      isGone = true;
    };
  }, [editor, hasFailed, format]);

  // The plain field still stands here while the editor is drawn for the first time: the caret is where the last letter left it.
  if (editor && format && plain.current)
    caret.current = plain.current === document.activeElement ? plain.current.selectionStart : null;
  if (editor && format)
    return (
      <editor.default
        key={format}
        {...settings}
        format={format}
        html={settings.html || htmlFromText(text)}
        caret={caret.current}
        onReady={(found) => {
          if (!found && api.current) {
            const { editor: leaving } = api.current;
            hands.current = leaving.isFocused ? leaving.state.selection.from : null;
            onLeave?.(api.current.content());
          }
          api.current = found;
          if (!found) return;
          // The next one, for a channel that takes other text, calls no hands back that were elsewhere.
          caret.current = null;
          if (hands.current !== null) found.focus(Math.min(hands.current, found.editor.state.doc.content.size - 1));
          hands.current = null;
          onReady?.();
        }}
      />
    );
  return (
    <textarea
      ref={plain}
      className="composetext"
      aria-label={settings.label}
      placeholder={settings.placeholder}
      value={text}
      dir="auto"
      onCompositionStart={() => {
        isComposing.current = true;
      }}
      onCompositionEnd={() => {
        isComposing.current = false;
      }}
      onChange={(event) => {
        const next = event.target.value;
        const { text: old, html } = began.current;
        const isAdded = html !== "" && next.startsWith(old);
        onPlain(next, isAdded ? htmlWithMore(html, next.slice(old.length)) : htmlFromText(next));
        settings.onTouch(!next.trim());
      }}
      onBlur={settings.onBlur}
      onPaste={(event) => {
        if (!event.clipboardData.files.length) return;
        event.preventDefault();
        settings.onFiles([...event.clipboardData.files], true);
      }}
    />
  );
}
