/* The API as a script uses it, and a world put back to how it began: stories share one server, and none may meet what another one left. */
import { expect } from "@playwright/test";
import type { World } from "./fixtures";

export async function api(world: Pick<World, "innboks" | "token">, method: string, path: string, body?: unknown) {
  const ask = () =>
    fetch(`${world.innboks.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${world.token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  let answer = await ask();
  // A busy machine may ask to come again.
  for (let turn = 0; answer.status === 503 && turn < 20; turn++) {
    await new Promise((wait) => setTimeout(wait, 250));
    answer = await ask();
  }
  const text = await answer.text();
  expect(answer.ok, `${method} ${path}: ${answer.status} ${text}`).toBe(true);
  return text ? JSON.parse(text) : undefined;
}

/** Somebody else of the account; there already when a story is played again. */
export async function colleague(
  world: Pick<World, "innboks" | "token">,
  person: { name: string; email: string; password: string },
) {
  const { items } = await api(world, "GET", "/api/users");
  if (!items.some((one: { email: string }) => one.email === person.email))
    await api(world, "POST", "/api/users", person);
}

/** How somebody's availability begins: always there, without limits. */
export const ALWAYS_THERE = {
  status: "available",
  hours: null,
  absences: [],
  country: null,
  time_zone: "UTC",
  conversations_max: null,
  tickets_max: null,
};

/** How the settings were before any story. */
export interface Beginning {
  account: object;
  choices: object;
  me: object;
  myId: string;
  inbox: { id: string; reply_within_s: number | null };
  /** The channel account that is connected. */
  channel: string;
}

export async function settingsOf(world: Omit<World, "beginning">): Promise<Beginning> {
  const [account, me, { choices }, { items }, channels] = await Promise.all([
    api(world, "GET", "/api/account"),
    api(world, "GET", "/api/users/me"),
    api(world, "GET", "/api/notifications/settings"),
    api(world, "GET", "/api/inboxes"),
    api(world, "GET", "/api/channel-accounts"),
  ]);
  return {
    account: { undo_send_s: account.undo_send_s },
    me: { locale: me.locale, preferences: me.preferences },
    myId: me.id,
    choices,
    inbox: { id: items[0].id, reply_within_s: items[0].reply_within_s },
    channel: channels.items[0].id,
  };
}

const AT_ONCE = 100;
/** What an inbox wants on the first day. */
const POLICIES = {
  changed_subject: "suggest",
  several_answers: "apart",
  same_subject_days: null,
  is_assignee_only: false,
};

/** An empty inbox, the settings of the beginning, and a customer who takes every mail. */
export async function beginAnew(world: World): Promise<void> {
  world.mailbox.beginAnew();
  const { account, me, myId, choices, inbox, channel } = world.beginning;
  await removeAll(world, "channel-accounts", channel); // an inbox with somebody's own mailbox cannot be opened to others
  await openInboxes(world);
  await Promise.all([
    emptyInbox(world),
    api(world, "PATCH", "/api/account", account),
    api(world, "PUT", "/api/notifications/settings", choices),
    api(world, "PATCH", `/api/inboxes/${inbox.id}`, { reply_within_s: inbox.reply_within_s, ...POLICIES }),
    api(world, "PATCH", "/api/users/me", me),
    api(world, "PATCH", `/api/users/${myId}/availability`, ALWAYS_THERE),
    api(world, "PUT", `/api/channel-accounts/${channel}/assignment`, { is_on: false }),
    api(world, "PUT", `/api/channel-accounts/${channel}/tickets`, { is_on: false }),
    archiveOthers(world, inbox.id),
    ...["snippets", "library-files", "saved-views", "tags", "channel-drafts"].map((kind) => removeAll(world, kind)),
    api(world, "PATCH", "/api/filters", { rules: RULES, flood_count: null, flood_within_s: 600 }),
    ...["allow", "deny"].map((list) => removeAll(world, "listed-senders", "", `?list=${list}`)),
    setAside(world),
  ]);
  await api(world, "POST", "/api/notifications/read", { id: null });
}

/** What lies in an inbox of others can be deleted only by those who may act in it. */
async function openInboxes(world: World): Promise<void> {
  const { items } = await api(world, "GET", "/api/inboxes");
  for (const { id, access, is_archived } of items)
    if (access !== "everyone" && !is_archived) await api(world, "PATCH", `/api/inboxes/${id}`, { access: "everyone" });
}

/** Other inboxes: a page that shows or changes "the first one" must mean the same in each story. */
async function archiveOthers(world: World, kept: string): Promise<void> {
  const { items } = await api(world, "GET", "/api/inboxes");
  for (const { id, is_archived } of items)
    if (id !== kept && !is_archived)
      await api(world, "PATCH", `/api/inboxes/${id}`, { is_archived: true, disconnect_channels: true });
}

/** What waits in quarantine is stuck, and would be told in every later story. */
async function setAside(world: World): Promise<void> {
  const { items } = await api(world, "GET", "/api/deliveries?fate=quarantined&limit=100");
  for (const { id } of items) await api(world, "POST", `/api/deliveries/${id}/set-aside`, { is_set_aside: true });
}

const RULES = ["automated", "marketing", "unsubscribe", "role_based"];

async function removeAll(world: World, kind: string, but = "", which = ""): Promise<void> {
  const { items } = await api(world, "GET", `/api/${kind}${which}`);
  // An address that was given out with an inbox stays with it, archived or not: it is no way out any more, as on the first day.
  for (const { id, is_fallback, inbox_id } of items)
    if (is_fallback) await api(world, "PATCH", `/api/inboxes/${inbox_id}/fallback`, { may_send: false });
    else if (id !== but) await api(world, "DELETE", `/api/${kind}/${id}`);
}

/** Deletes for good, not only out of sight: what is closed or in the trash is still found, counted and suggested. */
async function emptyInbox(world: World): Promise<void> {
  for (const view of ["all", "spam", "filtered", "trash"])
    for (;;) {
      const { items } = await api(world, "GET", `/api/conversations?view=${view}&limit=${AT_ONCE}`);
      const ids = items.map((one: { id: string }) => one.id);
      if (!ids.length) break;
      if (view !== "trash") await api(world, "POST", "/api/conversations/bulk", { ids, change: { is_trashed: true } });
      for (const id of ids) await api(world, "DELETE", `/api/conversations/${id}`);
    }
}
