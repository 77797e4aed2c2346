/* Text with emphasis, links and pictures that a channel keeps as markup (a signature, R-113): the composer's editor, or the markup itself. What the editor
 * does not know is only shown as markup, so that opening it changes nothing. */
import { useQuery } from "@tanstack/react-query";
import { Braces, ImagePlus } from "lucide-react";
import { useEffect, useState } from "react";
import { brandQuery, sessionQuery } from "../../api/queries";
import { Button } from "../../ui/Button";
import { TextArea } from "../../ui/Field";
import { nameList } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { ComposerBody, useField } from "../drafts/ComposerBody";
import { useTextKey } from "../editor/useTextKey";
import { build } from "../messages/Written";
import { useSnippetText } from "../snippets/useSnippetText";
import { fromEditor, insertLogo, PICTURES, picturesIn, toEditor } from "./signaturePictures";
import "../drafts/composer.css";
import type { FormField } from "./schema";

interface Props {
  field: FormField;
  value: string;
  error: string | null;
  onChange: (markup: string) => void;
}

export function MarkupField({ field, value, error, onChange }: Props) {
  const isPlain = build(value, picturesIn(value)) === null;
  const [wantsMarkup, setWantsMarkup] = useState(isPlain);
  const asMarkup = wantsMarkup || isPlain;
  const editor = useTextKey(value);
  const unknown = field.tokens.length ? unknownTokens(value, field.tokens) : [];
  return (
    <div className="field markupfield">
      <div className="row">
        <span className="label grow">{field.title}</span>
        <fieldset className="seg">
          <legend className="sr">{t("markup.how", { name: field.title })}</legend>
          {[false, true].map((markup) => (
            <label key={String(markup)}>
              <input
                type="radio"
                name={`${field.name} as`}
                checked={asMarkup === markup}
                disabled={!markup && isPlain}
                onChange={() => setWantsMarkup(markup)}
              />
              {t(markup ? "markup.html" : "markup.editor")}
            </label>
          ))}
        </fieldset>
      </div>
      {asMarkup ? (
        <TextArea
          label={field.title}
          className="mono"
          rows={7}
          spellCheck={false}
          value={value}
          error={error}
          hint={isPlain ? t("markup.only_html") : field.description}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <Editor
          key={editor.key}
          field={field}
          value={value}
          onChange={(markup) => {
            editor.note(markup);
            onChange(markup);
          }}
        />
      )}
      {unknown.length ? (
        <p className="banner warn" role="status">
          {t("markup.unknown_tokens", { names: nameList(unknown) })}
        </p>
      ) : null}
    </div>
  );
}

/** What looks like a token and is none of these: "{{firstname}}". */
const unknownTokens = (markup: string, known: string[]): string[] => [
  ...new Set(
    [...markup.matchAll(/\{\{\s*([^{}<>]{1,40}?)\s*\}\}/g)].flatMap(([all, name = ""]) =>
      known.includes(name) ? [] : [all],
    ),
  ),
];

const TOKENS: Record<string, MessageId> = {
  first_name: "markup.first_name",
  last_name: "markup.last_name",
  full_name: "markup.full_name",
};

function Editor({ field, value, onChange }: Omit<Props, "error">) {
  const me = useQuery(sessionQuery).data?.user;
  const kept = useSnippetText("", toEditor(value));
  const editor = useField(kept, PICTURES, "/api/pictures");
  const logo = useQuery(brandQuery).data?.logo_url;
  const { html } = kept.draft;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is written goes up; what is given is only how it begins
  useEffect(() => {
    if (kept.isTouched()) onChange(fromEditor(html));
  }, [html]);
  return (
    <div className="composer snippettext">
      <ComposerBody
        field={editor}
        kept={kept}
        change={kept.change}
        format="html"
        abilities={PICTURES}
        canAttach="pictures"
        startsAt={null}
        label={field.title}
        placeholder=""
        triggers={[]}
        users={[]}
        values={() => ({})}
        fields={0}
        onTouch={() => undefined}
        below={null}
      >
        {logo ? (
          <Button size="s" icon={<ImagePlus />} onClick={() => void insertLogo(editor, logo)}>
            {t("markup.logo")}
          </Button>
        ) : null}
        {field.tokens.length ? (
          <Menu
            label={t("snippets.insert_token")}
            className="btn s"
            align="end"
            items={field.tokens.map((token) => ({
              id: token,
              label: TOKENS[token] ? t(TOKENS[token]) : token,
              count: token === "full_name" ? me?.name : token === "first_name" ? me?.first_name : me?.last_name,
              run: () => editor.api.current?.insertText(`{{${token}}}`),
            }))}
          >
            <Braces className="small" />
            {t("snippets.insert_token")}
          </Menu>
        ) : null}
      </ComposerBody>
    </div>
  );
}
