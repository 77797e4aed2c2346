/* The search screen: the line, its filters as chips, results while one types. The line stands in the address. Arrow keys go from the line through
 * the results and back; Esc leaves. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { ArrowLeft, Search, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { finder, typedForSearch } from "../../actions/finder";
import { sessionQuery } from "../../api/queries";
import { IconButton } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { Chips, Completions } from "./Chips";
import { Hints } from "./Hints";
import { Results } from "./Results";
import { rememberSearch } from "./recent";
import "./search.css";

const PAUSE_MS = 150;

export default function SearchPage() {
  const { q = "", type } = useSearch({ strict: false }) as { q?: string; type?: "contacts" };
  const navigate = useNavigate();
  const router = useRouter();
  const me = useQuery(sessionQuery).data?.user.id ?? "";
  const [line, setLine] = useState(q);
  const written = useRef(q);
  const box = useRef<HTMLInputElement>(null);
  const page = useRef<HTMLElement>(null);

  // Back, Forward and links change the address: the line follows, and takes the focus, for the link may be gone.
  useEffect(() => {
    if (q === written.current) return;
    written.current = q;
    setLine(q);
    box.current?.focus();
  }, [q]);
  useEffect(() => {
    document.title = `${q.trim() || t("nav.search")} · ${t("app.name")}`;
  }, [q]);

  const go = (to: string, pause: number) => {
    setLine(to);
    written.current = to;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      void navigate({ to: "/search", search: { q: to || undefined, type }, replace: true });
    }, pause);
  };
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // Before the next key: from here on the line has them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when it comes
  useLayoutEffect(() => {
    box.current?.focus();
    finder.set({ isSearchHere: true });
    const early = typedForSearch.current;
    typedForSearch.current = "";
    if (early) go(q + early, 0);
    return () => finder.set({ isSearchHere: false });
  }, []);

  const take = (to: string) => {
    go(to, 0);
    box.current?.focus();
  };
  const leave = () => {
    if (router.history.canGoBack()) router.history.back();
    else void navigate({ to: "/inbox" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const hits = [...(page.current?.querySelectorAll<HTMLElement>("[data-hit]") ?? [])];
    const at = hits.indexOf(document.activeElement as HTMLElement);
    if (event.key === "ArrowDown" && (at >= 0 || event.target === box.current)) hits[at + 1]?.focus();
    else if (event.key === "ArrowUp" && at >= 0) (at === 0 ? box.current : hits[at - 1])?.focus();
    else if (event.key === "Enter" && event.target === box.current) {
      rememberSearch(me, line);
      hits[0]?.focus();
    } else if (event.key === "Escape") {
      if (event.target !== box.current) box.current?.focus();
      else if (line) take("");
      else leave();
    } else return;
    event.preventDefault();
  };

  const asked = q.trim();
  return (
    <div className="sheet noviews">
      <main className="searchpage" id="main" tabIndex={-1} data-pane="page" ref={page} onKeyDown={onKeyDown}>
        <h1 className="sr">{t("nav.search")}</h1>
        <search className="searchhead">
          <IconButton label={t("search.back")} onClick={leave}>
            <ArrowLeft />
          </IconButton>
          <div className="input">
            <Search className="muted" />
            <input
              ref={box}
              id="search-line"
              type="text"
              inputMode="search"
              enterKeyHint="search"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              maxLength={500}
              aria-label={t("search.label")}
              aria-describedby="search-keys"
              placeholder={t("search.placeholder")}
              value={line}
              onChange={(event) => go(event.target.value, PAUSE_MS)}
            />
            {line ? (
              <IconButton label={t("search.clear")} onClick={() => take("")}>
                <X />
              </IconButton>
            ) : null}
          </div>
          <p className="sr" id="search-keys">
            {t("search.keys")}
          </p>
        </search>
        <div className="searchbody">
          <Completions line={line} onLine={take} />
          <Chips line={line} onLine={take} />
          {asked ? (
            <Results line={q} type={type ?? "all"} onLine={take} onOpen={() => rememberSearch(me, line)} />
          ) : (
            <Hints me={me} onLine={take} />
          )}
        </div>
      </main>
    </div>
  );
}
