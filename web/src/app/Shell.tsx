/* The frame around everything behind the sign-in: rail, bottom bar on phones, banner, live stream, outbox. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useParams } from "@tanstack/react-router";
import { Contact, Inbox, Keyboard, Search, Settings2, WifiOff } from "lucide-react";
import { lazy, type MouseEvent, Suspense, useEffect, useRef } from "react";
import { searchAction } from "../actions/finder";
import { land } from "../actions/landing";
import { sheet } from "../actions/list";
import { panes, skipToContent } from "../actions/panes";
import { startListNews } from "../api/listNews";
import { retryLive, startLive } from "../api/live";
import {
  channelAccountsQuery,
  channelsQuery,
  inboxesQuery,
  sessionQuery,
  usersQuery,
  viewsQuery,
} from "../api/queries";
import { planQuery } from "../features/availability/availability";
import { RetryLine } from "../features/connection/RetryLine";
import { UpdateBanner } from "../features/connection/UpdateBanner";
import { useCutFor } from "../features/conversations/LivePill";
import { countText } from "../features/conversations/ViewLink";
import { takeBack } from "../features/drafts/refused";
import { startOutbox } from "../features/messages/pending";
import { Bell } from "../features/notifications/Bell";
import { startPresence } from "../features/presence/presence";
import { RadarBadge } from "../features/radar/RadarBadge";
import { Finder } from "../features/search/Finder";
import { auth } from "../features/session/auth";
import { MeMenu } from "../features/users/MeMenu";
import { Button } from "../ui/Button";
import { firstPaint, painted, useFirstPaint } from "../ui/firstPaint";
import { adoptHotkeys, hotkeys, withKey } from "../ui/hotkeys";
import { t, withWords } from "../ui/i18n";
import { useMedia } from "../ui/media";
import { useStore } from "../ui/store";
import { Everywhere } from "./Everywhere";
import "./shell.css";

const loadTakeOver = withWords(() => import("../features/presence/takeover"));
const loadNotifications = withWords(() => import("../features/notifications/notifications"));
const loadSpoken = withWords(() => import("../features/notifications/spoken"));
/** With the words of sending, which the first inbox can do without. */
const loadSending = withWords(() => import("../features/sending/undoSend"));
const SetAway = lazy(withWords(() => import("../features/availability/SetAway")));
const KeySheet = lazy(withWords(() => import("../actions/KeySheet")));

export function Shell() {
  const client = useQueryClient();
  const me = useQuery(sessionQuery).data?.user;
  const isExpired = useStore(auth, (state) => state.isExpired);
  const isSheetOpen = useStore(panes, (state) => state.isSheetOpen);
  const { conversation, view } = useParams({ strict: false });
  const path = useLocation({ select: (at) => at.pathname });
  const isInbox = path.startsWith("/inbox");
  useLanding(isInbox ? `/inbox/${view}` : path);
  const meId = me?.id;
  useStore(hotkeys, (state) => state); // the tooltips name keys
  const preferences = me?.preferences;
  useEffect(() => adoptHotkeys(preferences), [preferences]);
  const isPainted = useFirstPaint();
  const isPhone = useMedia("(max-width: 599px)");
  const setAwayBy = useQuery({ ...planQuery(meId ?? ""), enabled: isPainted && meId !== undefined }).data?.set_away_by;
  useEffect(() => {
    for (const query of [channelsQuery, channelAccountsQuery, usersQuery, inboxesQuery, viewsQuery])
      void client.prefetchQuery<unknown>(query as never);
  }, [client]);
  useEffect(() => {
    if (!isInbox) painted(); // the inbox says itself when its list stands
  }, [isInbox]);
  useEffect(() => {
    if (!meId || isExpired || !isPainted) return; // the stream asks for what happened before it stood
    const stops = [
      startLive(client, meId, () => auth.set({ isExpired: true })),
      startListNews(client, meId),
      startOutbox(client, meId, takeBack(meId), (pending, answer) => {
        void loadSending().then((sending) => sending.offerUndo(client, meId)(pending, answer));
      }),
      startPresence(client, meId),
      later(() => loadTakeOver().then((one) => one.startTakeOvers())),
      later(() => loadNotifications().then((one) => one.startNotifications(client))),
      later(() => import("./strayFiles").then((one) => one.refuseStrayFiles())),
      later(() => loadSpoken().then((one) => one.startSpeaking(client, meId))),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [client, meId, isExpired, isPainted]);

  if (!me) return null;
  return (
    <div className={`app ${conversation ? "reading" : ""}`}>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a place on this page, which one depends on what is in sight */}
      <a className="btn skip" href="#main" onClick={skip}>
        {t("nav.skip")}
      </a>
      <div className="banners">
        <OfflineBanner hasComposer={Boolean(conversation)} />
        {setAwayBy ? (
          <Suspense fallback={null}>
            <SetAway me={me.id} by={setAwayBy} />
          </Suspense>
        ) : (
          <UpdateBanner />
        )}
      </div>
      <nav className="rail" aria-label={t("nav.main")} data-pane="rail">
        <span className="mark" role="img" aria-label={t("app.name")}>
          <Inbox />
        </span>
        <RailLinks className="railitem" />
        <span className="grow" />
        <RadarBadge className="railitem" />
        <Bell className="railitem" />
        <Link
          className="railitem"
          to="/search"
          activeProps={{ className: "active", "aria-current": "page" }}
          title={withKey(t("nav.search"), searchAction)}
        >
          <Search />
          <span className="sr">{t("nav.search")}</span>
        </Link>
        <button
          type="button"
          className="railitem"
          aria-label={t("action.sheet")}
          title={withKey(t("action.sheet"), sheet)}
          onClick={() => panes.set({ isSheetOpen: true })}
        >
          <Keyboard />
        </button>
        <MeMenu me={me} className="railitem" side="right" />
      </nav>
      <Outlet />
      {isSheetOpen ? (
        <Suspense fallback={null}>
          <KeySheet />
        </Suspense>
      ) : null}
      {isInbox ? null : <Everywhere me={me} />}
      <Finder />
      {isPhone ? (
        <nav className="bottombar" aria-label={t("nav.main")}>
          <RailLinks className="" hasWords />
          <RadarBadge className="" hasWord />
          <Link to="/search" activeProps={{ className: "active", "aria-current": "page" }}>
            <Search />
            {t("nav.search")}
          </Link>
          <MeMenu me={me} className="" side="top" hasWord />
        </nav>
      ) : null}
    </div>
  );
}

/** Another page has the focus itself, when what had it went with the old one. */
function useLanding(page: string): void {
  const before = useRef(page);
  useEffect(() => {
    if (before.current !== page) land();
    before.current = page;
  }, [page]);
}

function skip(event: MouseEvent): void {
  event.preventDefault();
  skipToContent();
}

/** Starts something that is not needed for the first paint; ends it also when it has not begun yet. */
function later(start: () => Promise<() => void>): () => void {
  let isOver = false;
  let stop: (() => void) | undefined;
  firstPaint.then(start).then(
    (end) => {
      stop = end;
      if (isOver) end();
    },
    () => undefined, // no connection for minutes: the next visit starts it
  );
  return () => {
    isOver = true;
    stop?.();
  };
}

/** The settings are in the menu of oneself where there is room for four only. */
function RailLinks({ className, hasWords }: { className: string; hasWords?: boolean }) {
  const mine = useQuery(viewsQuery).data?.find((view) => view.id === "mine");
  const count = countText(mine);
  const active = { className: "active", "aria-current": "page" } as const;
  const words = (text: string) => (hasWords ? text : <span className="sr">{text}</span>);
  return (
    <>
      <Link className={className} to="/inbox" activeProps={active} title={t("nav.inbox")}>
        <Inbox />
        {words(t("nav.inbox"))}
        {count && hasWords ? <span className="n">{count}</span> : null}
      </Link>
      <Link className={className} to="/contacts" activeProps={active} title={t("book.title")}>
        <Contact />
        {words(t("book.title"))}
      </Link>
      {hasWords ? null : (
        <Link className={className} to="/settings" activeProps={active} title={t("nav.settings")}>
          <Settings2 />
          <span className="sr">{t("nav.settings")}</span>
        </Link>
      )}
    </>
  );
}

/** After ten seconds without a stream. Over the composer there is a banner of its own. */
function OfflineBanner({ hasComposer }: { hasComposer: boolean }) {
  const isCut = useCutFor(10_000);
  if (!isCut || hasComposer) return null;
  return (
    <div className="banner" role="status">
      <WifiOff />
      <RetryLine />
      <Button size="xs" onClick={retryLive}>
        {t("live.try_now")}
      </Button>
    </div>
  );
}
