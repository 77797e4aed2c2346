/* Snippets: texts to be put into answers. One's own, and everybody's; written, tried, brought in from a file and taken along in one. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, FileUp, Mail, Plus, Trash2, UserRound } from "lucide-react";
import { useState } from "react";
import { post, remove } from "../../api/client";
import { keys, sessionQuery, snippetsQuery } from "../../api/queries";
import type { Snippet } from "../../api/types";
import { Button, IconButton } from "../../ui/Button";
import { download } from "../../ui/download";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { Failed, Skeleton } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { rankSnippets } from "../editor/suggestions";
import { UnsavedMark } from "../unsaved/SaveLine";
import { useUnsavedAt } from "../unsaved/unsaved";
import { asCsv, asJson } from "./files";
import { type Draft, SnippetForm } from "./SnippetForm";
import { SnippetImport } from "./SnippetImport";

const blank: Draft = { shortcut: "", name: "", subject: "", text: "", html: "", is_shared: true };

const formOf = ({ id, shortcut, name, subject, text, html, is_shared }: Draft): Draft => ({
  ...(id ? { id } : {}),
  shortcut,
  name,
  subject,
  text,
  html,
  is_shared,
});

export default function SnippetsPage() {
  const client = useQueryClient();
  const me = useQuery(sessionQuery).data?.user;
  const query = useQuery(snippetsQuery);
  const [search, setSearch] = useState("");
  const [begun] = useUnsavedAt("snippets");
  /** "new", or the id of the one that is open; as it opens, one that is not saved. */
  const [open, setOpen] = useState<string | null>(begun ?? null);
  const [isImporting, setImporting] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: keys.snippets });
  const drop = async (one: Snippet) => {
    const { shortcut, name, subject, text, html, is_shared } = one;
    const restore = () => post("/api/snippets", { shortcut, name, subject, text, html, is_shared }).then(refresh);
    try {
      await remove(`/api/snippets/${one.id}`);
      if (open === one.id) setOpen(null);
      const bringBack = () => void restore().catch((error) => toastError(error));
      toast(t("snippets.deleted", { name: shortcut }), bringBack, { isLasting: true });
      await refresh();
    } catch (error) {
      toastError(error);
    }
  };
  if (!query.data || !me)
    return (
      <div className="narrow">
        <h1>{t("editor.snippets")}</h1>
        {query.isError ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton rows={4} shape="line" />
        )}
      </div>
    );
  const all = query.data;
  // One that a colleague has deleted meanwhile is written anew.
  const draft = open === null ? null : (all.find((one) => one.id === open) ?? blank);
  const shown = rankSnippets(all, search.toLowerCase());
  return (
    <div className={draft ? "snippetspage" : "narrow"}>
      <h1>{t("editor.snippets")}</h1>
      <p className="soft">{t("snippets.about")}</p>
      {draft ? (
        <SnippetForm
          key={open}
          name={open ?? "new"}
          begun={formOf(draft)}
          me={me}
          onCancel={() => setOpen(null)}
          onSaved={() => {
            setOpen(null);
            void refresh();
          }}
        />
      ) : (
        <div className="row block snippetacts">
          <Button look="primary" icon={<Plus />} onClick={() => setOpen("new")}>
            {t("snippets.add")}
            <UnsavedMark at="snippets/new" />
          </Button>
          <Button icon={<FileUp />} onClick={() => setImporting(true)}>
            {t("snippets.import")}
          </Button>
          {all.length ? (
            <Menu
              label={t("snippets.export")}
              className="btn"
              items={[
                {
                  id: "csv",
                  label: t("snippets.export_csv"),
                  run: () => download("snippets.csv", "text/csv;charset=utf-8", `\ufeff${asCsv(all)}`),
                },
                {
                  id: "json",
                  label: t("snippets.export_json"),
                  run: () => download("snippets.json", "application/json", asJson(all)),
                },
              ]}
            >
              <Download />
              {t("snippets.export")}
            </Menu>
          ) : null}
        </div>
      )}
      {isImporting ? <SnippetImport onClose={() => setImporting(false)} onDone={() => void refresh()} /> : null}
      {all.length ? (
        <Field label={t("snippets.search")} value={search} onChange={(event) => setSearch(event.target.value)} />
      ) : draft ? null : (
        <p className="soft">{t("snippets.empty")}</p>
      )}
      {shown.length ? (
        <ul className="card rowlist snippetlist">
          {shown.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                className="snippetrow"
                aria-label={t("snippets.edit", { name: one.shortcut })}
                onClick={() => setOpen(one.id)}
              >
                <b>{`/${one.shortcut}`}</b>
                <UnsavedMark at={`snippets/${one.id}`} />
                <span className="soft cut" dir="auto">
                  {one.text.replace(/\s+/g, " ")}
                </span>
                {one.subject ? (
                  <span className="pill bare" title={one.subject}>
                    <Mail className="small" />
                    {t("snippets.template")}
                  </span>
                ) : null}
                {one.is_shared ? null : (
                  <span className="pill bare">
                    <UserRound className="small" />
                    {t("snippets.own")}
                  </span>
                )}
              </button>
              <IconButton label={t("snippets.delete", { name: one.shortcut })} onClick={() => void drop(one)}>
                <Trash2 />
              </IconButton>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
