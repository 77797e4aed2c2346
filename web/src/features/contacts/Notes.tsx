import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Plus } from "lucide-react";
import { useState } from "react";
import { notesQuery } from "../../api/queries";
import type { Note } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { fullTime, rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Menu } from "../../ui/Menu";
import { Failed, Skeleton } from "../../ui/States";
import { Text } from "../messages/Text";
import { addNote, changeNote, deleteNote, type People } from "./changes";
import { Section } from "./Section";

interface Props {
  id: string;
  scope: People;
}

/** What the team wants to remember about somebody, in every conversation with them. */
export function Notes({ id, scope }: Props) {
  const notes = useQuery(notesQuery(id));
  const [isWriting, setWriting] = useState(false);
  const count = notes.data?.length ?? 0;
  return (
    <Section
      name="notes"
      title={t("note.title")}
      count={count ? String(count) : undefined}
      aside={
        <button
          type="button"
          className="iconbtn s"
          aria-label={t("note.add")}
          title={t("note.add")}
          onClick={() => setWriting(true)}
        >
          <Plus className="mid" />
        </button>
      }
    >
      {isWriting ? (
        <NoteForm
          start=""
          onCancel={() => setWriting(false)}
          onSave={async (text) => {
            if (await addNote(id, text, scope)) setWriting(false);
          }}
        />
      ) : null}
      {notes.isPending ? <Skeleton rows={1} shape="line" /> : null}
      {notes.isError ? <Failed error={notes.error} onRetry={() => void notes.refetch()} /> : null}
      {notes.data?.length === 0 && !isWriting ? <p className="muted small-text">{t("note.none")}</p> : null}
      <ul className="notes">
        {notes.data?.map((note) => (
          <li key={note.id}>
            <OneNote note={note} scope={scope} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function OneNote({ note, scope }: { note: Note; scope: People }) {
  const [isEditing, setEditing] = useState(false);
  const now = useNow();
  const author = scope.users.find((user) => user.id === note.author_id)?.name ?? t("contact.unknown");
  const isMine = note.author_id === scope.me.id;
  const mayDelete = isMine || scope.me.permissions.includes("super_admin");
  if (isEditing)
    return (
      <NoteForm
        start={note.text}
        onCancel={() => setEditing(false)}
        onSave={async (text) => {
          setEditing(false);
          if (text !== note.text) await changeNote(note, text, scope);
        }}
      />
    );
  return (
    <article aria-label={t("note.name", { author })}>
      <Text text={note.text} />
      <footer>
        <span className="cut">{author}</span>
        <time dateTime={note.created_at} title={fullTime(note.edited_at ?? note.created_at)}>
          {rowTime(note.created_at, now)}
          {note.edited_at ? ` · ${t("mail.edited")}` : ""}
        </time>
        {mayDelete ? (
          <Menu
            label={t("note.menu")}
            className="iconbtn s"
            align="end"
            items={[
              ...(isMine ? [{ id: "edit", label: t("note.edit"), run: () => setEditing(true) }] : []),
              { id: "delete", label: t("note.delete"), isDangerous: true, run: () => void deleteNote(note, scope) },
            ]}
          >
            <Ellipsis className="mid" />
          </Menu>
        ) : null}
      </footer>
    </article>
  );
}

interface FormProps {
  start: string;
  onSave: (text: string) => Promise<void>;
  onCancel: () => void;
}

function NoteForm({ start, onSave, onCancel }: FormProps) {
  const [text, setText] = useState(start);
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    if (!text.trim()) return onCancel();
    setBusy(true);
    await onSave(text.trim());
    setBusy(false);
  };
  return (
    <form
      className="noteform"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onCancel();
        else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <span className="input">
        <textarea
          autoFocus
          rows={3}
          maxLength={10_000}
          aria-label={t("note.text")}
          placeholder={t("note.placeholder")}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </span>
      <div className="row">
        <Button type="submit" size="xs" look="primary" isBusy={isBusy}>
          {t("common.save")}
        </Button>
        <Button size="xs" look="ghost" onClick={onCancel}>
          {t("common.cancel")}
        </Button>
      </div>
    </form>
  );
}
