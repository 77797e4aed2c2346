/* The file library: what is kept for re-use, one's own and everybody's. Added, renamed, shared; taken out with Undo. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, Ellipsis, Pencil, Trash2, UserRound, UsersRound } from "lucide-react";
import { useState } from "react";
import { patch, post, remove } from "../../api/client";
import { keys } from "../../api/queries";
import type { LibraryFile } from "../../api/types";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { fileSize } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { matches } from "../../ui/Picker";
import { Failed, Skeleton } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { isShown, Thumb } from "../messages/Files";
import Lightbox from "../messages/Lightbox";
import { AddFiles } from "./AddFiles";
import { libraryQuery } from "./library";
import "../messages/thread.css";

export default function LibraryPage() {
  const client = useQueryClient();
  const query = useQuery(libraryQuery);
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<LibraryFile | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: keys.library });
  const all = query.data ?? [];
  const shown = all.filter((one) => matches({ id: one.id, label: one.name }, search));
  const toSee = shown.filter(isShown);
  return (
    <div className="narrow">
      <h1>{t("library.title")}</h1>
      <p className="soft">{t("library.about")}</p>
      <AddFiles onAdded={() => void refresh()} />
      {query.isPending ? <Skeleton rows={4} shape="line" /> : null}
      {query.isError && !query.data ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data && !all.length ? <p className="soft block">{t("library.empty_page")}</p> : null}
      {all.length ? (
        <Field label={t("library.find")} value={search} onChange={(event) => setSearch(event.target.value)} />
      ) : null}
      {all.length && !shown.length ? <p className="soft">{t("library.none")}</p> : null}
      {shown.length ? (
        <ul className="card rowlist">
          {shown.map((file) => (
            <Row key={file.id} file={file} refresh={refresh} onOpen={() => setOpen(file)} />
          ))}
        </ul>
      ) : null}
      {open ? <Lightbox files={toSee} start={toSee.indexOf(open)} onClose={() => setOpen(null)} /> : null}
    </div>
  );
}

interface RowProps {
  file: LibraryFile;
  refresh: () => Promise<void>;
  onOpen: () => void;
}

function Row({ file, refresh, onOpen }: RowProps) {
  const [isRenaming, setRenaming] = useState(false);
  const path = `/api/library-files/${file.id}`;
  const attempt = async (act: () => Promise<unknown>, done?: string, undo?: () => Promise<unknown>) => {
    try {
      await act();
      if (done) toast(done, undo && (() => void attempt(undo)), { isLasting: true });
    } catch (problem) {
      toastError(problem);
    }
    await refresh();
  };
  const rename = (name: string) => {
    setRenaming(false);
    if (name && name !== file.name) void attempt(() => patch(path, { name }));
  };
  const save = () => {
    const link = document.createElement("a");
    link.href = file.url;
    link.download = file.name;
    link.click();
  };
  const items = [
    { id: "rename", label: t("library.rename"), icon: <Pencil />, run: () => setRenaming(true) },
    {
      id: "share",
      label: t(file.is_shared ? "library.make_own" : "library.share"),
      icon: file.is_shared ? <UserRound /> : <UsersRound />,
      run: () => void attempt(() => patch(path, { is_shared: !file.is_shared })),
    },
    { id: "download", label: t("lightbox.download"), icon: <Download />, run: save },
    {
      id: "delete",
      label: t("library.delete"),
      icon: <Trash2 />,
      isDangerous: true,
      startsGroup: true,
      run: () =>
        void attempt(
          () => remove(path),
          t("library.deleted", { name: file.name }),
          () => post(`${path}/restore`),
        ),
    },
  ];
  const details = [fileSize(file.size), file.is_shared ? "" : t("snippets.own")].filter(Boolean).join(" · ");
  return (
    <li>
      <Thumb file={file} />
      {isRenaming ? (
        <Rename name={file.name} onDone={rename} onCancel={() => setRenaming(false)} />
      ) : (
        <div className="grow">
          <a
            href={file.url}
            download={file.name}
            dir="auto"
            onClick={(event) => {
              if (!isShown(file)) return;
              event.preventDefault();
              onOpen();
            }}
          >
            {file.name}
          </a>
          <p className="small-text muted">{details}</p>
        </div>
      )}
      <Menu label={t("tags.menu", { name: file.name })} className="iconbtn" align="end" items={items}>
        <Ellipsis />
      </Menu>
    </li>
  );
}

function Rename({ name, onDone, onCancel }: { name: string; onDone: (name: string) => void; onCancel: () => void }) {
  const [typed, setTyped] = useState(name);
  return (
    <form
      className="inlineform grow"
      onSubmit={(event) => {
        event.preventDefault();
        onDone(typed.trim());
      }}
      onKeyDown={(event) => event.key === "Escape" && onCancel()}
    >
      <Field
        label={t("library.name")}
        required
        maxLength={255}
        value={typed}
        autoFocus
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button type="submit">{t("common.save")}</Button>
    </form>
  );
}
