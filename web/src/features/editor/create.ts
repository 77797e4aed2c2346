/* Makes an editor: which marks and nodes, what is pasted and dropped, which keys it answers itself. Read next: paste.ts, trigger.ts. */
import { Editor, Extension, getHTMLFromFragment } from "@tiptap/core";
import type { Node as Doc } from "@tiptap/pm/model";
import { NodeSelection } from "@tiptap/pm/state";
import StarterKit from "@tiptap/starter-kit";
import type { RefObject } from "react";
import { filesOf, hasFiles } from "../drafts/dropped";
import { Field, Mention, Picture } from "./nodes";
import { cleanPasted, isOnlyPicture } from "./paste";
import { markdownFromHtml, textFromHtml } from "./text";
import { findTrigger, type Trigger, type TriggerKind } from "./trigger";

export interface Content {
  html: string;
  text: string;
}

export interface EditorSettings {
  label: string;
  placeholder: string;
  /** The richest text the channel takes. */
  format: "plain" | "markdown" | "html";
  triggers: readonly TriggerKind[];
  /** Tells at each change; `content` costs something and is for pauses. */
  onTouch: (isEmpty: boolean) => void;
  onTrigger: (trigger: Trigger | null) => void;
  /** Keys while a list of suggestions is open; true: done. */
  onKey: (event: KeyboardEvent) => boolean;
  /** Which marks are on at the caret, for the buttons. */
  onMarks: (active: string) => void;
  onFiles: (files: File[], isInText: boolean) => void;
  onLink: () => void;
  onBlur: () => void;
  /** What the list of suggestions and its marked row are called in the page. */
  list: { id: string; active: string } | null;
}

export interface RichApi {
  editor: Editor;
  content: () => Content;
  /** At once: the editor's own command waits for a frame, and what is typed in it would go nowhere. */
  focus: (at?: number) => void;
  isEmpty: () => boolean;
  replace: (html: string) => void;
  /** Puts markup at the caret, in the place of the trigger if there is one. */
  insert: (html: string, trigger?: Trigger | null) => void;
  insertText: (text: string) => void;
  insertNode: (type: string, attrs: Record<string, string>, trigger?: Trigger | null) => void;
  /** A picture that was on its way up has arrived (attrs), or never will (null). */
  settlePicture: (upload: string, attrs: Record<string, string> | null) => void;
  nextField: (isFromStart: boolean) => boolean;
  refresh: () => void;
}

export const MARKS = [
  "bold",
  "italic",
  "underline",
  "strike",
  "code",
  "link",
  "bulletList",
  "orderedList",
  "blockquote",
];

export function createEditor(host: HTMLElement, html: string, latest: RefObject<EditorSettings>): RichApi {
  const now = () => latest.current;
  const { format } = now();
  const isRich = format !== "plain";
  let marks = "";
  let trigger: Trigger | null = null;

  const editor = new Editor({
    element: host,
    injectCSS: false,
    content: html,
    // A space at the end is the beginning of the next word.
    parseOptions: { preserveWhitespace: true },
    extensions: [
      StarterKit.configure({
        heading: false,
        horizontalRule: false,
        trailingNode: false,
        gapcursor: false,
        dropcursor: { class: "dropcursor", color: false },
        link: isRich
          ? {
              openOnClick: false,
              autolink: true,
              linkOnPaste: true,
              defaultProtocol: "https",
              HTMLAttributes: { target: null, rel: null },
            }
          : false,
        ...(isRich
          ? {}
          : { bold: false, italic: false, strike: false, code: false, codeBlock: false, blockquote: false }),
        ...(isRich ? {} : { bulletList: false, orderedList: false, listItem: false, listKeymap: false }),
        ...(format === "html" ? {} : { underline: false }),
      }),
      Mention,
      Field,
      ...(format === "html" ? [Picture] : []),
      Keys.configure({ onLink: () => now().onLink(), nextField: () => nextField(false) }),
    ],
    editorProps: {
      attributes: (state) => {
        const { label, placeholder, list } = now();
        return {
          class: `composetext rich ${isEmptyDoc(state.doc) ? "blank" : ""}`,
          role: "textbox",
          "aria-multiline": "true",
          "aria-label": label,
          "data-placeholder": placeholder,
          dir: "auto",
          ...(list
            ? { "aria-autocomplete": "list", "aria-controls": list.id, "aria-activedescendant": list.active }
            : {}),
        };
      },
      handleDOMEvents: {
        // The app's own key: closes the list, else leaves the composer. The editor would select what is around the caret.
        keydown: (_, event) => event.key === "Escape" && (now().onKey(event) || true),
      },
      transformPastedHTML: cleanPasted,
      handleKeyDown: (_, event) => (event.isComposing ? false : now().onKey(event)),
      handlePaste: (_, event) => {
        const files = filesOf(event.clipboardData);
        const markup = event.clipboardData?.getData("text/html") ?? "";
        const text = event.clipboardData?.getData("text/plain") ?? "";
        // Word and Excel put a picture of the text beside it; a picture copied from a page comes with markup around it.
        if (!files.length || (text.trim() && markup && !isOnlyPicture(markup))) return false;
        now().onFiles(files, true);
        return true;
      },
      handleDrop: (view, event, _slice, isMoved) => {
        if (isMoved || !hasFiles(event.dataTransfer)) return false;
        const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
        if (at) editor.commands.setTextSelection(at.pos);
        event.preventDefault();
        event.stopPropagation();
        now().onFiles(filesOf(event.dataTransfer), true);
        return true;
      },
    },
    onUpdate: () => now().onTouch(isEmptyDoc(editor.state.doc)),
    onBlur: () => now().onBlur(),
    onTransaction: () => {
      const found = findAtCaret();
      if (found?.kind !== trigger?.kind || found?.query !== trigger?.query) {
        trigger = found;
        now().onTrigger(found);
      }
      const active = MARKS.filter((name) => editor.isActive(name)).join(" ");
      if (active !== marks) {
        marks = active;
        now().onMarks(active);
      }
    },
  });

  function findAtCaret(): Trigger | null {
    const { selection } = editor.state;
    if (!selection.empty || !now().triggers.length) return null;
    const { $from } = selection;
    if ($from.parent.type.spec.code) return null;
    const before = $from.parent.textBetween(
      Math.max(0, $from.parentOffset - 60),
      $from.parentOffset,
      undefined,
      "\ufffc",
    );
    return findTrigger(before, now().triggers);
  }

  /** Selects the next field to fill in. */
  function nextField(isFromStart: boolean): boolean {
    const { doc, selection } = editor.state;
    const all: number[] = [];
    doc.descendants((node, pos) => {
      if (node.type.name === "field") all.push(pos);
    });
    const next = all.find((pos) => pos >= (isFromStart ? 0 : selection.to)) ?? all[0];
    if (next === undefined) return false;
    editor.view.dispatch(editor.state.tr.setSelection(NodeSelection.create(doc, next)).scrollIntoView());
    editor.view.focus();
    return true;
  }

  const range = (asked: Trigger | null | undefined) => {
    const { from, to } = editor.state.selection;
    return asked ? { from: Math.max(0, from - asked.length), to } : { from, to };
  };

  return {
    editor,
    content: () => {
      // The document outlives the view, so this works while the editor is being taken down too.
      const markup = getHTMLFromFragment(editor.state.doc.content, editor.schema);
      return {
        html: isEmptyDoc(editor.state.doc) ? "" : markup,
        text: now().format === "markdown" ? markdownFromHtml(markup) : textFromHtml(markup),
      };
    },
    isEmpty: () => isEmptyDoc(editor.state.doc),
    focus: (at) => {
      if (at !== undefined) editor.commands.setTextSelection(at);
      editor.view.focus();
    },
    replace: (next) =>
      editor.commands.setContent(next, { emitUpdate: false, parseOptions: { preserveWhitespace: true } }),
    insert: (markup, asked) => {
      editor.view.focus();
      editor
        .chain()
        .insertContentAt(range(asked), oneLine(markup), { parseOptions: { preserveWhitespace: "full" } })
        .run();
    },
    insertText: (text) => {
      editor.view.focus();
      editor.commands.insertContent({ type: "text", text });
    },
    insertNode: (type, attrs, asked) => {
      const pieces =
        type === "mention"
          ? [
              { type, attrs },
              { type: "text", text: " " },
            ]
          : [{ type, attrs }];
      editor.view.focus();
      editor.commands.insertContentAt(range(asked), pieces);
    },
    settlePicture: (upload, attrs) => {
      let at = -1;
      editor.state.doc.descendants((node, pos) => {
        if (node.type.name === "picture" && node.attrs.upload === upload) at = pos;
      });
      if (at < 0) return;
      const { tr } = editor.state;
      editor.view.dispatch(
        attrs ? tr.setNodeMarkup(at, undefined, { ...attrs, upload: "", preview: "" }) : tr.delete(at, at + 1),
      );
    },
    nextField,
    // Asks for the attributes again.
    refresh: () => editor.view.setProps({}),
  };
}

/** Nothing but an empty line: no letters, no picture, no list begun. */
const isEmptyDoc = (doc: Doc) =>
  doc.childCount <= 1 &&
  (doc.firstChild?.type.name ?? "paragraph") === "paragraph" &&
  !doc.textContent.trim() &&
  (doc.firstChild?.content.size ?? 0) === doc.textContent.length;

/** A snippet of one paragraph goes into the line it is asked for in. */
const oneLine = (html: string) => /^<p>((?:(?!<p>|<ul>|<ol>|<blockquote>|<pre>)[\s\S])*)<\/p>$/.exec(html)?.[1] ?? html;

const Keys = Extension.create<{ onLink: () => void; nextField: () => boolean }>({
  name: "keys",
  priority: 1000,
  addOptions: () => ({ onLink: () => undefined, nextField: () => false }),
  addKeyboardShortcuts() {
    return {
      "Mod-k": () => {
        this.options.onLink();
        return true;
      },
      // Sending, not a line break; the composer hears it next.
      "Mod-Enter": () => true,
      "Mod-Shift-f": () => true,
      Tab: () => this.options.nextField(),
    };
  },
});

/** Where the n-th character of the plain text is in the document. */
export function caretOffset(doc: Doc, characters: number): number {
  let left = characters;
  let at = 1;
  doc.forEach((block, offset) => {
    if (left < 0) return;
    at = offset + 1 + Math.min(left, block.content.size);
    left -= block.content.size + 1;
  });
  return at;
}

export const endOf = (doc: Doc) => Math.max(0, doc.content.size - 1);
