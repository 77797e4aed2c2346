/* Every address of the app. Who is not signed in is sent to the sign-in, or to the first run when there is no account yet. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  parseSearchWith,
  redirect,
  stringifySearchWith,
} from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { NoConnection, Problem } from "../api/client";
import { channelsQuery, sessionQuery, setupQuery } from "../api/queries";
import { readBookSearch } from "../features/contactbook/search";
import { Inbox } from "../features/conversations/Inbox";
import { isView, readSearch } from "../features/conversations/views";
import { readStep } from "../features/onboarding/step";
import { auth } from "../features/session/auth";
import { SignOutWarning } from "../features/session/SignOutWarning";
import { LiveRegions } from "../ui/announce";
import { loadLater, withWords } from "../ui/i18n";
import { useStore } from "../ui/store";
import { Toasts } from "../ui/toasts";
import { AppFailed, NotFound, PageFailed } from "./Failures";
import { inItsTime } from "./PagePending";
import { Shell } from "./Shell";

interface Context {
  client: QueryClient;
}

const SessionExpired = lazy(withWords(() => import("../features/session/SessionExpired")));

function WhenExpired() {
  const isExpired = useStore(auth, (state) => state.isExpired);
  return isExpired ? (
    <Suspense fallback={null}>
      <SessionExpired />
    </Suspense>
  ) : null;
}

const root = createRootRouteWithContext<Context>()({
  component: () => (
    <>
      <Outlet />
      <Toasts />
      <LiveRegions />
      <WhenExpired />
      <SignOutWarning />
    </>
  ),
  errorComponent: AppFailed,
  notFoundComponent: NotFound,
});

/** Whether somebody is signed in. No connection is not "no": it is thrown. */
async function isSignedIn(client: QueryClient): Promise<boolean> {
  try {
    await client.ensureQueryData(sessionQuery);
    return true;
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) return false;
    throw problem instanceof Problem ? problem : new NoConnection();
  }
}

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  errorComponent: AppFailed,
  beforeLoad: async ({ context, location }) => {
    if (await isSignedIn(context.client)) return;
    const setup = await context.client.ensureQueryData(setupQuery);
    if (setup.needed) throw redirect({ to: "/setup" });
    throw redirect({ to: "/sign-in", state: { wanted: location.href } });
  },
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  validateSearch: readStep,
  beforeLoad: async ({ context, search, location }) => {
    const { needed } = await context.client.ensureQueryData(setupQuery);
    if (needed ? search.step : !search.step) throw redirect({ to: needed ? "/setup" : "/", search: {} });
    if (needed) return;
    if (!(await isSignedIn(context.client))) throw redirect({ to: "/sign-in", state: { wanted: location.href } });
    const { permissions } = (await context.client.ensureQueryData(sessionQuery)).user;
    if (!permissions.includes("super_admin")) throw redirect({ to: "/" });
  },
  component: lazyRouteComponent(withWords(() => import("../features/onboarding/Setup"))),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  beforeLoad: async ({ context }) => {
    if (await isSignedIn(context.client)) throw redirect({ to: "/", replace: true });
  },
  loader: ({ context }) => context.client.ensureQueryData(setupQuery).then(() => undefined),
  component: lazyRouteComponent(withWords(() => import("../features/session/SignIn"))),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(withWords(() => import("../features/session/Invitation"))),
});

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox/$view", params: { view: "open" }, replace: true });
  },
});

const bareInbox = createRoute({
  getParentRoute: () => inside,
  path: "/inbox",
  component: Outlet,
});

const bareInboxIndex = createRoute({
  getParentRoute: () => bareInbox,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox/$view", params: { view: "open" }, replace: true });
  },
});

const view = createRoute({
  getParentRoute: () => bareInbox,
  path: "$view",
  component: Inbox,
  validateSearch: readSearch,
  beforeLoad: ({ params }) => {
    if (!isView(params.view)) throw redirect({ to: "/inbox/$view", params: { view: "open" }, replace: true });
  },
});

const conversation = createRoute({ getParentRoute: () => view, path: "$conversation" });

const notifications = createRoute({
  getParentRoute: () => inside,
  path: "/notifications",
  loader: loadLater,
  ...inItsTime(() => import("../features/notifications/NotificationsPage")),
});

const radar = createRoute({
  getParentRoute: () => inside,
  path: "/radar",
  ...inItsTime(withWords(() => import("../features/radar/RadarPage"))),
});

const waiting = createRoute({
  getParentRoute: () => inside,
  path: "/waiting",
  ...inItsTime(withWords(() => import("../features/sending/WaitingPage"))),
});

const contacts = createRoute({
  getParentRoute: () => inside,
  path: "/contacts",
  validateSearch: readBookSearch,
  ...inItsTime(withWords(() => import("../features/contactbook/ContactsPage"))),
});

const contactImport = createRoute({
  getParentRoute: () => inside,
  path: "/contacts/import",
  validateSearch: (given: Record<string, unknown>): { id?: string } => (given.id ? { id: String(given.id) } : {}),
  ...inItsTime(withWords(() => import("../features/contactbook/ImportPage"))),
});

const contact = createRoute({
  getParentRoute: () => inside,
  path: "/contacts/$contact",
  ...inItsTime(withWords(() => import("../features/contactbook/ContactPage"))),
});

/** How a list of the settings is filtered. `inbox`: also which one a channel is connected for. */
const filtered = (given: Record<string, unknown>): { inbox?: string; q?: string; status?: string } => ({
  ...(given.inbox ? { inbox: String(given.inbox) } : {}),
  ...(given.q ? { q: String(given.q) } : {}),
  ...(given.status ? { status: String(given.status) } : {}),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: "/settings",
  validateSearch: filtered,
  loader: ({ context }) =>
    Promise.all([context.client.ensureQueryData(channelsQuery), loadLater()]).then(() => undefined),
  ...inItsTime(() => import("../features/settings/Settings")),
});

const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/settings/$section", params: { section: "channels" }, replace: true });
  },
});

const section = createRoute({ getParentRoute: () => settings, path: "$section" });
const sectionItem = createRoute({ getParentRoute: () => settings, path: "$section/$item" });
const sectionTab = createRoute({ getParentRoute: () => settings, path: "$section/$item/$tab" });

/** Words and filters stand in the address, so that a search can be kept, shared and come back to. */
const search = createRoute({
  getParentRoute: () => inside,
  path: "/search",
  validateSearch: (given: Record<string, unknown>): { q?: string; type?: "contacts" } => ({
    ...(given.q === undefined ? {} : { q: String(given.q) }),
    ...(given.type === "contacts" ? { type: "contacts" as const } : {}),
  }),
  ...inItsTime(withWords(() => import("../features/search/SearchPage"))),
});

const routeTree = root.addChildren([
  inside.addChildren([
    home,
    bareInbox.addChildren([bareInboxIndex, view.addChildren([conversation])]),
    search,
    notifications,
    waiting,
    contacts,
    contactImport,
    contact,
    radar,
    settings.addChildren([settingsIndex, section, sectionItem, sectionTab]),
  ]),
  setup,
  signIn,
  invitation,
]);

export const makeRouter = (client: QueryClient) =>
  createRouter({
    routeTree,
    context: { client },
    defaultPreload: false,
    defaultErrorComponent: PageFailed,
    defaultPendingMs: 300,
    defaultPendingMinMs: 0,
    scrollRestoration: false,
    // Plain text in addresses: everything behind the question mark is read by `readSearch`.
    parseSearch: parseSearchWith((value) => value),
    stringifySearch: stringifySearchWith(String),
  });

declare module "@tanstack/history" {
  interface HistoryState {
    /** At the sign-in: where a link led before. */
    wanted?: string;
  }
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
