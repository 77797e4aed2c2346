/* The buttons under the text. One tab stop, arrow keys between them; what a channel cannot carry has no button. */
import { Bold, Ellipsis, FolderOpen, Image as ImageIcon, Italic, Link2, List, Paperclip, Smile } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type RefObject, useRef, useState } from "react";
import { attachAction, libraryAction } from "../../actions/composing";
import { IconButton } from "../../ui/Button";
import { shownKeys } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";
import { Menu, type MenuItem } from "../../ui/Menu";
import type { RichApi } from "./create";

interface Props {
  api: RefObject<RichApi | null>;
  /** Names of the marks at the caret, with spaces between. */
  marks: string;
  format: "plain" | "markdown" | "html";
  hasPictures: boolean;
  /** Nothing goes along but what stands in the text. */
  onlyPictures?: boolean;
  onLink: () => void;
  /** Files picked; `isInText`: as pictures in the text. Absent: the channel takes none. */
  onFiles?: (files: File[], isInText: boolean) => void;
  onEmoji: () => void;
  /** Absent: nothing of the library goes along. */
  onLibrary?: () => void;
  onSnippets?: () => void;
  children?: ReactNode;
}

export function Toolbar({
  api,
  marks,
  format,
  hasPictures,
  onlyPictures,
  onLink,
  onFiles,
  onEmoji,
  onLibrary,
  onSnippets,
  children,
}: Props) {
  const files = useRef<HTMLInputElement>(null);
  const pictures = useRef<HTMLInputElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const on = new Set(marks.split(" "));
  const chain = () => api.current?.editor.chain().focus();
  const isRich = format !== "plain";

  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(bar.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const here = buttons.indexOf(document.activeElement as HTMLElement);
    const next =
      event.key === "ArrowRight"
        ? here + 1
        : event.key === "ArrowLeft"
          ? here - 1
          : event.key === "Home"
            ? 0
            : event.key === "End"
              ? -1
              : null;
    if (next === null || here < 0) return;
    event.preventDefault();
    const to = (next + buttons.length) % buttons.length;
    setAt(to);
    buttons[to]?.focus();
  };

  let count = 0;
  const stop = () => {
    const mine = count++;
    return { tabIndex: mine === at ? 0 : -1, onFocus: () => setAt(mine) };
  };
  const mark = (name: string, label: string, keys: string, icon: ReactNode, run: () => void) => (
    <IconButton label={label} keys={shownKeys(keys)} aria-pressed={on.has(name)} onClick={run} {...stop()}>
      {icon}
    </IconButton>
  );
  const more: MenuItem[] = [
    ...(format === "html"
      ? [
          {
            id: "underline",
            label: t("editor.underline"),
            keys: shownKeys("Mod+U"),
            run: () => chain()?.toggleUnderline().run(),
          },
        ]
      : []),
    {
      id: "strike",
      label: t("editor.strike"),
      keys: shownKeys("Mod+Shift+S"),
      run: () => chain()?.toggleStrike().run(),
    },
    {
      id: "orderedList",
      label: t("editor.numbers"),
      keys: shownKeys("Mod+Shift+7"),
      run: () => chain()?.toggleOrderedList().run(),
    },
    {
      id: "blockquote",
      label: t("editor.quote"),
      keys: shownKeys("Mod+Shift+B"),
      run: () => chain()?.toggleBlockquote().run(),
    },
    { id: "code", label: t("editor.code"), keys: shownKeys("Mod+E"), run: () => chain()?.toggleCode().run() },
  ].map((item) => ({ ...item, isChosen: on.has(item.id), run: () => void item.run() }));

  const picker = (ref: RefObject<HTMLInputElement | null>, label: string, isInText: boolean) => (
    <input
      ref={ref}
      type="file"
      multiple
      hidden
      accept={isInText ? "image/*" : undefined}
      aria-label={label}
      onChange={(event) => {
        onFiles?.([...(event.target.files ?? [])], isInText);
        event.target.value = "";
      }}
    />
  );
  return (
    <div role="toolbar" aria-label={t("composer.formatting")} className="toolbar" ref={bar} onKeyDown={onKeyDown}>
      {isRich ? (
        <>
          {mark("bold", t("editor.bold"), "Mod+B", <Bold />, () => chain()?.toggleBold().run())}
          {mark("italic", t("editor.italic"), "Mod+I", <Italic />, () => chain()?.toggleItalic().run())}
          {mark("link", t("editor.link"), "Mod+K", <Link2 />, onLink)}
          {mark("bulletList", t("editor.list"), "Mod+Shift+8", <List />, () => chain()?.toggleBulletList().run())}
          <Menu label={t("editor.more")} items={more} className="iconbtn" side="top" {...stop()}>
            <Ellipsis />
          </Menu>
        </>
      ) : null}
      {hasPictures && onFiles ? (
        <IconButton label={t("editor.picture")} onClick={() => pictures.current?.click()} {...stop()}>
          <ImageIcon />
        </IconButton>
      ) : null}
      {isRich ? <i className="barline" aria-hidden="true" /> : null}
      {onFiles && !onlyPictures ? (
        <IconButton
          label={t(attachAction.label(null))}
          keys={shownKeys(attachAction.keys[0])}
          data-attach=""
          onClick={() => files.current?.click()}
          {...stop()}
        >
          <Paperclip />
        </IconButton>
      ) : null}
      {onLibrary ? (
        <IconButton
          label={t(libraryAction.label(null))}
          keys={shownKeys(libraryAction.keys[0])}
          data-library=""
          onClick={onLibrary}
          {...stop()}
        >
          <FolderOpen />
        </IconButton>
      ) : null}
      <IconButton label={t("emoji.insert")} keys=":" onClick={onEmoji} data-emoji="" {...stop()}>
        <Smile />
      </IconButton>
      {onSnippets ? (
        <button
          type="button"
          className="snippetbtn"
          aria-label={t("editor.snippets")}
          title={`${t("editor.snippets")} (/)`}
          onClick={onSnippets}
          {...stop()}
        >
          <kbd>/</kbd>
          <span aria-hidden="true">{t("editor.snippets")}</span>
        </button>
      ) : null}
      {onFiles && !onlyPictures ? picker(files, t("action.attach"), false) : null}
      {onFiles && hasPictures ? picker(pictures, t("editor.picture"), true) : null}
      {children}
    </div>
  );
}
