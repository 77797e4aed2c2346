/* Settings: a page per section, plain for now. */
import { Link, useParams } from "@tanstack/react-router";
import { Archive, KeyRound, MonitorSmartphone, Plug, UserRound } from "lucide-react";
import { type ComponentType, type ReactNode, useEffect } from "react";
import { type MessageId, t } from "../../ui/i18n";
import { Empty } from "../../ui/States";
import { Channels } from "../channels/Channels";
import { Quarantine } from "../deliveries/Quarantine";
import { Profile } from "../users/Profile";
import { Sessions } from "./Sessions";
import { Tokens } from "./Tokens";
import "../onboarding/onboarding.css";
import "./settings.css";

interface Section {
  name: string;
  label: MessageId;
  icon: ReactNode;
  Page: ComponentType<{ item?: string }>;
}

const GROUPS: { label: MessageId; sections: Section[] }[] = [
  {
    label: "settings.inbox",
    sections: [
      { name: "channels", label: "settings.channels", icon: <Plug />, Page: Channels },
      { name: "quarantine", label: "settings.quarantine", icon: <Archive />, Page: Quarantine },
    ],
  },
  {
    label: "settings.you",
    sections: [
      { name: "profile", label: "settings.profile", icon: <UserRound />, Page: Profile },
      { name: "sessions", label: "settings.sessions", icon: <MonitorSmartphone />, Page: Sessions },
      { name: "tokens", label: "settings.tokens", icon: <KeyRound />, Page: Tokens },
    ],
  },
];
const SECTIONS = GROUPS.flatMap((group) => group.sections);

export default function Settings() {
  const { section: name = "channels", item } = useParams({ strict: false });
  const section = SECTIONS.find((one) => one.name === name);
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
            {group.sections.map((one) => (
              <SectionLink key={one.name} section={one} />
            ))}
          </div>
        ))}
      </nav>
      <main className="page" id="main" tabIndex={-1} data-pane="page">
        <nav className="settingstabs" aria-label={t("nav.settings")}>
          {SECTIONS.map((one) => (
            <SectionLink key={one.name} section={one} />
          ))}
        </nav>
        <div className="pagebody">
          {section ? (
            <section.Page item={item} />
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
    </Link>
  );
}
