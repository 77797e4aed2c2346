/* The command palette: a combobox over everything that can be done or gone to (ARIA authoring practices, "combobox with listbox popup"). The words
 * stay in the field, the arrows move the active option, Enter runs it after the dialog has given the focus back. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { MessageSquare, Search, UserRound } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { searchQuery } from "../../api/queries";
import { announce } from "../../ui/announce";
import { useBackCloses } from "../../ui/backCloses";
import { useTyped } from "../../ui/EarlyKeys";
import { shownKeys } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";
import { quoted } from "../search/line";
import { placeOf } from "../search/placeOf";
import { choose, type Entry, GROUP_NAMES, recentEntries, rememberEntry } from "./entries";
import { usePlaces } from "./usePlaces";
import "./palette.css";

const PAUSE_MS = 180;
const FOUND = 5;

export default function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  useBackCloses(onClose);
  const [typed, setTyped] = useTyped();
  const [at, setAt] = useState(0);
  const places = usePlaces();
  const { found, isLooking } = useFound(typed);
  const recent = useMemo(recentEntries, []);
  const shown = choose([...places, ...found], typed, recent);
  const active = shown[Math.min(at, shown.length - 1)];

  // As long as it stands in the page: the browser gives the focus back only then.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  });
  useEffect(() => {
    const timer = setTimeout(() => announce(t("palette.count", { count: shown.length })), 600);
    return () => clearTimeout(timer);
  }, [shown.length]);

  const run = (entry: Entry) => {
    if (!entry.isFound && !entry.isNeverRecent) rememberEntry(entry.id);
    onClose();
    // After the dialog has given the focus back: an action may move it on.
    setTimeout(entry.run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    const last = shown.length - 1;
    const steps: Record<string, number> = {
      ArrowDown: at >= last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      PageDown: Math.min(last, at + 8),
      PageUp: Math.max(0, at - 8),
    };
    const next = steps[event.key];
    if (next !== undefined) setAt(Math.max(0, next));
    else if (event.key === "Enter" && active) run(active);
    else if ((event.ctrlKey || event.metaKey) && event.key === "k") onClose();
    else return;
    event.preventDefault();
  };

  return (
    <dialog
      ref={dialog}
      className="dialog palette"
      aria-label={t("palette.title")}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
      onKeyDown={onKeyDown}
    >
      <div className="palettehead">
        <Search className="muted" />
        <input
          autoFocus
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}list`}
          aria-activedescendant={active ? `${id}${active.id}` : undefined}
          aria-autocomplete="list"
          aria-label={t("palette.label")}
          placeholder={t("palette.placeholder")}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
        />
        <kbd>{shownKeys("Escape")}</kbd>
      </div>
      <div
        className="palettelist"
        role="listbox"
        id={`${id}list`}
        aria-label={t("palette.title")}
        ref={list}
        aria-busy={isLooking}
      >
        {groups(shown).map(({ group, entries }) => (
          <div key={group} role="group" aria-labelledby={`${id}${group}`}>
            <div className="palettegroup" id={`${id}${group}`}>
              {t(GROUP_NAMES[group])}
            </div>
            {entries.map((entry) => (
              <Option key={entry.id} id={`${id}${entry.id}`} entry={entry} isActive={entry === active} onRun={run} />
            ))}
          </div>
        ))}
      </div>
      {shown.length === 0 ? <p className="paletteempty">{t("palette.nothing")}</p> : null}
    </dialog>
  );
}

function Option({
  id,
  entry,
  isActive,
  onRun,
}: {
  id: string;
  entry: Entry;
  isActive: boolean;
  onRun: (entry: Entry) => void;
}) {
  const Icon = entry.icon;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field holds the focus and has the keys
    <div role="option" id={id} aria-selected={isActive} className="paletteoption" onClick={() => onRun(entry)}>
      <Icon />
      <span className="cut" dir="auto">
        {entry.label}
      </span>
      {entry.hint ? (
        <span className="cut muted small-text" dir="auto">
          {entry.hint}
        </span>
      ) : null}
      <span className="grow" />
      {entry.keys?.split(" ").map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </div>
  );
}

function groups(shown: Entry[]): { group: Entry["group"]; entries: Entry[] }[] {
  const found: { group: Entry["group"]; entries: Entry[] }[] = [];
  for (const entry of shown) {
    const last = found.at(-1);
    if (last?.group === entry.group) last.entries.push(entry);
    else found.push({ group: entry.group, entries: [entry] });
  }
  return found;
}

/** Conversations and contacts from the server, a pause after the last letter, and the way to the whole search. */
function useFound(typed: string): { found: Entry[]; isLooking: boolean } {
  const navigate = useNavigate();
  const [line, setLine] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setLine(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const query = useInfiniteQuery({ ...searchQuery(line, "all", FOUND), enabled: line.length > 1 });
  const now = line === typed.trim() && line.length > 1 ? query.data?.pages[0] : undefined;
  const found: Entry[] = (now?.items ?? []).map(({ conversation, messages }) => ({
    id: `conversation:${conversation.id}`,
    group: "conversations",
    label: conversation.subject || conversation.preview || t("contact.unknown"),
    hint: conversation.contact?.name || conversation.contact?.address,
    icon: MessageSquare,
    isFound: true,
    run: () =>
      void navigate({
        to: "/inbox/$view/$conversation",
        params: placeOf(conversation),
        hash: messages[0] ? `m${messages[0].id}` : undefined,
      }),
  }));
  for (const one of now?.contacts ?? []) {
    const address = one.identities.find((identity) => identity.type !== "opaque")?.value;
    found.push({
      id: `contact:${one.id}`,
      group: "contacts",
      label: one.name || address || t("contact.unknown"),
      hint: one.name ? address : undefined,
      icon: UserRound,
      isFound: true,
      run: () => void navigate({ to: "/search", search: { q: `from:${quoted(address ?? one.name)} ` } }),
    });
  }
  if (typed.trim()) {
    found.push({
      id: "search",
      group: "search",
      label: t("palette.search_for", { line: typed.trim() }),
      icon: Search,
      isFound: true,
      run: () => void navigate({ to: "/search", search: { q: typed.trim() } }),
    });
  }
  return { found, isLooking: query.isFetching };
}
