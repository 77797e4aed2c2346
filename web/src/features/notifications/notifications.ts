/* What this person is told in the app: the list behind the bell, the numbers, the sound, and telling the server that somebody is looking, so that it need not
 * push. Read next: NotificationsPage.tsx, titleCount.ts, push.ts. */
import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { get, post, put, query } from "../../api/client";
import { onStreamEvent } from "../../api/live";
import { sessionQuery } from "../../api/queries";
import { isSaving, saveInto } from "../../api/saving";
import { leadership } from "../../api/sharedStream";
import type { Notification, NotificationKind, NotificationSettings, Page, Unread } from "../../api/types";
import { planQuery } from "../availability/availability";
import { playTone } from "./sound";
import { showCount } from "./titleCount";
import { UNREAD_KEY, unreadQuery } from "./unread";

export const KINDS: readonly NotificationKind[] = [
  "unassigned",
  "assigned",
  "message",
  "mention",
  "failed",
  "reminder",
  "trouble",
];

const LIST_KEY = ["notifications"] as const;
export const SETTINGS_KEY = ["notification-settings"] as const;

export const notificationsQuery = infiniteQueryOptions({
  queryKey: LIST_KEY,
  initialPageParam: null as string | null,
  queryFn: ({ pageParam }) => get<Page<Notification>>(`/api/notifications${query({ limit: 30, cursor: pageParam })}`),
  getNextPageParam: (last) => last.next,
  staleTime: 0,
});
export const settingsQuery = queryOptions({
  queryKey: SETTINGS_KEY,
  queryFn: () => get<NotificationSettings>("/api/notifications/settings"),
});

/** Shows the choices at once, and saves them. */
export const saveSettings = (
  client: QueryClient,
  choices: NotificationSettings["choices"],
): Promise<NotificationSettings> =>
  saveInto<NotificationSettings, NotificationSettings>(
    client,
    SETTINGS_KEY,
    (held) => ({ ...held, choices }),
    () => put("/api/notifications/settings", choices),
    (_, saved) => saved,
  );

/** One, or all. */
export async function markRead(client: QueryClient, id: string | null): Promise<void> {
  await post("/api/notifications/read", { id });
  await refresh(client);
}

const refresh = (client: QueryClient) =>
  Promise.all([UNREAD_KEY, LIST_KEY].map((queryKey) => client.invalidateQueries({ queryKey })));

const REFRESH_MS = 800;
const LOOK_MS = 60_000;
const IDLE_MS = 5 * 60_000;

/** Listens, for as long as somebody is signed in. */
export function startNotifications(client: QueryClient): () => void {
  let planned: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    planned ??= setTimeout(() => {
      planned = undefined;
      void refresh(client);
    }, REFRESH_MS);
  };
  const stopEvents = onStreamEvent((event) => {
    if (event.type === "notification.changed") {
      if (!isSaving(SETTINGS_KEY)) void client.invalidateQueries({ queryKey: SETTINGS_KEY });
      soon();
      void sound(client, event.data.news);
    } else if (["conversation.changed", "conversation.gone", "read.changed", "hello"].includes(event.type)) soon();
  });
  soon(); // the number was asked for with the first picture, and news of since then has met nobody here
  const stopCount = client.getQueryCache().subscribe(({ query: { queryKey, state } }) => {
    if (queryKey[0] === UNREAD_KEY[0]) showCount((state.data as Unread | undefined)?.mine ?? 0);
  });
  const stopLooking = startLooking();
  void client.prefetchQuery(unreadQuery);
  return () => {
    stopEvents();
    stopCount();
    stopLooking();
    clearTimeout(planned);
    showCount(0);
  };
}

/** One tab sounds for all, and only for what this person wants to hear. */
async function sound(client: QueryClient, news: { kind: NotificationKind }[]): Promise<void> {
  if (!news.length || !leadership.isLeader) return;
  // Asked for again when it was changed elsewhere: on other pages nobody watches it, so that it is only marked as old.
  const { choices } = await client.fetchQuery({ ...settingsQuery, staleTime: Number.POSITIVE_INFINITY });
  if (!news.some((one) => choices[one.kind].sound) || isQuietNow(choices.quiet, new Date())) return;
  if (!choices.quiet.while_away || !(await isAway(client))) playTone();
}

/** Is this person away, by their hours or because they were set so? */
async function isAway(client: QueryClient): Promise<boolean> {
  const me = client.getQueryData(sessionQuery.queryKey)?.user.id;
  const plan = me ? await client.fetchQuery(planQuery(me)).catch(() => null) : null;
  return plan?.status === "away";
}

type Quiet = NotificationSettings["choices"]["quiet"];

/** Are these quiet hours? By the clock of the time zone they were set in. */
export function isQuietNow(quiet: Quiet, now: Date): boolean {
  if (!quiet.is_on) return false;
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: quiet.time_zone,
  }).format(now);
  return quiet.begins <= quiet.ends
    ? quiet.begins <= time && time < quiet.ends
    : time >= quiet.begins || time < quiet.ends;
}

/** Tells the server each minute that the app is before somebody's eyes. */
function startLooking(): () => void {
  let movedAt = Date.now();
  const moved = () => {
    movedAt = Date.now();
  };
  const say = () => {
    const isLooking = document.visibilityState === "visible" && document.hasFocus() && Date.now() - movedAt < IDLE_MS;
    if (isLooking) void post("/api/notifications/looking").catch(() => undefined);
  };
  const kinds = ["pointermove", "keydown", "pointerdown", "focus"] as const;
  for (const kind of kinds) addEventListener(kind, moved, { passive: true });
  addEventListener("focus", say);
  const timer = setInterval(say, LOOK_MS);
  say();
  return () => {
    for (const kind of kinds) removeEventListener(kind, moved);
    removeEventListener("focus", say);
    clearInterval(timer);
  };
}
