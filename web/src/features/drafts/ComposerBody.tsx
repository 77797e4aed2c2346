/* What one writes in, in an answer and in a new conversation alike: the text with its lists of suggestions, what goes along below it, the files on their way,
 * and the bar of tools with the button that sends. Who it goes to, and how it leaves, is the business of whoever shows it: Writing.tsx,
 * starting/NewConversation.tsx. Read next: editor/TextField.tsx. */
import { type KeyboardEvent, lazy, type ReactNode, type RefObject, Suspense, useRef, useState } from "react";
import type { Abilities, Id, LibraryFile, User } from "../../api/types";
import { withWords } from "../../ui/i18n";
import type { RichApi } from "../editor/create";
import { TextField } from "../editor/TextField";
import { Toolbar } from "../editor/Toolbar";
import type { TriggerKind } from "../editor/trigger";
import { useSuggest } from "../editor/useSuggest";
import { ComposeBar } from "./ComposeBar";
import { ComposeFiles } from "./ComposeFiles";
import type { Draft } from "./drafts";
import type { Kept } from "./useDraft";
import { type Upload, useUploads } from "./useUploads";

const EmojiPicker = lazy(
  withWords(() => import("../editor/EmojiPicker").then((found) => ({ default: found.EmojiPicker }))),
);
const LibraryPicker = lazy(withWords(() => import("../library/LibraryPicker")));
const LinkForm = lazy(withWords(() => import("../editor/LinkForm").then((found) => ({ default: found.LinkForm }))));

type Opened = "link" | "emoji" | "library";

/** A draft that is being written: of an answer (useDraft.ts) or of a new conversation (starting/useNewDraft.ts). */
export type Written = Pick<Kept, "draft" | "version" | "touch" | "source" | "now" | "change" | "addFile">;

export interface Field {
  /** The rich editor once it is there, and the plain field until then. */
  api: RefObject<RichApi | null>;
  plain: RefObject<HTMLTextAreaElement | null>;
  focus: () => void;
  uploads: readonly Upload[];
  attach: (files: File[], isInText: boolean) => void;
  /** A file of the library goes along. */
  put: (file: LibraryFile, isInText?: boolean) => void;
}

/** `abilities` undefined: anything may go along. `pictures`: where those of the text go, when that is not with the attachments. */
export function useField(kept: Written, abilities: Abilities | undefined, pictures?: string): Field {
  const api = useRef<RichApi | null>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const { uploads, start, put } = useUploads(abilities, {
    api,
    pictures,
    files: kept.draft.attachments,
    onDone: kept.addFile,
  });
  const focus = () => (api.current ? api.current.focus() : plain.current?.focus());
  return { api, plain, focus, uploads, attach: start, put };
}

interface Props {
  field: Field;
  kept: Written;
  change: (part: Partial<Draft>) => void;
  format: Abilities["text_format"] | undefined;
  abilities: Abilities | undefined;
  canAttach: boolean | "pictures";
  startsAt: number | null;
  label: string;
  placeholder: string;
  triggers: readonly TriggerKind[];
  users: User[];
  /** Where people are named. */
  inboxId?: Id;
  /** What the tokens of a snippet stand for here. */
  values: () => Record<string, string>;
  /** The subject of a template that is put in. */
  onSubject?: (subject: string) => void;
  /** How many fields of a snippet nobody has filled in. */
  fields: number;
  onTouch: (isBlank: boolean) => void;
  onBlur?: () => void;
  /** Signature and quoted text. */
  below: ReactNode;
  /** What is wrong with text or files. */
  problems?: ReactNode;
  /** The button that sends. */
  children: ReactNode;
}

export function ComposerBody(props: Props) {
  const { field, kept, change, format, abilities, canAttach, below, problems, children } = props;
  const { api, plain, focus, uploads, attach, put } = field;
  const { draft } = kept;
  const inText = (picked: File[]) => attach(picked, true);
  const files = canAttach === "pictures" ? inText : canAttach ? attach : undefined;
  const hasPictures = format === "html" && (abilities?.has_inline_images ?? false);
  const [marks, setMarks] = useState("");
  const [open, setOpen] = useState<Opened | null>(null);
  const suggest = useSuggest(api, {
    users: props.users,
    inboxId: props.inboxId,
    values: props.values,
    onSubject: props.onSubject,
  });
  const toggle = (which: Opened) => setOpen(open === which ? null : which);
  const close = () => setOpen(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open || event.defaultPrevented) return;
    close();
    focus();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="composebody" onKeyDown={onKeyDown}>
      {suggest.element}
      {open === "emoji" ? (
        <Suspense fallback={null}>
          <EmojiPicker api={api} plain={plain} onDone={close} />
        </Suspense>
      ) : null}
      {open === "library" ? (
        <Suspense fallback={null}>
          <LibraryPicker
            onDone={close}
            hasPictures={hasPictures}
            onChoose={(file, isInText) => {
              close();
              focus();
              put(file, isInText);
            }}
          />
        </Suspense>
      ) : null}
      <TextField
        startsAt={props.startsAt}
        text={draft.text}
        html={draft.html}
        version={kept.version}
        api={api}
        plain={plain}
        label={props.label}
        placeholder={props.placeholder}
        format={format}
        triggers={props.triggers}
        list={suggest.list}
        onTrigger={suggest.onTrigger}
        onKey={suggest.onKey}
        onMarks={setMarks}
        onLink={() => toggle("link")}
        onFiles={files ?? (() => undefined)}
        onReady={() => {
          kept.source.current = () => api.current?.content() ?? { text: kept.now().text, html: kept.now().html };
        }}
        onLeave={(content) => {
          kept.source.current = () => content;
        }}
        onPlain={(text, html) => change({ text, html })}
        onTouch={(isBlank) => {
          if (api.current) kept.touch(isBlank);
          props.onTouch(isBlank);
        }}
        onBlur={props.onBlur ?? (() => undefined)}
      />
      {below}
      <ComposeFiles
        files={draft.attachments.filter((file) => !file.is_inline)}
        uploads={uploads}
        onRemove={(id) => change({ attachments: draft.attachments.filter((file) => file.id !== id) })}
      />
      {problems}
      {open === "link" ? (
        <Suspense fallback={null}>
          <LinkForm api={api} onDone={close} />
        </Suspense>
      ) : null}
      <ComposeBar limit={abilities?.text_limit ?? 0} length={draft.text.length} fields={props.fields}>
        <Toolbar
          api={api}
          marks={marks}
          format={format ?? "plain"}
          hasPictures={hasPictures}
          onLink={() => toggle("link")}
          onlyPictures={canAttach === "pictures"}
          onFiles={files}
          onEmoji={() => toggle("emoji")}
          onLibrary={canAttach === true ? () => toggle("library") : undefined}
          onSnippets={
            props.triggers.includes("snippet")
              ? () => {
                  focus();
                  api.current?.insertText("/");
                }
              : undefined
          }
        />
        {children}
      </ComposeBar>
    </div>
  );
}
