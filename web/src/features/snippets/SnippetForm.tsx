/* One snippet: its shortcut and name, its text in the composer's editor, and beside it what a customer would get. */
import { useQuery } from "@tanstack/react-query";
import { Braces } from "lucide-react";
import { useEffect, useState } from "react";
import { Problem, patch, post } from "../../api/client";
import { usersQuery } from "../../api/queries";
import type { Snippet, User } from "../../api/types";
import { Field, Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { sentence } from "../../ui/States";
import { ComposerBody, useField } from "../drafts/ComposerBody";
import { htmlFromText } from "../editor/plain";
import { tokenWords } from "../editor/suggestions";
import { TOKENS, unknownTokens } from "../editor/tokens";
import { useTextKey } from "../editor/useTextKey";
import { SaveLine } from "../unsaved/SaveLine";
import { type Unsaved, useUnsaved } from "../unsaved/unsaved";
import { SnippetPreview } from "./SnippetPreview";
import { useSnippetText } from "./useSnippetText";
import "../drafts/composer.css";

export type Draft = Pick<Snippet, "shortcut" | "name" | "subject" | "text" | "html" | "is_shared"> & { id?: string };

interface Props {
  /** Under which it is kept until it is saved: "new", or its id. */
  name: string;
  begun: Draft;
  me: User;
  onSaved: () => void;
  onCancel: () => void;
}

export function SnippetForm(props: Props) {
  const { id: _, ...begun } = props.begun;
  const unsaved = useUnsaved(`snippets/${props.name}`, begun);
  const editor = useTextKey(JSON.stringify([unsaved.value.text, unsaved.value.html]));
  return <Form {...props} key={editor.key} unsaved={unsaved} note={editor.note} />;
}

interface FormProps extends Props {
  unsaved: Unsaved<Omit<Draft, "id">>;
  note: (said: string) => void;
}

function Form({ begun, me, unsaved, note, onSaved, onCancel }: FormProps) {
  const users = useQuery(usersQuery).data ?? [];
  const draft = unsaved.value;
  const [problem, setProblem] = useState<{ field: string; words: string } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const kept = useSnippetText(draft.text, draft.html || htmlFromText(draft.text));
  const field = useField(kept, undefined);
  const { text, html } = kept.draft;
  const wrong = unknownTokens(`${draft.subject} ${text}`);
  const change = (part: Partial<Draft>) => {
    setProblem(null);
    unsaved.change({ ...draft, ...part });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is written is kept; what is given is only how it begins
  useEffect(() => {
    if (!kept.isTouched()) return;
    note(JSON.stringify([text, html]));
    unsaved.change({ ...draft, text, html });
  }, [text, html]);
  const save = async () => {
    if (isBusy) return;
    const { shortcut, name, subject, is_shared } = draft;
    const written = kept.now();
    // What was not touched keeps what it has.
    const content = {
      shortcut,
      name,
      subject,
      is_shared,
      ...(kept.isTouched() || draft.html !== begun.html || draft.text !== begun.text
        ? { text: written.text, html: written.html }
        : {}),
    };
    setBusy(true);
    try {
      await (begun.id ? patch(`/api/snippets/${begun.id}`, content) : post("/api/snippets", content));
      unsaved.discard();
      onSaved();
    } catch (error) {
      setBusy(false);
      const named = error instanceof Problem ? error.field : undefined;
      const about = named === "text" || named === "subject" ? named : "shortcut";
      setProblem({ field: about, words: sentence(error) });
      if (about === "text") field.focus();
    }
  };
  return (
    <div className="snippetedit">
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label={t("snippets.shortcut")}
          required
          autoFocus
          value={draft.shortcut}
          error={problem?.field === "shortcut" ? problem.words : null}
          onChange={(event) => change({ shortcut: event.target.value })}
        />
        <Field
          label={t("snippets.name")}
          value={draft.name}
          onChange={(event) => change({ name: event.target.value })}
        />
        <Field
          label={t("snippets.subject")}
          hint={t("snippets.subject_hint")}
          value={draft.subject}
          maxLength={500}
          dir="auto"
          error={problem?.field === "subject" ? problem.words : null}
          onChange={(event) => change({ subject: event.target.value })}
        />
        <div className="field">
          <span className="label">{t("snippets.text")}</span>
          <div className="composer snippettext">
            <ComposerBody
              field={field}
              kept={kept}
              change={kept.change}
              format="html"
              abilities={undefined}
              canAttach={false}
              startsAt={null}
              label={t("snippets.text")}
              placeholder=""
              triggers={["emoji"]}
              users={users}
              values={() => ({})}
              fields={0}
              onTouch={() => problem?.field === "text" && setProblem(null)}
              below={null}
            >
              <Menu
                label={t("snippets.insert_token")}
                className="btn s"
                align="end"
                items={TOKENS.map((token) => ({
                  id: token,
                  label: tokenWords(token),
                  run: () => field.api.current?.insertText(`{${token}}`),
                }))}
              >
                <Braces className="small" />
                {t("snippets.insert_token")}
              </Menu>
            </ComposerBody>
          </div>
          {problem?.field === "text" ? <p className="hint error">{problem.words}</p> : null}
          {wrong.length ? (
            <p className="hint error" role="status">
              {t("snippets.unknown", { tokens: wrong.join(", ") })}
            </p>
          ) : null}
        </div>
        <Switch
          label={t("snippets.shared")}
          checked={draft.is_shared}
          onChange={(event) => change({ is_shared: event.target.checked })}
        />
        <SaveLine
          unsaved={unsaved}
          isBusy={isBusy}
          label={t("snippets.save")}
          back={t("common.cancel")}
          onBack={onCancel}
          isLasting
        />
      </form>
      <SnippetPreview subject={draft.subject} text={text} html={html} me={me} />
    </div>
  );
}
