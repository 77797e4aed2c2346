/* The rich editor itself, fetched when somebody is about to write (TextField.tsx shows a plain field until then). It is ProseMirror by way of TipTap,
 * and React hears of a change only when something beside the text has to know: so a letter is on the screen at once, however long the thread is. */
import { useEffect, useLayoutEffect, useRef } from "react";
import { caretOffset, createEditor, type EditorSettings, endOf, type RichApi } from "./create";

export interface RichEditorProps extends EditorSettings {
  /** What stands in it at first, and again whenever `version` changes. */
  html: string;
  version: number;
  /** Where the caret was in the plain field, in characters; null: somebody else has the focus. */
  caret: number | null;
  onReady: (api: RichApi | null) => void;
}

export default function RichEditor(props: RichEditorProps) {
  const { html, version, caret, label, placeholder, onReady } = props;
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const api = useRef<RichApi | null>(null);
  const shown = useRef(version);

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what changes later is read from `latest`
  useLayoutEffect(() => {
    if (!host.current) return;
    const made = createEditor(host.current, html, latest);
    api.current = made;
    onReady(made);
    if (caret !== null) made.focus(caretOffset(made.editor.state.doc, caret));
    return () => {
      onReady(null);
      api.current = null;
      made.editor.destroy();
      // The library remembers the last editor, and with this the whole thread that stood around it.
      made.editor.options.element = null;
    };
  }, []);

  useEffect(() => {
    const made = api.current;
    if (!made || shown.current === version) return;
    shown.current = version;
    made.replace(html);
    if (made.editor.isFocused) made.focus(endOf(made.editor.state.doc));
  }, [version, html]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: its names are attributes of the editor's own element
  useEffect(() => api.current?.refresh(), [label, placeholder]);

  return <div ref={host} className="richhost" />;
}
