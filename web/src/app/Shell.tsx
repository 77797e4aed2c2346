/* The frame around everything behind the sign-in: rail, bottom bar on phones, banner, live stream, outbox. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { Inbox, Keyboard, Settings2, WifiOff } from "lucide-react";
import { useEffect } from "react";
import { KeySheet } from "../actions/KeySheet";
import { panes } from "../actions/panes";
import { live, retryLive, startLive } from "../api/live";
import {
  channelAccountsQuery,
  channelsQuery,
  inboxesQuery,
  sessionQuery,
  usersQuery,
  viewsQuery,
} from "../api/queries";
import { useSince } from "../features/conversations/LivePill";
import { countText } from "../features/conversations/Views";
import { takeBack } from "../features/drafts/refused";
import { startOutbox } from "../features/messages/pending";
import { auth } from "../features/session/auth";
import { MeMenu } from "../features/users/MeMenu";
import { Button } from "../ui/Button";
import { t } from "../ui/i18n";
import { useStore } from "../ui/store";
import "./shell.css";

export function Shell() {
  const client = useQueryClient();
  const me = useQuery(sessionQuery).data?.user;
  const isExpired = useStore(auth, (state) => state.isExpired);
  const { conversation } = useParams({ strict: false });
  const meId = me?.id;
  useEffect(() => {
    for (const query of [channelsQuery, channelAccountsQuery, usersQuery, inboxesQuery, viewsQuery])
      void client.prefetchQuery<unknown>(query as never);
  }, [client]);
  useEffect(() => {
    if (!meId || isExpired) return;
    const stopLive = startLive(client, meId, () => auth.set({ isExpired: true }));
    const stopOutbox = startOutbox(client, meId, takeBack(meId));
    return () => {
      stopLive();
      stopOutbox();
    };
  }, [client, meId, isExpired]);

  if (!me) return null;
  return (
    <div className={`app ${conversation ? "reading" : ""}`}>
      <a className="btn skip" href="#main">
        {t("nav.skip")}
      </a>
      <OfflineBanner hasComposer={Boolean(conversation)} />
      <nav className="rail" aria-label={t("nav.main")} data-pane="rail">
        <span className="mark" role="img" aria-label={t("app.name")}>
          <Inbox />
        </span>
        <RailLinks className="railitem" />
        <span className="grow" />
        <button
          type="button"
          className="railitem"
          aria-label={t("action.sheet")}
          title={`${t("action.sheet")} (?)`}
          onClick={() => panes.set({ isSheetOpen: true })}
        >
          <Keyboard />
        </button>
        <MeMenu me={me} className="railitem" side="right" />
      </nav>
      <Outlet />
      <KeySheet />
      <nav className="bottombar" aria-label={t("nav.main")}>
        <RailLinks className="" hasWords />
        <MeMenu me={me} className="" side="top" hasWord />
      </nav>
    </div>
  );
}

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
      <Link className={className} to="/settings" activeProps={active} title={t("nav.settings")}>
        <Settings2 />
        {words(t("nav.settings"))}
      </Link>
    </>
  );
}

/** After ten seconds without a stream. Over the composer there is a banner of its own. */
function OfflineBanner({ hasComposer }: { hasComposer: boolean }) {
  const connection = useStore(live, (state) => state.connection);
  const isCut = useSince(connection !== "live", 10_000);
  if (!isCut || hasComposer) return null;
  return (
    <div className="banner" role="status">
      <WifiOff />
      <span className="mid">{t("live.no_connection")}</span>
      <Button size="xs" onClick={retryLive}>
        {t("live.try_now")}
      </Button>
    </div>
  );
}
