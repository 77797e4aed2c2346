/* All emoji, to look through or search. The search field keeps the focus; arrows walk the grid, Enter takes, Esc closes. */
import { type RefObject, useEffect, useId, useRef, useState } from "react";
import { type MessageId, t } from "../../ui/i18n";
import type { RichApi } from "./create";
import { allEmoji, type Emoji, findEmoji, recentEmoji, rememberEmoji } from "./emoji";

interface Props {
  api: RefObject<RichApi | null>;
  plain: RefObject<HTMLTextAreaElement | null>;
  onDone: () => void;
}

const GROUPS: { group: number; sign: string; label: MessageId }[] = [
  { group: -1, sign: "🕘", label: "emoji.recent" },
  { group: 0, sign: "😀", label: "emoji.faces" },
  { group: 1, sign: "👋", label: "emoji.people" },
  { group: 3, sign: "🐻", label: "emoji.nature" },
  { group: 4, sign: "🍎", label: "emoji.food" },
  { group: 5, sign: "🚗", label: "emoji.travel" },
  { group: 6, sign: "⚽", label: "emoji.activities" },
  { group: 7, sign: "💡", label: "emoji.objects" },
  { group: 8, sign: "✅", label: "emoji.symbols" },
  { group: 9, sign: "🏁", label: "emoji.flags" },
];

export function EmojiPicker({ api, plain, onDone }: Props) {
  const id = useId();
  const [query, setQuery] = useState("");
  const [group, setGroup] = useState(recentEmoji().length ? -1 : 0);
  const [shown, setShown] = useState<Emoji[]>([]);
  const [at, setAt] = useState(0);
  const grid = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let isGone = false;
    const recent = recentEmoji();
    void (query ? findEmoji(query) : allEmoji()).then((found) => {
      if (isGone) return;
      const inGroup =
        group < 0
          ? recent.flatMap((char) => found.find((one) => one.char === char) ?? [])
          : found.filter((one) => one.group === group);
      setShown(query ? found.slice(0, 120) : inGroup);
      setAt(0);
    });
    return () => {
      isGone = true;
    };
  }, [query, group]);
  useEffect(() => {
    grid.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const finish = () => {
    onDone();
    if (api.current) api.current.focus();
    else plain.current?.focus();
  };
  const take = (one: Emoji | undefined) => {
    if (!one) return;
    rememberEmoji(one.char);
    onDone();
    api.current?.insertText(one.char);
  };
  const columns = () => {
    const first = grid.current?.children[0] as HTMLElement | undefined;
    return first && grid.current ? Math.max(1, Math.floor(grid.current.clientWidth / first.offsetWidth)) : 9;
  };
  return (
    <div
      className="emojibox"
      role="group"
      aria-label={t("emoji.insert")}
      ref={box}
      onBlur={(event) => {
        if (!box.current?.contains(event.relatedTarget)) onDone();
      }}
    >
      <input
        className="linkinput"
        role="combobox"
        aria-expanded={true}
        aria-controls={id}
        aria-activedescendant={shown.length ? `${id}-${at}` : undefined}
        aria-label={t("emoji.search")}
        placeholder={t("emoji.search")}
        value={query}
        autoFocus
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(), ArrowUp: -columns() }[event.key];
          if (by && (Math.abs(by) > 1 || !query)) setAt(Math.max(0, Math.min(shown.length - 1, at + by)));
          else if (event.key === "Enter") take(shown[at]);
          else if (event.key === "Escape") finish();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <div className="emojigroups">
        {GROUPS.map((one) => (
          <button
            key={one.group}
            type="button"
            aria-label={t(one.label)}
            title={t(one.label)}
            aria-pressed={!query && group === one.group}
            onClick={() => {
              setQuery("");
              setGroup(one.group);
            }}
          >
            {one.sign}
          </button>
        ))}
      </div>
      <div className="emojigrid" id={id} role="listbox" aria-label={t("emoji.insert")} ref={grid} tabIndex={-1}>
        {shown.map((one, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the search field keeps the focus and hears the keys
          <div
            key={one.char}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            aria-label={one.name}
            title={one.code ? `${one.name} :${one.code}:` : one.name}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(one)}
          >
            {one.char}
          </div>
        ))}
      </div>
      {shown.length ? (
        <p className="hint cut">{shown[at]?.name}</p>
      ) : (
        <p className="hint" role="status">
          {t("emoji.none")}
        </p>
      )}
    </div>
  );
}
