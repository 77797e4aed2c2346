/* Snippets from a file: what was found in it is told before anything happens, and afterwards what became of each row that was not taken. */
import { FileUp } from "lucide-react";
import { useRef, useState } from "react";
import { post } from "../../api/client";
import type { SnippetOutcome } from "../../api/types";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { inWords } from "../../ui/serverWords";
import { type Read, type Row, readFile } from "./files";

const AT_ONCE = 100;
const MAX_BYTES = 10_000_000;

interface Done {
  added: number;
  replaced: number;
  unchanged: number;
  refused: { row: Row; detail: string }[];
}

export function SnippetImport({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const picker = useRef<HTMLInputElement>(null);
  const [read, setRead] = useState<Read | null>(null);
  const [isShared, setShared] = useState(true);
  const [replaces, setReplaces] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [done, setDone] = useState<Done | null>(null);

  const open = async (file: File | undefined) => {
    if (!file) return;
    setDone(null);
    setRead(null);
    if (file.size > MAX_BYTES) return setProblem(t("snippets.file_too_large"));
    const found = readFile(await file.text());
    setProblem(
      found.problem ? t(`snippets.file_${found.problem}`) : found.rows.length ? null : t("snippets.file_empty"),
    );
    setRead(found);
  };
  const bringIn = async (rows: Row[]) => {
    setBusy(true);
    setProblem(null);
    const sum: Done = { added: 0, replaced: 0, unchanged: 0, refused: [] };
    try {
      for (let from = 0; from < rows.length; from += AT_ONCE) {
        const part = rows.slice(from, from + AT_ONCE);
        const snippets = part.map(({ line: _line, is_shared, ...row }) => ({
          ...row,
          is_shared: is_shared ?? isShared,
        }));
        const { results } = await post<{ results: SnippetOutcome[] }>("/api/snippets/import", {
          snippets,
          replace: replaces,
        });
        results.forEach(({ result, detail }, at) => {
          const row = part[at];
          if (result !== "refused") sum[result]++;
          else if (row) sum.refused.push({ row, detail });
        });
      }
    } catch (error) {
      setProblem(sentence(error));
    }
    // What was taken before something went wrong is told too.
    setBusy(false);
    setDone(sum);
    announce(t("snippets.imported", { added: sum.added, replaced: sum.replaced, refused: sum.refused.length }));
    onDone();
  };

  const rows = read?.problem ? [] : (read?.rows ?? []);
  return (
    <Dialog title={t("snippets.import")} onClose={onClose} isWide>
      <p className="soft">{t("snippets.import_about")}</p>
      <input
        ref={picker}
        type="file"
        className="sr"
        tabIndex={-1}
        aria-label={t("snippets.choose_file")}
        accept=".csv,.json,.txt,text/csv,application/json,text/plain"
        onChange={(event) => {
          void open(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
      <p>
        <Button icon={<FileUp />} data-begin onClick={() => picker.current?.click()}>
          {t("snippets.choose_file")}
        </Button>
      </p>
      {problem ? (
        <p className="hint error" role="alert">
          {problem}
        </p>
      ) : null}
      {rows.length && !done ? (
        <div className="fields">
          <p role="status">{t("snippets.found", { count: rows.length })}</p>
          {rows.some((row) => row.is_shared === undefined) ? (
            <Switch
              label={t("snippets.import_shared")}
              checked={isShared}
              onChange={(event) => setShared(event.target.checked)}
            />
          ) : null}
          <Switch
            label={t("snippets.import_replace")}
            checked={replaces}
            onChange={(event) => setReplaces(event.target.checked)}
          />
          <div className="row">
            <Button look="primary" isBusy={isBusy} onClick={() => void bringIn(rows)}>
              {t("snippets.import_now", { count: rows.length })}
            </Button>
          </div>
        </div>
      ) : null}
      {done ? <Report done={done} /> : null}
    </Dialog>
  );
}

function Report({ done }: { done: Done }) {
  return (
    <>
      <p role="status">
        {t("snippets.imported", { added: done.added, replaced: done.replaced, refused: done.refused.length })}
      </p>
      {done.unchanged ? <p className="soft">{t("snippets.unchanged", { count: done.unchanged })}</p> : null}
      {done.refused.length ? (
        <ul className="card rowlist" aria-label={t("snippets.refused")}>
          {done.refused.map(({ row, detail }) => (
            <li key={row.line}>
              <span className="soft num">{t("snippets.line", { line: row.line })}</span>
              <b>{row.shortcut}</b>
              <span className="grow">{inWords(detail)}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
