import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Plus } from "lucide-react";
import { useState } from "react";
import { contactQuery, notesQuery } from "../../api/queries";
import type { Id, Note } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { fullTime, rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { Menu } from "../../ui/Menu";
import { toast } from "../../ui/toasts";
import { Text } from "../messages/Text";
import { addNote, changeNote, deleteNote, type People } from "./changes";
import { keptAs, readKept, writeKept } from "./keptNote";
import { Section } from "./Section";

interface Props {
  id: string;
  scope: People;
}

/** Is one written, because somebody asks for it or because it was begun before? Then nobody's hands are moved to it. */
const begun = (place: string): "asked" | "kept" | null => (readKept(place) === null ? null : "kept");

/** Who only reads the inboxes that somebody wrote to changes nothing about them. Until it is known, nothing is taken away. */
const useMayChange = (id: Id): boolean => useQuery(contactQuery(id)).data?.can_act !== false;

/** What the team wants to remember about somebody, in every conversation with them. */
export function Notes({ id, scope }: Props) {
  const notes = useQuery(notesQuery(id));
  const [writing, setWriting] = useState(() => begun(keptAs(scope.me.id, id)));
  const count = notes.data?.length ?? 0;
  const mayWrite = useMayChange(id);
  return (
    <Section
      name="notes"
      title={t("note.title")}
      count={count ? String(count) : undefined}
      aside={
        mayWrite ? (
          <button
            type="button"
            className="iconbtn s"
            aria-label={t("note.add")}
            title={t("note.add")}
            onClick={() => setWriting("asked")}
          >
            <Plus className="mid" />
          </button>
        ) : null
      }
    >
      {writing ? (
        <NoteForm
          start=""
          startsFocused={writing === "asked"}
          keptAs={keptAs(scope.me.id, id)}
          onCancel={() => setWriting(null)}
          onReopen={() => setWriting("asked")}
          onSave={async (text) => {
            const isAdded = await addNote(id, text, scope);
            if (isAdded) setWriting(null);
            return isAdded;
          }}
        />
      ) : null}
      <Loading query={notes} queryKey={notesQuery(id).queryKey} rows={1} shape="line" isToldOverOld />
      {notes.data?.length === 0 && !writing ? <p className="muted small-text">{t("note.none")}</p> : null}
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
  const kept = keptAs(scope.me.id, note.contact_id, note.id);
  const [editing, setEditing] = useState(() => begun(kept));
  const now = useNow();
  const author = scope.users.find((user) => user.id === note.author_id)?.name ?? t("contact.unknown");
  const isMine = note.author_id === scope.me.id;
  const mayChange = useMayChange(note.contact_id);
  const mayDelete = mayChange && (isMine || scope.me.permissions.includes("super_admin"));
  if (editing)
    return (
      <NoteForm
        start={note.text}
        startsFocused={editing === "asked"}
        keptAs={kept}
        onCancel={() => setEditing(null)}
        onReopen={() => setEditing("asked")}
        onSave={async (text) => {
          const isChanged = text === note.text || (await changeNote(note, text, scope));
          if (isChanged) setEditing(null);
          return isChanged;
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
              ...(isMine ? [{ id: "edit", label: t("note.edit"), run: () => setEditing("asked") }] : []),
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
  startsFocused: boolean;
  /** Where it is kept while it is written. */
  keptAs: string;
  /** True when the server has it. */
  onSave: (text: string) => Promise<boolean>;
  onCancel: () => void;
  onReopen: () => void;
}

/** A note while it is written: kept on this computer with every letter, through a reload and a walk to another contact. */
function NoteForm({ start, startsFocused, keptAs: place, onSave, onCancel, onReopen }: FormProps) {
  const [text, setText] = useState(() => readKept(place) ?? start);
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    if (!text.trim()) return cancel();
    setBusy(true);
    if (await onSave(text.trim())) writeKept(place, null);
    setBusy(false);
  };
  const cancel = () => {
    writeKept(place, null);
    onCancel();
    if (!text.trim() || text === start) return;
    toast(t("composer.discarded"), () => {
      writeKept(place, text);
      onReopen();
    });
  };
  return (
    <form
      className="noteform"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") cancel();
        else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <span className="input">
        <textarea
          autoFocus={startsFocused}
          rows={3}
          maxLength={10_000}
          aria-label={t("note.text")}
          placeholder={t("note.placeholder")}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            writeKept(place, event.target.value === start ? null : event.target.value);
          }}
        />
      </span>
      <div className="row">
        <Button type="submit" size="xs" look="primary" isBusy={isBusy}>
          {t("common.save")}
        </Button>
        <Button size="xs" look="ghost" onClick={cancel}>
          {t("common.cancel")}
        </Button>
      </div>
    </form>
  );
}
