/* The entries of the palette that are always there: actions of the screen, views, channels, inboxes, settings, people. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ArrowRight, FileDown, FileUp, Inbox, LogOut, Plug, Search, Settings2, UserRound, Zap } from "lucide-react";
import { useEffect, useState } from "react";
import type { Group } from "../../actions/action";
import { composerActions } from "../../actions/composing";
import { whatCanBeDone } from "../../actions/finder";
import { everywhere } from "../../actions/list";
import { starting } from "../../actions/starting";
import { useMay } from "../../api/may";
import { channelAccountsQuery, channelsQuery, inboxesQuery, savedViewsQuery, usersQuery } from "../../api/queries";
import { shownKey } from "../../ui/hotkeys";
import { type MessageId, t } from "../../ui/i18n";
import { BUILT_IN, VIEW_NAMES } from "../conversations/views";
import { quoted } from "../search/line";
import { signOut } from "../session/auth";
import type { Entry } from "./entries";

/** Those that the palette is itself, or that mean nothing in it. */
const LEFT_OUT = ["palette", "next", "previous", "open", "leave", "pane", "pane_back", "search"];
/** What is done to the conversation and to its customer, before what only moves about in the list. */
const ORDER: readonly Group[] = ["conversation", "write", "move", "app"];
const NO_ACTIONS: Entry[] = [];

interface Section {
  name: string;
  needs?: string;
  label: MessageId;
}

/** From the settings themselves, which are fetched for it. */
function useSections(): Section[] {
  const [sections, setSections] = useState<Section[]>([]);
  useEffect(() => {
    void import("../settings/Settings").then((settings) => setSections(settings.SECTIONS));
  }, []);
  return sections;
}

export function usePlaces(): Entry[] {
  const navigate = useNavigate();
  const sections = useSections();
  const saved = useQuery(savedViewsQuery).data ?? [];
  const users = useQuery(usersQuery).data ?? [];
  const inboxes = useQuery(inboxesQuery).data ?? [];
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const view = (to: string) => () => void navigate({ to: "/inbox/$view", params: { view: to } });
  const channels = useQuery(channelsQuery).data ?? [];
  const mayConfigure = useMay("account_access");
  const mayManage = useMay("user_management");
  const go = t("palette.go");
  return [
    ...actionEntries(),
    {
      id: "sign-out",
      group: "actions",
      label: t("session.sign_out"),
      icon: LogOut,
      isNeverRecent: true,
      run: () => void signOut(),
    },
    ...BUILT_IN.map((name) => ({
      id: `view:${name}`,
      group: "go" as const,
      label: t(VIEW_NAMES[name]),
      also: `${go} ${t(VIEW_NAMES[name])}`,
      icon: ArrowRight,
      keys: keyOf(`go_${name}`),
      run: view(name),
    })),
    ...saved.map((one) => ({
      id: `saved:${one.id}`,
      group: "go" as const,
      label: one.name,
      icon: ArrowRight,
      run: view(`saved-${one.id}`),
    })),
    ...inboxes.map((one) => ({
      id: `inbox:${one.id}`,
      group: "go" as const,
      label: one.name,
      hint: t("palette.inbox"),
      icon: Inbox,
      run: view(`inbox-${one.id}`),
    })),
    ...accounts.map((one) => ({
      id: `channel:${one.id}`,
      group: "go" as const,
      label: one.name,
      hint: t("palette.channel"),
      icon: Plug,
      run: view(`channel-${one.id}`),
    })),
    {
      id: "search-screen",
      group: "go",
      label: t("nav.search"),
      icon: Search,
      keys: keyOf("search"),
      run: () => void navigate({ to: "/search" }),
    },
    {
      id: "contacts",
      group: "go",
      label: t("book.title"),
      also: `${go} ${t("book.title")}`,
      icon: ArrowRight,
      run: () => void navigate({ to: "/contacts" }),
    },
    {
      id: "waiting",
      group: "go",
      label: t("views.waiting"),
      also: `${go} ${t("views.waiting")}`,
      icon: ArrowRight,
      run: () => void navigate({ to: "/waiting" }),
    },
    {
      id: "radar",
      group: "go",
      label: t("radar.title"),
      also: `${go} ${t("nav.radar")}`,
      icon: ArrowRight,
      run: () => void navigate({ to: "/radar" }),
    },
    {
      id: "notifications",
      group: "go",
      label: t("nav.notifications"),
      also: `${go} ${t("nav.notifications")}`,
      icon: ArrowRight,
      run: () => void navigate({ to: "/notifications" }),
    },
    ...(mayConfigure
      ? [
          {
            id: "contacts-import",
            group: "go" as const,
            label: t("import.title"),
            icon: FileUp,
            run: () => void navigate({ to: "/contacts/import", search: {} }),
          },
          {
            id: "contacts-export",
            group: "go" as const,
            label: t("export.title"),
            icon: FileDown,
            run: () => void navigate({ to: "/contacts", search: {}, hash: "export" }),
          },
          ...channels.map((one) => ({
            id: `connect:${one.kind}`,
            group: "go" as const,
            label: t("connect.title", { channel: one.name }),
            also: t("channels.connect"),
            icon: Plug,
            run: () =>
              void navigate({
                to: "/settings/$section/$item",
                params: { section: "channels", item: `connect-${one.kind}` },
              }),
          })),
        ]
      : []),
    ...sections
      .filter((one) => !one.needs || mayManage)
      .map(({ name, label }) => ({
        id: `settings:${name}`,
        group: "go" as const,
        label: t(label),
        hint: t("nav.settings"),
        also: `${t("nav.settings")} ${t(label)}`,
        icon: Settings2,
        run: () => void navigate({ to: "/settings/$section", params: { section: name } }),
      })),
    ...users
      .filter((user) => user.is_active)
      .map((user) => ({
        id: `person:${user.id}`,
        group: "people" as const,
        label: user.name,
        hint: t("palette.assigned_to"),
        also: user.email,
        icon: UserRound,
        run: () => void navigate({ to: "/search", search: { q: `assignee:${quoted(user.name)} is:open ` } }),
      })),
  ];
}

function keyOf(name: string): string | undefined {
  return shownKey(everywhere.find((action) => action.name === name)) || undefined;
}

/** What can be done on the screen behind the palette, asked once when it opens. */
function actionEntries(): Entry[] {
  const now = whatCanBeDone();
  if (!now) return NO_ACTIONS;
  // While a new conversation is written, "Send" would mean the answer behind it.
  return [...now.actions, ...(starting.get().isOpen ? [] : composerActions)]
    .toSorted((one, other) => ORDER.indexOf(one.group) - ORDER.indexOf(other.group))
    .filter((action) => !LEFT_OUT.includes(action.name) && !action.name.startsWith("go_") && action.when(now.scope))
    .map((action) => ({
      id: `action:${action.name}`,
      group: "actions" as const,
      label: t(action.label(now.scope.conversation)),
      icon: action.icon?.(now.scope) ?? Zap,
      keys: shownKey(action) || undefined,
      run: () => action.run(now.scope),
    }));
}
