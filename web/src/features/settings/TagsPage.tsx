/* The account's tags: made, renamed and coloured at once; deleted and merged with Undo. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, Merge, Pencil, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { get, patch, post, remove } from "../../api/client";
import { keys } from "../../api/queries";
import { inLine } from "../../api/saving";
import type { Page, Tag } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { Picker } from "../../ui/Picker";
import { Failed, Skeleton, sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { COLORS, TagDot } from "../steering/Tag";

export function TagsPage() {
  const client = useQueryClient();
  const tags = useQuery({
    queryKey: [...keys.tags, "counted"],
    queryFn: () => get<Page<Tag>>("/api/tags?counts=true").then((page) => page.items),
    staleTime: 0,
  });
  const [name, setName] = useState("");
  const [color, setColor] = useState<Tag["color"]>("teal");
  const [error, setError] = useState<string | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: keys.tags });
  const create = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    try {
      await post("/api/tags", { name, color });
      setName("");
      await refresh();
    } catch (problem) {
      setError(sentence(problem));
    }
  };
  return (
    <div className="narrow">
      <h1>{t("tags.title")}</h1>
      <p className="soft">{t("tags.lead")}</p>
      <h2>{t("tags.new")}</h2>
      <form onSubmit={create} className="fields">
        <Field
          label={t("tags.name")}
          required
          maxLength={60}
          value={name}
          error={error}
          onChange={(event) => setName(event.target.value)}
        />
        <Swatches name={name || t("tags.new")} value={color} onChange={setColor} />
        <p>
          <Button type="submit" look="primary">
            {t("tags.add")}
          </Button>
        </p>
      </form>
      {tags.isPending ? <Skeleton rows={3} shape="row" /> : null}
      {tags.isError ? <Failed error={tags.error} onRetry={() => void tags.refetch()} /> : null}
      {tags.isSuccess && !tags.data.length ? <p className="soft">{t("tags.empty")}</p> : null}
      {tags.data?.length ? (
        <ul className="card rowlist">
          {tags.data.map((tag) => (
            <Row key={tag.id} tag={tag} others={tags.data.filter((one) => one.id !== tag.id)} refresh={refresh} />
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function Swatches({
  name,
  value,
  onChange,
}: {
  name: string;
  value: Tag["color"];
  onChange: (color: Tag["color"]) => void;
}) {
  return (
    <div className="swatches" role="radiogroup" aria-label={t("tags.color", { name })}>
      {COLORS.map((color) => (
        <label key={color} title={t(`color.${color}`)}>
          <input
            type="radio"
            name={`color of ${name}`}
            aria-label={t(`color.${color}`)}
            checked={color === value}
            onChange={() => onChange(color)}
          />
          <TagDot color={color} />
        </label>
      ))}
    </div>
  );
}

interface RowProps {
  tag: Tag;
  others: Tag[];
  refresh: () => Promise<void>;
}

function Row({ tag, others, refresh }: RowProps) {
  const [state, setState] = useState<"shown" | "renaming" | "merging">("shown");
  const attempt = async (act: () => Promise<unknown>, done?: string, undo?: () => void) => {
    try {
      await act();
      if (done) toast(done, undo, { isLasting: true });
    } catch (problem) {
      toastError(problem);
    }
    await refresh();
  };
  const restore = () => void attempt(() => post(`/api/tags/${tag.id}/restore`));
  const change = (part: Partial<Pick<Tag, "name" | "color">>) =>
    attempt(() => inLine([...keys.tags, tag.id], () => patch(`/api/tags/${tag.id}`, part)));
  const items = [
    { id: "rename", label: t("tags.rename"), icon: <Pencil />, run: () => setState("renaming") },
    ...(others.length
      ? [{ id: "merge", label: t("tags.merge"), icon: <Merge />, run: () => setState("merging") }]
      : []),
    {
      id: "delete",
      label: t("tags.delete", { name: tag.name }),
      icon: <Trash2 />,
      isDangerous: true,
      startsGroup: true,
      run: () => void attempt(() => remove(`/api/tags/${tag.id}`), t("tags.deleted", { name: tag.name }), restore),
    },
  ];
  const merge = (into: string, name: string) => {
    setState("shown");
    const act = () => post(`/api/tags/${tag.id}/merge`, { into_id: into });
    void attempt(act, t("tags.merged", { from: tag.name, to: name }), restore);
  };
  return (
    <li>
      <TagDot color={tag.color} />
      {state === "renaming" ? (
        <Rename
          tag={tag}
          onDone={(name) => {
            setState("shown");
            if (name && name !== tag.name) void change({ name });
          }}
        />
      ) : (
        <div className="grow">
          <p className="mid" dir="auto">
            {tag.name}
          </p>
          <p className="small-text muted">{t("tags.count", { count: tag.count ?? 0 })}</p>
        </div>
      )}
      <Swatches name={tag.name} value={tag.color} onChange={(color) => void change({ color })} />
      <Menu label={t("tags.menu", { name: tag.name })} className="iconbtn" align="end" items={items}>
        <Ellipsis />
      </Menu>
      {state === "merging" ? (
        <Dialog title={t("tags.merge_into", { name: tag.name })} onClose={() => setState("shown")}>
          <Picker
            label={t("tags.merge_into", { name: tag.name })}
            placeholder={t("tags.find")}
            items={others.map((one) => ({ id: one.id, label: one.name, icon: <TagDot color={one.color} /> }))}
            onChoose={(item) => merge(item.id, item.label)}
          />
        </Dialog>
      ) : null}
    </li>
  );
}

function Rename({ tag, onDone }: { tag: Tag; onDone: (name: string | null) => void }) {
  const [name, setName] = useState(tag.name);
  return (
    <form
      className="inlineform grow"
      onSubmit={(event) => {
        event.preventDefault();
        onDone(name.trim());
      }}
      onKeyDown={(event) => event.key === "Escape" && onDone(null)}
    >
      <Field
        label={t("tags.name")}
        required
        maxLength={60}
        value={name}
        autoFocus
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit">{t("common.save")}</Button>
    </form>
  );
}
