/* The list over the composer: snippets by "/", people by "@", emoji by ":". The focus stays in the text; arrows choose, Enter or Tab takes, Esc closes
 * (the combobox pattern: the editor names the chosen row as its active descendant). Read next: suggestions.tsx, which finds what is in it. */
import { useQueryClient } from "@tanstack/react-query";
import { CornerDownLeft } from "lucide-react";
import { type ReactNode, type RefObject, useEffect, useId, useRef, useState } from "react";
import { announce } from "../../ui/announce";
import { t } from "../../ui/i18n";
import type { RichApi } from "./create";
import { findSuggestions, type Ground, type Suggestion } from "./suggestions";
import type { Trigger } from "./trigger";

export interface Suggest {
  onTrigger: (trigger: Trigger | null) => void;
  onKey: (event: KeyboardEvent) => boolean;
  list: { id: string; active: string } | null;
  element: ReactNode;
}

export function useSuggest(api: RefObject<RichApi | null>, ground: Ground): Suggest {
  const client = useQueryClient();
  const id = useId();
  const [trigger, setTrigger] = useState<Trigger | null>(null);
  const [answer, setAnswer] = useState<{ to: Trigger; items: Suggestion[] } | null>(null);
  const [at, setAt] = useState(0);
  const closed = useRef("");
  const latest = useRef(ground);
  latest.current = ground;

  useEffect(() => {
    if (!trigger) {
      setAnswer(null);
      return;
    }
    let isGone = false;
    void findSuggestions(client, trigger, latest.current).then((items) => {
      if (isGone) return;
      setAnswer({ to: trigger, items });
      setAt(0);
      announce(isNone(trigger, items) ? noneWords(trigger) : t("suggest.count", { count: items.length }));
    });
    return () => {
      isGone = true;
    };
  }, [client, trigger]);

  const found = answer?.items ?? [];
  const isOpen = trigger !== null && found.length > 0;
  const none = trigger && answer && isNone(answer.to, found) ? noneWords(trigger) : null;
  const list = isOpen ? { id, active: `${id}-${at}` } : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor's element names the list and its marked row
  useEffect(() => api.current?.refresh(), [list?.active, api]);

  const take = (item: Suggestion | undefined) => {
    if (item?.isOff) return announce(`${item.title}: ${item.detail}`);
    const asked = trigger;
    setTrigger(null);
    if (item && api.current) item.take(api.current, asked);
  };

  return {
    onTrigger: (next) => {
      const key = next ? `${next.kind}` : "";
      if (!next) closed.current = "";
      setTrigger(next && closed.current === key ? null : next);
    },
    onKey: (event) => {
      if (!isOpen && !(none && event.key === "Escape")) return false;
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (step) setAt((at + step + found.length) % found.length);
      else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey && !event.shiftKey)
        take(found[at]);
      else if (event.key === "Escape") {
        closed.current = trigger?.kind ?? "";
        setTrigger(null);
        // Closes the list and nothing else.
        event.stopPropagation();
      } else return false;
      event.preventDefault();
      return true;
    },
    list,
    element: isOpen ? (
      <ul className="suggest" id={id} role="listbox" aria-label={t("suggest.label")}>
        {found.map((item, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the editor's, which keeps the focus
          <li
            key={item.id}
            tabIndex={-1}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            aria-disabled={item.isOff || undefined}
            ref={(element) => {
              if (element && index === at) element.scrollIntoView({ block: "nearest" });
            }}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(item)}
            onMouseMove={() => setAt(index)}
          >
            {item.icon}
            <span className="what">
              {item.before ?? ""}
              <b>{item.title.slice(0, item.matched)}</b>
              {item.title.slice(item.matched)}
            </span>
            <span className="cut soft">{item.detail}</span>
            {index === at && !item.isOff ? <CornerDownLeft className="small enter" aria-hidden="true" /> : null}
          </li>
        ))}
      </ul>
    ) : none ? (
      <p className="suggest none">{none}</p>
    ) : null,
  };
}

/** A slash is only typed for a snippet. What begins with "@" or ":" may well be meant as it stands. */
const isNone = (trigger: Trigger, items: readonly Suggestion[]) => trigger.kind === "snippet" && items.length === 0;
const noneWords = (trigger: Trigger) => t(trigger.query ? "suggest.no_snippet" : "suggest.no_snippets");
