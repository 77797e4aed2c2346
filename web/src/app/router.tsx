/* Every address of the app. Who is not signed in is sent to the sign-in, or to the first run when there is no account yet. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { NoConnection, Problem } from "../api/client";
import { channelsQuery, sessionQuery, setupQuery } from "../api/queries";
import { Inbox } from "../features/conversations/Inbox";
import { filterOf } from "../features/conversations/views";
import { SessionExpired } from "../features/session/SessionExpired";
import { LiveRegions } from "../ui/announce";
import { t } from "../ui/i18n";
import { Empty, Failed } from "../ui/States";
import { Toasts } from "../ui/toasts";
import { Shell } from "./Shell";

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: () => (
    <>
      <Outlet />
      <Toasts />
      <LiveRegions />
      <SessionExpired />
    </>
  ),
  errorComponent: ({ error }) => <Failed error={error} onRetry={() => location.reload()} />,
  notFoundComponent: () => <Empty title={t("problem.not_found_title")} text={t("problem.not_found")} />,
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
  beforeLoad: async ({ context }) => {
    if (await isSignedIn(context.client)) return;
    const setup = await context.client.ensureQueryData(setupQuery);
    throw redirect({ to: setup.needed ? "/setup" : "/sign-in" });
  },
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  beforeLoad: async ({ context }) => {
    const { needed } = await context.client.ensureQueryData(setupQuery);
    if (!needed) throw redirect({ to: "/" });
  },
  component: lazyRouteComponent(() => import("../features/onboarding/Setup")),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  loader: ({ context }) => context.client.ensureQueryData(setupQuery).then(() => undefined),
  component: lazyRouteComponent(() => import("../features/session/SignIn")),
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
  beforeLoad: ({ params }) => {
    if (!filterOf(params.view)) throw redirect({ to: "/inbox/$view", params: { view: "open" }, replace: true });
  },
});

const conversation = createRoute({ getParentRoute: () => view, path: "$conversation" });

const settings = createRoute({
  getParentRoute: () => inside,
  path: "/settings",
  loader: ({ context }) => context.client.ensureQueryData(channelsQuery).then(() => undefined),
  component: lazyRouteComponent(() => import("../features/settings/Settings")),
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

const routeTree = root.addChildren([
  inside.addChildren([
    home,
    bareInbox.addChildren([bareInboxIndex, view.addChildren([conversation])]),
    settings.addChildren([settingsIndex, section, sectionItem]),
  ]),
  setup,
  signIn,
]);

export const makeRouter = (client: QueryClient) =>
  createRouter({ routeTree, context: { client }, defaultPreload: false, scrollRestoration: false });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
