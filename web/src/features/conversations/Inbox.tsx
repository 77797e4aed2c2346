/* The inbox: list, thread, context, and the scope every action works on. What is open stands in the address bar and nowhere else. */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { Scope } from "../../actions/action";
import { useKeyboard } from "../../actions/keyboard";
import { actions } from "../../actions/list";
import { panes } from "../../actions/panes";
import {
  channelAccountsQuery,
  conversationQuery,
  inboxesQuery,
  listQuery,
  messagesQuery,
  sessionQuery,
  usersQuery,
} from "../../api/queries";
import type { Id } from "../../api/types";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { useStore } from "../../ui/store";
import { ContactPane } from "../contacts/ContactPane";
import { Thread } from "../messages/Thread";
import { EmptyList } from "./EmptyList";
import { FirstSteps } from "./FirstSteps";
import { ListPane } from "./ListPane";
import { Views } from "./Views";
import { filterOf, VIEW_NAMES } from "./views";

const MINUTE = 60_000;

export function Inbox() {
  const { view = "open", conversation: openId = null } = useParams({ strict: false });
  const client = useQueryClient();
  const filter = filterOf(view) ?? { view: "open" };
  const list = useInfiniteQuery(listQuery(filter));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const open = useQuery({
    ...conversationQuery(openId ?? ""),
    enabled: openId !== null,
    placeholderData: () => rows.find((row) => row.id === openId),
  });
  const conversation = openId === null ? null : (open.data ?? null);
  const scope = useScope(view, conversation, rows);
  const { hasViews, hasContext } = useStore(panes, (state) => state);
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

  const isFirstRun = view === "open" && list.isSuccess && rows.length === 0;
  return (
    <div className={`sheet ${hasViews ? "" : "noviews"}`}>
      <Views />
      <div className={`work ${openId ? "reading" : ""} ${conversation && hasContext ? "withcontext" : ""}`}>
        <ListPane
          view={view}
          name={name}
          rows={rows}
          query={list}
          openId={openId}
          onHover={prefetch}
          empty={<EmptyList view={view} />}
        />
        {conversation ? (
          <Thread key={conversation.id} conversation={conversation} scope={scope} />
        ) : openId ? (
          <main className="thread" id="main" tabIndex={-1}>
            {open.isError ? (
              <Failed error={open.error} onRetry={() => void open.refetch()} />
            ) : (
              <Skeleton rows={3} shape="message" />
            )}
          </main>
        ) : (
          <FirstSteps isFirstRun={isFirstRun} />
        )}
        {conversation && hasContext ? <ContactPane conversation={conversation} view={view} /> : null}
      </div>
    </div>
  );
}

function useScope(view: string, conversation: Scope["conversation"], rows: Scope["rows"]): Scope {
  const client = useQueryClient();
  const navigate = useNavigate();
  const users = useQuery(usersQuery).data ?? [];
  const me = useQuery(sessionQuery).data?.user;
  // An undo may call `open` long after the render it came from, so what is open now is asked here.
  const current = useRef<Id | null>(null);
  current.current = conversation?.id ?? null;
  const wanted = useRef<{ id: Id; focus: "row" | "thread" } | null>(null);

  useEffect(() => {
    const want = wanted.current;
    if (!want || conversation?.id !== want.id) return;
    wanted.current = null;
    const selector = want.focus === "row" ? `[data-row="${want.id}"]` : "[data-pane=thread]";
    document.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
  }, [conversation]);

  if (!me) throw new Error("the inbox is for somebody who is signed in");
  return {
    client,
    me,
    users,
    view,
    conversation,
    rows,
    go: (to) => void navigate({ to: "/inbox/$view", params: { view: to } }),
    open: (id, focus) => {
      if (id === null) {
        void navigate({ to: "/inbox/$view", params: { view } });
        return;
      }
      if (focus !== "none") wanted.current = { id, focus };
      if (id === current.current) {
        document.querySelector<HTMLElement>(focus === "row" ? `[data-row="${id}"]` : "[data-pane=thread]")?.focus();
        wanted.current = null;
      } else void navigate({ to: "/inbox/$view/$conversation", params: { view, conversation: id } });
    },
  };
}

function useViewName(view: string): string {
  const accounts = useQuery(channelAccountsQuery).data;
  const inboxes = useQuery(inboxesQuery).data;
  if (view in VIEW_NAMES) return t(VIEW_NAMES[view as keyof typeof VIEW_NAMES]);
  const [kind, id] = view.split("-");
  const named = (kind === "channel" ? accounts : inboxes)?.find((one) => one.id === id);
  return named?.name ?? t("view.open");
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · ${t("app.name")}` : t("app.name");
  }, [title]);
}
