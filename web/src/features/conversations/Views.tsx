/* The navigation between views: mine, the team's, one per channel, one per inbox when there are several, and the saved ones. Sections fold, and stay so. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CalendarClock, ChevronRight, Inbox, Plus, SquarePen } from "lucide-react";
import type { ReactNode } from "react";
import type { Scope } from "../../actions/action";
import { actions } from "../../actions/list";
import { useMay } from "../../api/may";
import { channelAccountsQuery, inboxesQuery, sessionQuery, viewsQuery } from "../../api/queries";
import { IconButton } from "../../ui/Button";
import { shownKey } from "../../ui/hotkeys";
import { t } from "../../ui/i18n";
import { inWords } from "../../ui/serverWords";
import { useStore } from "../../ui/store";
import { KindBadge } from "../channels/ChannelBadge";
import { foldedSections, toggleSection } from "./foldedSections";
import { SavedViews } from "./SavedViews";
import { ViewLink } from "./ViewLink";
import { TEAM_VIEWS, VIEW_HEAT, VIEW_ICONS, YOUR_VIEWS } from "./viewLooks";
import { type BuiltIn, countId, VIEW_NAMES } from "./views";

export function Views({ scope }: { scope: Scope }) {
  const counts = useQuery(viewsQuery).data ?? [];
  const accounts = useQuery(channelAccountsQuery).data;
  const inboxes = (useQuery(inboxesQuery).data ?? []).filter((inbox) => !inbox.archived_at);
  const session = useQuery(sessionQuery).data;
  const title = inboxes.length === 1 ? inboxes[0]?.name : session?.account.name;
  const countOf = (view: string) => counts.find((count) => count.id === countId(view));
  const builtIn = (view: BuiltIn) => {
    const Icon = VIEW_ICONS[view];
    return (
      <ViewLink
        key={view}
        view={view}
        icon={<Icon />}
        name={t(VIEW_NAMES[view])}
        count={countOf(view)}
        heat={VIEW_HEAT[view]}
      />
    );
  };
  // Who may not connect one is not led there.
  const mayConnect = useMay("account_access");
  return (
    <nav className="sidenav views" aria-label={t("nav.views")} data-pane="views">
      <header>
        <span className="cut grow">{title}</span>
        <NewButton scope={scope} />
      </header>
      <Section name="you" title={t("views.you")}>
        {YOUR_VIEWS.map(builtIn)}
      </Section>
      <Section name="team" title={t("views.team")}>
        {TEAM_VIEWS.filter((view) => !isQuiet(view) || countOf(view)?.count).map(builtIn)}
      </Section>
      <Section name="channels" title={t("views.channels")} button={mayConnect && <ConnectButton />}>
        {accounts?.map((account) => (
          <ViewLink
            key={account.id}
            view={`channel-${account.id}`}
            icon={<KindBadge kind={account.kind} />}
            name={account.name}
            count={countOf(`channel-${account.id}`)}
            warning={account.health?.state === "broken" ? inWords(account.health.sentence) : undefined}
          />
        ))}
        {mayConnect && accounts?.length === 0 ? (
          <Link className="navitem add" {...TO_CHANNELS}>
            <Plus />
            {t("views.connect")}
          </Link>
        ) : null}
      </Section>
      {inboxes.length > 1 ? (
        <Section name="inboxes" title={t("views.inboxes")}>
          {inboxes.map((inbox) => (
            <ViewLink
              key={inbox.id}
              view={`inbox-${inbox.id}`}
              icon={<Inbox />}
              name={inbox.name}
              count={countOf(`inbox-${inbox.id}`)}
            />
          ))}
        </Section>
      ) : null}
      <SavedViews />
      <Section name="aside" title={t("views.aside")} isFoldedAtFirst>
        <Link className="navitem" to="/waiting">
          <CalendarClock />
          {t("views.waiting")}
        </Link>
        {(["filtered", "spam", "trash"] as const).map(builtIn)}
        <Link className="navitem" to="/settings/$section" params={{ section: "quarantine" }}>
          <VIEW_ICONS.quarantine />
          {t("settings.quarantine")}
        </Link>
      </Section>
    </nav>
  );
}

/** Shown only when there is something in them. */
const isQuiet = (view: BuiltIn) => view === "failed";

function NewButton({ scope }: { scope: Scope }) {
  const action = actions.find((one) => one.name === "new" || one.name === "new_conversation");
  if (!action) return null;
  return (
    <IconButton label={t(action.label(null))} keys={shownKey(action)} onClick={() => action.run(scope)}>
      <SquarePen />
    </IconButton>
  );
}

const TO_CHANNELS = { to: "/settings/$section", params: { section: "channels" } } as const;

const ConnectButton = () => (
  <Link className="iconbtn s" {...TO_CHANNELS} aria-label={t("views.connect")} title={t("views.connect")}>
    <Plus className="mid" />
  </Link>
);

interface SectionProps {
  name: string;
  title: string;
  button?: ReactNode;
  isFoldedAtFirst?: boolean;
  children: ReactNode;
}

function Section({ name, title, button, isFoldedAtFirst = false, children }: SectionProps) {
  const kept = useStore(foldedSections, (state) => state.folded[name]);
  const isFolded = kept ?? isFoldedAtFirst;
  return (
    <>
      <h3>
        <button
          type="button"
          className="foldsection"
          aria-expanded={!isFolded}
          onClick={() => toggleSection(name, !isFolded)}
        >
          {title}
          <ChevronRight className="small" />
        </button>
        {button}
      </h3>
      {isFolded ? null : children}
    </>
  );
}
