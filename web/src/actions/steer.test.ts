// @vitest-environment jsdom
import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { reading } from "../api/live";
import type { Conversation, User } from "../api/types";
import { loadCatalogue, loadLater } from "../ui/i18n";
import type { Scope } from "./action";
import { markUnread } from "./steer";

const row = (id: string) =>
  ({
    id,
    is_unread: false,
    is_snoozed: false,
    snoozed_until: null,
    tag_ids: [],
    status: "open",
  }) as unknown as Conversation;

/** The menu of a row is about that row, also while another one is open (RowMenu.tsx). */
const scopeOf = (conversation: Conversation): Scope => ({
  client: new QueryClient(),
  me: { id: "1" } as User,
  users: [],
  view: "open",
  conversation,
  rows: [row("4"), row("5")],
  open: () => undefined,
  go: () => undefined,
});

const asked = vi.fn((_url: string, _how: RequestInit) => new Promise(() => undefined));

beforeEach(async () => {
  asked.mockClear();
  await loadCatalogue("en");
  await loadLater();
  vi.stubGlobal("fetch", asked); // no server answers here
});
afterEach(() => {
  reading.id = null;
  vi.unstubAllGlobals();
});

it("marks another one as unread without forgetting which one is being read", () => {
  reading.id = "4";
  markUnread(scopeOf(row("5")));
  expect(reading.id).toBe("4");
});

it("no longer reads the one that it marks as unread", () => {
  reading.id = "4";
  markUnread(scopeOf(row("4")));
  expect(reading.id).toBeNull();
});

it("tells the server that the one being read is unread, also when an older answer says that already", async () => {
  reading.id = "6";
  markUnread(scopeOf({ ...row("6"), is_unread: true }));
  await vi.waitFor(() => expect(asked).toHaveBeenCalled());
  const [url, how] = asked.mock.calls[0] ?? [];
  expect([url, how?.method, how?.body]).toEqual(["/api/conversations/6", "PATCH", JSON.stringify({ is_unread: true })]);
});
