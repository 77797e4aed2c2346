/* What was found, and what is said when it is not everything, not what was typed, or nothing. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { searchQuery } from "../../api/queries";
import type { Searched } from "../../api/types";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { fullTime, nameList } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";
import { Empty, Failed, Skeleton, sentence } from "../../ui/States";
import { inWords } from "../../ui/serverWords";
import { useTold } from "../../ui/told";
import { ContactHit, Hit } from "./Hit";
import { filtersOf, withWord } from "./line";

interface Props {
  line: string;
  type: "all" | "contacts";
  onLine: (line: string) => void;
  onOpen: () => void;
}

export function Results({ line, type, onLine, onOpen }: Props) {
  const now = useNow();
  const query = useInfiniteQuery({ ...searchQuery(line, type), placeholderData: (before) => before });
  const pages = query.data?.pages ?? [];
  const first = pages[0];
  const last = pages.at(-1);
  const found = pages.flatMap((page) => page.items);
  const contacts = type === "contacts" ? pages.flatMap((page) => page.contacts) : (first?.contacts ?? []);
  const count = found.length + contacts.length;
  const isOld = query.isPlaceholderData;
  const told = useTold(query);

  useEffect(() => {
    if (query.isSuccess && !isOld) announce(t("search.found", { count }));
  }, [query.isSuccess, isOld, count]);

  if (told && (!first || isOld)) return <Failed error={told} onRetry={() => void query.refetch()} comesBack />;
  if (query.isPending) return <Skeleton rows={5} shape="row" />;
  return (
    <div className={`results ${isOld ? "old" : ""}`} aria-busy={isOld}>
      {query.isError ? (
        <p className="banner bad" role="status">
          {sentence(query.error)}
        </p>
      ) : null}
      {first ? <Said found={first} line={line} onLine={onLine} /> : null}
      {contacts.length ? (
        <section aria-label={t("search.contacts")}>
          <h2>{t("search.contacts")}</h2>
          <ul>
            {contacts.map((one) => (
              <ContactHit key={one.id} found={one} onOpen={onOpen} />
            ))}
          </ul>
        </section>
      ) : null}
      {found.length ? (
        <section aria-label={t("search.conversations")}>
          <h2>{t("search.conversations")}</h2>
          <ul>
            {found.map((one) => (
              <Hit key={one.conversation.id} found={one} now={now} onOpen={onOpen} />
            ))}
          </ul>
        </section>
      ) : null}
      {count === 0 && !last?.is_partial ? <Nothing line={line} onLine={onLine} /> : null}
      {last?.is_partial && last.searched_back_to ? (
        <p className="banner" role="status">
          {t("search.partial", { time: fullTime(last.searched_back_to) })}
        </p>
      ) : null}
      {query.hasNextPage ? (
        <Button size="s" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t(last?.is_partial ? "search.further" : "search.more")}
        </Button>
      ) : null}
    </div>
  );
}

/** Corrections, and parts of the line that mean nothing. */
function Said({ found, line, onLine }: { found: Searched; line: string; onLine: (line: string) => void }) {
  return (
    <>
      {found.corrections.map((one) => (
        <p key={one.word} className="banner info" role="status">
          <span>
            {one.instead.length
              ? t("search.corrected", { word: one.word, instead: nameList(one.instead) })
              : t("search.corrected_alike", { word: one.word })}
          </span>
          {one.instead[0] ? (
            <Button size="xs" onClick={() => onLine(withWord(line, one.word, one.instead[0] ?? one.word))}>
              {t("search.take", { word: one.instead[0] })}
            </Button>
          ) : null}
        </p>
      ))}
      {found.notes.map((note) => (
        <p key={note.code + note.value} className="banner warn" role="status">
          {tOr(`search_note.${note.code}`, inWords(note.sentence), { value: note.value, operator: note.operator })}
        </p>
      ))}
    </>
  );
}

function Nothing({ line, onLine }: { line: string; onLine: (line: string) => void }) {
  const filters = filtersOf(line);
  const bare = filters
    .reduce((text, part) => text.replace(part.text, ""), line)
    .replace(/\s+/g, " ")
    .trim();
  return (
    <Empty title={t("search.nothing")} text={t(filters.length ? "search.nothing_filtered" : "search.nothing_text")}>
      {filters.length && bare ? (
        <Button size="s" onClick={() => onLine(bare)}>
          {t("search.clear_filters")}
        </Button>
      ) : null}
    </Empty>
  );
}
