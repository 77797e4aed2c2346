/* The inbox: list, thread, context, and the scope every action works on. What is open stands in the address bar and nowhere else. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { X } from "lucide-react";
import {
  type CSSProperties,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useDeferredValue,
  useEffect,
  useRef,
  useState,
} from "react";
import type { Scope } from "../../actions/action";
import { useKeyboard } from "../../actions/keyboard";
import { land } from "../../actions/landing";
import { actions } from "../../actions/list";
import { panes, togglePane } from "../../actions/panes";
import { wantRow } from "../../actions/rowFocus";
import { isNotThere } from "../../api/client";
import {
  channelAccountsQuery,
  conversationQuery,
  inboxesQuery,
  messagesQuery,
  savedViewsQuery,
  sessionQuery,
  usersQuery,
} from "../../api/queries";
import type { Id } from "../../api/types";
import { IconButton } from "../../ui/Button";
import { firstPaint, painted, useFirstPaint } from "../../ui/firstPaint";
import { t, withWords } from "../../ui/i18n";
import { Pane } from "../../ui/Pane";
import { useStore } from "../../ui/store";
import { useTold } from "../../ui/told";
import { BeforeComposer } from "../drafts/EarlyField";
import { Starting } from "../starting/Starting";
import { Steering } from "../steering/Steering";
import { editing, filterPanel } from "./filterState";
import { ListPane } from "./ListPane";
import { Separator } from "./Separator";
import { useList } from "./useList";
import { Views } from "./Views";
import { isBuiltIn, partOf, VIEW_NAMES } from "./views";
import { Waiting } from "./Waiting";

const MINUTE = 60_000;
/** What reads and writes comes right after the list has been drawn, so that it does not weigh on the first paint. */
const loadThread = withWords(() => import("../messages/Thread"));
const Thread = lazy(() => loadThread().then(({ Thread }) => ({ default: Thread })));
const EmptyList = lazy(withWords(() => import("./EmptyList")));
const FirstSteps = lazy(withWords(() => import("./FirstSteps")));
const loadContact = withWords(() => import("../contacts/ContactPane"));
const ContactPane = lazy(loadContact);
/** What one goes to from here, also when the line is cut by then. */
const loadMore = () => Promise.all([loadContact(), import("../search/SearchPage")]);

export function Inbox() {
  const { view = "open", conversation: openId = null } = useParams({ strict: false });
  const client = useQueryClient();
  const { filter, isGone, list, rows } = useList();
  const open = useQuery({
    ...conversationQuery(openId ?? ""),
    enabled: openId !== null,
  });
  // Who loses the inbox while they read in it sees no more of it, whatever was fetched before.
  const told = useTold(open);
  // A line that is cut takes nothing away: what the list knows of it stays, and the composer with it.
  const row = rows.find(({ id }) => id === openId);
  const conversation = openId === null || isNotThere(open.error) ? null : (open.data ?? row ?? null);
  const scope = useScope(view, conversation, rows);
  const { hasViews, hasContext, listWidth, contextWidth } = useStore(panes, (state) => state);
  const widths = { "--list": `${listWidth}px`, "--context": `${contextWidth}px` };
  const name = useViewName(view);
  useKeyboard(actions, scope);
  useTitle(conversation?.subject || name);

  const prefetch = useCallback(
    (id: Id) => {
      void client.prefetchInfiniteQuery({ ...messagesQuery(id), staleTime: 5 * MINUTE });
      void client.prefetchQuery({ ...conversationQuery(id), staleTime: 5 * MINUTE });
    },
    [client],
  );
  const at = rows.findIndex((row) => row.id === openId);
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const row of at < 0 ? [] : rows.slice(at + 1, at + 3)) prefetch(row.id);
    }, 200);
    return () => clearTimeout(timer);
  }, [at, rows, prefetch]);

  const isPainted = useFirstPaint();
  // The first picture is the list; the ways to others follow it a frame later, unless there are no rows to paint yet.
  const [hadRows] = useState(list.isSuccess);
  useEffect(() => {
    if (list.isFetched || isGone) painted();
  }, [list.isFetched, isGone]);
  useEffect(
    () =>
      void firstPaint
        .then(loadThread)
        .then(loadMore)
        .catch(() => undefined),
    [],
  );

  // The thread is painted first: who wrote it is drawn, and asked for, right after that.
  const context = useDeferredValue(conversation ? <ContactPane conversation={conversation} scope={scope} /> : null);

  const [hasSteps, setSteps] = useState(false);
  const isEmpty = list.isSuccess && rows.length === 0;
  return (
    <div className={`sheet ${hasViews ? "" : "noviews"}`}>
      <Pane
        of={view}
        frame={(content) => (
          <nav className="sidenav views" aria-label={t("nav.views")} data-pane="views">
            {content}
          </nav>
        )}
      >
        {isPainted || !hadRows ? (
          <Views scope={scope} />
        ) : (
          <nav className="sidenav views" aria-label={t("nav.views")} data-pane="views" />
        )}
      </Pane>
      <div
        className={`work ${openId ? "reading" : ""} ${hasSteps && isEmpty ? "beginning" : ""} ${conversation && hasContext ? "withcontext" : ""}`}
        style={widths as CSSProperties}
      >
        <Pane isFirst of={view} frame={inList}>
          <ListPane
            view={view}
            name={name}
            filter={filter}
            isGone={isGone}
            rows={rows}
            query={list}
            openId={openId}
            scope={scope}
            onHover={prefetch}
            empty={
              <Suspense fallback={null}>
                <EmptyList view={view} />
              </Suspense>
            }
          />
        </Pane>
        {conversation ? (
          // A boundary of its own: React would keep the page before in the other one, hidden, and what is hidden takes no focus.
          <Suspense
            key="thread"
            fallback={
              <Waiting>
                <BeforeComposer
                  key={conversation.id}
                  me={scope.me.id}
                  conversation={conversation.id}
                  lastId={conversation.last_message_id}
                />
              </Waiting>
            }
          >
            <Pane of={conversation.id} frame={inThread}>
              <Thread key={conversation.id} conversation={conversation} scope={scope} />
            </Pane>
          </Suspense>
        ) : openId ? (
          <Waiting error={told} onRetry={() => void open.refetch()} onLeave={() => scope.open(null, "none")} />
        ) : !isPainted ? (
          <main className="thread" id="main" tabIndex={-1} />
        ) : (
          <Suspense fallback={<main className="thread" id="main" tabIndex={-1} />}>
            <FirstSteps view={view} isEmpty={isEmpty} onShown={setSteps} />
          </Suspense>
        )}
        {conversation && hasContext ? (
          <Pane of={conversation.id} frame={inContext}>
            <Suspense fallback={<aside className="context" />}>{context ?? <aside className="context" />}</Suspense>
          </Pane>
        ) : null}
        <Separator pane="list" width={listWidth} />
        {conversation && hasContext ? <Separator pane="context" width={contextWidth} /> : null}
      </div>
      <ViewDialogs />
      <Starting scope={scope} />
      <Steering scope={scope} />
    </div>
  );
}

const inList = (content: ReactNode) => (
  <section className="pane listpane" aria-label={t("nav.conversations")} tabIndex={-1} data-pane="list">
    {content}
  </section>
);

const inThread = (content: ReactNode) => (
  <main className="thread" id="main" tabIndex={-1} data-pane="thread">
    {content}
  </main>
);

/** With the way out of it: on a phone it lies over everything. */
const inContext = (content: ReactNode) => (
  <aside className="context" data-pane="context">
    <IconButton className="s hidepane" label={t("common.close")} onClick={() => togglePane("hasContext")}>
      <X />
    </IconButton>
    {content}
  </aside>
);

function useScope(view: string, conversation: Scope["conversation"], rows: Scope["rows"]): Scope {
  const client = useQueryClient();
  const navigate = useNavigate();
  const users = useQuery(usersQuery).data ?? [];
  const me = useQuery(sessionQuery).data?.user;
  useQuery(inboxesQuery); // what may be done follows from them (actions/mayAct.ts)
  // An undo may call `open` long after the render it came from, so what is open now is asked here.
  const current = useRef<Id | null>(null);
  current.current = conversation?.id ?? null;
  const wanted = useRef<Id | null>(null);

  useEffect(() => {
    if (!wanted.current || conversation?.id !== wanted.current) return;
    wanted.current = null;
    focusThread();
  }, [conversation]);

  if (!me) throw new Error("the inbox is for somebody who is signed in");
  return {
    client,
    me,
    users,
    view,
    conversation,
    rows,
    go: (to) => void navigate({ to: "/inbox/$view", params: { view: to }, search: {} }),
    open: (id, focus) => {
      wantRow(focus === "row" ? id : null);
      wanted.current = focus === "thread" ? id : null;
      if (id === null) {
        void navigate({ to: "/inbox/$view", params: { view }, search: (old) => old });
      } else if (id !== current.current) {
        void navigate({ to: "/inbox/$view/$conversation", params: { view, conversation: id }, search: (old) => old });
      } else if (focus === "thread") {
        wanted.current = null;
        focusThread();
      }
    },
  };
}

/** The thread, also when what stands in its place is still fetched: then the focus moves on to it. */
function focusThread(): void {
  document.getElementById("main")?.focus({ preventScroll: true });
  land();
}

const ViewDialog = lazy(withWords(() => import("./ViewDialog")));

/** The dialog that saves or edits a view, when it is asked for. */
function ViewDialogs() {
  const isSaving = useStore(filterPanel, (state) => state.isSaving);
  const edited = useStore(editing, (state) => state.view);
  if (!isSaving && !edited) return null;
  return (
    <Suspense fallback={null}>
      <ViewDialog view={edited} />
    </Suspense>
  );
}

function useViewName(view: string): string {
  const accounts = useQuery(channelAccountsQuery).data;
  const inboxes = useQuery(inboxesQuery).data;
  const saved = useQuery(savedViewsQuery).data;
  if (isBuiltIn(view)) return t(VIEW_NAMES[view]);
  const part = partOf(view);
  const named = { channel: accounts, inbox: inboxes, saved }[part?.kind ?? "inbox"]?.find((one) => one.id === part?.id);
  return named?.name ?? "";
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · ${t("app.name")}` : t("app.name");
  }, [title]);
}
