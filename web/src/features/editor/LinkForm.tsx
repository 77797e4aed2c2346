import { type RefObject, useEffect, useRef, useState } from "react";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import type { RichApi } from "./create";

const SAFE = /^(https?:\/\/\S+|mailto:\S+@\S+|tel:\+?[\d ()-]+)$/i;

/** "tindra.example/x" is meant as a page and "a@b.example" as a mailbox. Null: neither. */
export function linkAddress(typed: string): string | null {
  const text = typed.trim();
  if (SAFE.test(text)) return text;
  if (/^[^\s@/]+@[^\s@]+\.[^\s@]+$/.test(text)) return `mailto:${text}`;
  if (/^[^\s@:]+\.[^\s@]{2,}$/.test(text)) return `https://${text}`;
  return null;
}

interface Props {
  api: RefObject<RichApi | null>;
  onDone: () => void;
}

/** Sets, changes or removes the link at the caret. */
export function LinkForm({ api, onDone }: Props) {
  const editor = api.current?.editor;
  const before = (editor?.getAttributes("link").href as string | undefined) ?? "";
  const [typed, setTyped] = useState(before);
  const [isWrong, setWrong] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const finish = () => {
    onDone();
    api.current?.focus();
  };
  const apply = () => {
    const href = linkAddress(typed);
    if (!typed.trim()) editor?.chain().extendMarkRange("link").unsetLink().run();
    else if (!href) {
      setWrong(true);
      return;
    } else if (before) editor?.chain().extendMarkRange("link").setLink({ href }).run();
    else if (editor?.state.selection.empty) {
      editor
        .chain()
        .insertContent({ type: "text", text: typed.trim(), marks: [{ type: "link", attrs: { href } }] })
        .run();
    } else {
      // Then one writes on behind it: what is typed or put in next must not take the place of the words.
      editor?.chain().setLink({ href }).setTextSelection(editor.state.selection.to).unsetMark("link").run();
    }
    finish();
  };
  return (
    <fieldset className="linkform" aria-label={t("editor.link")}>
      <input
        ref={input}
        className="linkinput"
        value={typed}
        inputMode="url"
        autoCapitalize="off"
        spellCheck={false}
        aria-label={t("editor.link_address")}
        aria-invalid={isWrong || undefined}
        onChange={(event) => {
          setTyped(event.target.value);
          setWrong(false);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== "Escape") return;
          event.preventDefault();
          event.stopPropagation();
          if (event.key === "Enter") apply();
          else finish();
        }}
      />
      <Button size="xs" look="primary" onClick={apply}>
        {t("editor.link_apply")}
      </Button>
      {before ? (
        <Button
          size="xs"
          look="ghost"
          onClick={() => {
            editor?.chain().extendMarkRange("link").unsetLink().run();
            finish();
          }}
        >
          {t("editor.link_remove")}
        </Button>
      ) : null}
      {isWrong ? (
        <p className="hint error" role="alert">
          {t("editor.link_wrong")}
        </p>
      ) : null}
    </fieldset>
  );
}
