/* Before anything is typed: what was searched for lately, and what a line may say. */
import { History, X } from "lucide-react";
import { type MessageId, t } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { forgetSearch, recentChanged, recentSearches } from "./recent";

const EXAMPLES: { line: string; means: MessageId }[] = [
  { line: "from:", means: "search.hint_from" },
  { line: "subject:", means: "search.hint_subject" },
  { line: "is:open ", means: "search.hint_is" },
  { line: "assignee:me ", means: "search.hint_assignee" },
  { line: "channel:", means: "search.hint_channel" },
  { line: "tag:", means: "search.hint_tag" },
  { line: "has:attachment ", means: "search.hint_has" },
  { line: "after:", means: "search.hint_after" },
  { line: "in:comments ", means: "search.hint_in" },
  { line: '"…"', means: "search.hint_phrase" },
  { line: "-…", means: "search.hint_without" },
];

export function Hints({ me, onLine }: { me: string; onLine: (line: string) => void }) {
  useStore(recentChanged, (state) => state.at);
  const recent = recentSearches(me);
  return (
    <div className="hints">
      {recent.length ? (
        <section aria-label={t("search.recent")}>
          <h2>{t("search.recent")}</h2>
          <ul className="recent">
            {recent.map((line) => (
              <li key={line}>
                <button type="button" data-hit onClick={() => onLine(line)}>
                  <History className="muted" />
                  <span className="cut" dir="auto">
                    {line}
                  </span>
                </button>
                <button
                  type="button"
                  className="iconbtn s"
                  aria-label={t("search.forget", { line })}
                  onClick={() => forgetSearch(me, line)}
                >
                  <X className="small" />
                </button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <section aria-label={t("search.hints")}>
        <h2>{t("search.hints")}</h2>
        <ul className="examples">
          {EXAMPLES.map(({ line, means }) => (
            <li key={line}>
              {line.includes("…") ? (
                <code>{line}</code>
              ) : (
                <button type="button" data-hit className="chip offer" onClick={() => onLine(line)}>
                  {line.trim()}
                </button>
              )}
              <span>{t(means)}</span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
