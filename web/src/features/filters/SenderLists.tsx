/* The allow list and the deny list: pasted in, looked through, taken off with Undo. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type FormEvent, useDeferredValue, useState } from "react";
import { get, post, query, remove } from "../../api/client";
import { keys } from "../../api/queries";
import type { ListedSender, Page, SendersAdded } from "../../api/types";
import { announce } from "../../ui/announce";
import { Button, IconButton } from "../../ui/Button";
import { Field, TextArea } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { Failed, Skeleton, sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { SaveLine } from "../unsaved/SaveLine";
import { useUnsaved } from "../unsaved/unsaved";

type Name = ListedSender["list"];
const NAMES: Name[] = ["allow", "deny"];

export function SenderLists({ may }: { may: boolean }) {
  return NAMES.map((name) => (
    <section key={name} aria-label={t(`filters.${name}`)}>
      <h2>{t(`filters.${name}`)}</h2>
      <List name={name} may={may} />
    </section>
  ));
}

function List({ name, may }: { name: Name; may: boolean }) {
  const client = useQueryClient();
  const [q, setQ] = useState("");
  const words = useDeferredValue(q.trim());
  const list = useInfiniteQuery({
    queryKey: [...keys.listedSenders, name, words],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      get<Page<ListedSender>>(
        `/api/listed-senders${query({ list: name, q: words || undefined, cursor: pageParam ?? undefined })}`,
        signal,
      ),
    getNextPageParam: (page) => page.next,
  });
  const refresh = () => client.invalidateQueries({ queryKey: keys.listedSenders });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const drop = async (one: ListedSender) => {
    try {
      await remove(`/api/listed-senders/${one.id}`);
      toast(t("filters.dropped", { value: one.value }), () => {
        void post("/api/listed-senders", { list: name, text: one.value }).then(refresh, (problem) =>
          toastError(problem),
        );
      });
    } catch (problem) {
      toastError(problem);
    }
    await refresh();
  };
  return (
    <>
      <p className="soft">{t(`filters.${name}_lead`)}</p>
      {may ? <Paste name={name} onDone={refresh} /> : null}
      {rows.length > 8 || q ? (
        <Field label={t("filters.find")} type="search" value={q} onChange={(event) => setQ(event.target.value)} />
      ) : null}
      {list.isPending ? <Skeleton rows={2} shape="row" /> : null}
      {list.isError ? <Failed error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isSuccess && !rows.length ? (
        <p className="soft block">{t(q ? "filters.none_found" : `filters.${name}_empty`)}</p>
      ) : null}
      {rows.length ? (
        <ul className="card rowlist" aria-label={t(`filters.${name}`)}>
          {rows.map((one) => (
            <li key={one.id}>
              <p className="grow" dir="auto">
                {one.value}
                {one.value.includes("@") ? null : <span className="muted small-text"> {t("filters.domain")}</span>}
              </p>
              {may ? (
                <IconButton label={t("filters.drop", { value: one.value })} onClick={() => void drop(one)}>
                  <X />
                </IconButton>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {list.hasNextPage ? <Button onClick={() => void list.fetchNextPage()}>{t("common.more")}</Button> : null}
    </>
  );
}

function Paste({ name, onDone }: { name: Name; onDone: () => Promise<void> }) {
  const unsaved = useUnsaved(`spam/${name}`, "");
  const text = unsaved.value;
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [done, setDone] = useState<SendersAdded | null>(null);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (!text.trim()) return setError(t("filters.paste_empty"));
    setBusy(true);
    setError(null);
    try {
      const result = await post<SendersAdded>("/api/listed-senders", { list: name, text });
      setDone(result);
      unsaved.change(result.bad.map((one) => one.text).join("\n"));
      announce(t("filters.added", { added: result.added, moved: result.moved, known: result.known }));
      await onDone();
    } catch (problem) {
      setError(sentence(problem));
    }
    setBusy(false);
  };
  return (
    <form onSubmit={add} className="fields">
      <TextArea
        label={t("filters.paste")}
        hint={t("filters.paste_hint")}
        value={text}
        error={error}
        spellCheck={false}
        autoCapitalize="off"
        onChange={(event) => unsaved.change(event.target.value)}
      />
      {done ? (
        <div role="status">
          <p>{t("filters.added", { added: done.added, moved: done.moved, known: done.known })}</p>
          {done.bad.length ? (
            <>
              <p className="hint error">{t("filters.bad", { count: done.bad.length })}</p>
              <ul className="small-text">
                {done.bad.map((one, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the report of one paste, in its order
                  <li key={at}>{t("filters.bad_line", { line: one.line, text: one.text })}</li>
                ))}
              </ul>
            </>
          ) : null}
        </div>
      ) : null}
      <SaveLine unsaved={unsaved} isBusy={isBusy} label={t(`filters.${name}_add`)} isLasting />
    </form>
  );
}
