/* Settings: a page per section, plain for now. */
import { Link, useParams } from "@tanstack/react-router";
import {
  Activity,
  Archive,
  Bell,
  CalendarClock,
  Clock,
  FolderOpen,
  Inbox,
  Keyboard,
  KeyRound,
  MonitorSmartphone,
  Palette,
  Plug,
  Send,
  ShieldAlert,
  ShieldCheck,
  SlidersHorizontal,
  Split,
  Stamp,
  Tags,
  TextQuote,
  Ticket,
  UserRound,
  Users,
  UsersRound,
} from "lucide-react";
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { useMay } from "../../api/may";
import { type MessageId, t, withWords } from "../../ui/i18n";
import { Pane } from "../../ui/Pane";
import { Empty, Skeleton } from "../../ui/States";
import { Channels } from "../channels/Channels";
import { Connection } from "../connection/Connection";
import { PropertiesPage } from "../contactbook/PropertiesPage";
import { Quarantine } from "../deliveries/Quarantine";
import { SpamPage } from "../filters/SpamPage";
import { NotificationSettings } from "../notifications/NotificationSettings";
import { PeoplePage } from "../people/PeoplePage";
import { RolesPage } from "../people/RolesPage";
import { TeamsPage } from "../people/TeamsPage";
import { UnsavedMark } from "../unsaved/SaveLine";
import { Profile } from "../users/Profile";
import { AppearancePage } from "./AppearancePage";
import { BrandPage } from "./BrandPage";
import { Inboxes } from "./Inboxes";
import { KeyboardPage } from "./KeyboardPage";
import { Sending } from "./Sending";
import { Sessions } from "./Sessions";
import { TagsPage } from "./TagsPage";
import { Tokens } from "./Tokens";
import "../onboarding/onboarding.css";
import "../people/people.css";
import "./settings.css";

const AvailabilityPage = lazy(withWords(() => import("../availability/AvailabilityPage")));
const MyHours = lazy(
  withWords(() => import("../availability/AvailabilityPage").then(({ MyHours }) => ({ default: MyHours }))),
);
const RoutingPage = lazy(withWords(() => import("../routing/RoutingPage")));
const TicketsPage = lazy(withWords(() => import("../tickets/TicketsPage")));
const LibraryPage = lazy(withWords(() => import("../library/LibraryPage")));
// It brings the composer's editor along.
const SnippetsPage = lazy(withWords(() => import("../snippets/SnippetsPage")));

/** What a section that not everybody has needs, as the roles call it. */
const NEEDED = {
  user_management: "roles.user_management",
  account_access: "roles.account_access",
} as const satisfies Record<string, MessageId>;

interface Section {
  name: string;
  label: MessageId;
  icon: ReactNode;
  Page: ComponentType<{ item?: string }>;
  /** Who has not this permission is not led here. */
  needs?: keyof typeof NEEDED;
}

const GROUPS: { label: MessageId; sections: Section[] }[] = [
  {
    label: "settings.workspace",
    sections: [
      { name: "brand", label: "settings.brand", icon: <Stamp />, Page: BrandPage },
      { name: "people", label: "settings.people", icon: <Users />, Page: PeoplePage, needs: "user_management" },
      { name: "teams", label: "settings.teams", icon: <UsersRound />, Page: TeamsPage },
      { name: "roles", label: "settings.roles", icon: <ShieldCheck />, Page: RolesPage },
      { name: "availability", label: "settings.availability", icon: <CalendarClock />, Page: AvailabilityPage },
    ],
  },
  {
    label: "settings.inbox",
    sections: [
      { name: "channels", label: "settings.channels", icon: <Plug />, Page: Channels },
      { name: "routing", label: "settings.routing", icon: <Split />, Page: RoutingPage, needs: "account_access" },
      { name: "tickets", label: "tickets.title", icon: <Ticket />, Page: TicketsPage, needs: "account_access" },
      { name: "inboxes", label: "views.inboxes", icon: <Inbox />, Page: Inboxes },
      { name: "properties", label: "settings.properties", icon: <SlidersHorizontal />, Page: PropertiesPage },
      { name: "tags", label: "settings.tags", icon: <Tags />, Page: TagsPage },
      { name: "sending", label: "settings.sending", icon: <Send />, Page: Sending },
      { name: "snippets", label: "editor.snippets", icon: <TextQuote />, Page: SnippetsPage },
      { name: "files", label: "library.title", icon: <FolderOpen />, Page: LibraryPage },
      { name: "spam", label: "settings.spam", icon: <ShieldAlert />, Page: SpamPage },
      { name: "quarantine", label: "settings.quarantine", icon: <Archive />, Page: Quarantine },
    ],
  },
  {
    label: "settings.you",
    sections: [
      { name: "profile", label: "settings.profile", icon: <UserRound />, Page: Profile },
      { name: "hours", label: "settings.hours", icon: <Clock />, Page: MyHours },
      { name: "appearance", label: "settings.appearance", icon: <Palette />, Page: AppearancePage },
      { name: "keyboard", label: "settings.keyboard", icon: <Keyboard />, Page: KeyboardPage },
      { name: "notifications", label: "settings.notifications", icon: <Bell />, Page: NotificationSettings },
      { name: "sessions", label: "settings.sessions", icon: <MonitorSmartphone />, Page: Sessions },
      { name: "tokens", label: "settings.tokens", icon: <KeyRound />, Page: Tokens },
      { name: "connection", label: "settings.connection", icon: <Activity />, Page: Connection },
    ],
  },
];
export const SECTIONS = GROUPS.flatMap((group) => group.sections);

export default function Settings() {
  const { section: name = "channels", item } = useParams({ strict: false });
  const section = SECTIONS.find((one) => one.name === name);
  const may: Record<keyof typeof NEEDED, boolean> = {
    user_management: useMay("user_management"),
    account_access: useMay("account_access"),
  };
  const isShown = (one: Section) => one.needs === undefined || may[one.needs];
  const tabs = useRef<HTMLElement>(null);
  // On a phone they stand in one line that scrolls.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another section is current
  useEffect(() => {
    tabs.current?.querySelector(".active")?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [name]);
  useEffect(() => {
    document.title = `${section ? t(section.label) : t("nav.settings")} · ${t("app.name")}`;
  }, [section]);
  return (
    <div className="sheet">
      <nav className="sidenav settingsnav" aria-label={t("nav.settings")} data-pane="views">
        <header>{t("nav.settings")}</header>
        {GROUPS.map((group) => (
          <div key={group.label}>
            <h3>{t(group.label)}</h3>
            {group.sections.filter(isShown).map((one) => (
              <SectionLink key={one.name} section={one} />
            ))}
          </div>
        ))}
      </nav>
      <main className="page" id="main" tabIndex={-1} data-pane="page">
        <nav className="settingstabs" aria-label={t("nav.settings")} ref={tabs}>
          {SECTIONS.filter(isShown).map((one) => (
            <SectionLink key={one.name} section={one} />
          ))}
        </nav>
        <div className="pagebody">
          {section?.needs && !may[section.needs] ? (
            <>
              <h1>{t(section.label)}</h1>
              <Empty
                title={t("settings.not_allowed_title")}
                text={t("settings.not_allowed", { permission: t(NEEDED[section.needs]) })}
              />
            </>
          ) : section ? (
            <Pane isFirst of={`${section.name} ${item}`}>
              <Suspense fallback={<Skeleton rows={4} shape="line" />}>
                <section.Page item={item} />
              </Suspense>
            </Pane>
          ) : (
            <Empty title={t("problem.not_found_title")} text={t("problem.not_found")} />
          )}
        </div>
      </main>
    </div>
  );
}

function SectionLink({ section }: { section: Section }) {
  return (
    <Link
      className="navitem"
      to="/settings/$section"
      params={{ section: section.name }}
      activeProps={{ className: "active", "aria-current": "page" }}
    >
      {section.icon}
      {t(section.label)}
      <UnsavedMark at={section.name} />
    </Link>
  );
}
