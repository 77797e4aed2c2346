/* Over which channels somebody can be written to: for each that is closed the words why, on the contact beside a conversation; and in a shut reply window the
 * open ones of other channels. The tests' own channels are connected, because none that ships has a reply window. */
import { createHmac } from "node:crypto";
import { resolve } from "node:path";
import type { Page } from "@playwright/test";
import { api } from "./checks";
import { look } from "./composing";
import { expect, makeWorld, signIn, test, type World } from "./fixtures";

test.describe.configure({ mode: "serial" });

const FOLDERS = resolve(import.meta.dirname, "../../tests/channel_folders");
const DAY_S = 86_400;

let world: World;
const accounts: Record<string, string> = {};
/** Mia's on the pager. */
let conversation: { id: string; contact: { id: string } };

test.beforeAll(async () => {
  test.setTimeout(240_000);
  world = await makeWorld({ INNBOKS_CHANNELS: FOLDERS });
  await api(world, "PATCH", `/api/inboxes/${world.beginning.inbox.id}`, { reply_within_s: null });
  for (const [name, kind, config] of [
    ["Line 7", "pager", { line: "7" }],
    ["Line 8", "pager", { line: "8" }],
    ["Lobby", "echo", { room: "lobby", api_token: "x" }],
    ["Attic", "echo", { room: "attic", api_token: "x" }],
  ] as const)
    accounts[name] = (await api(world, "POST", "/api/channel-accounts", { kind, name, config })).id;
  await write("Line 7", { call: "1", sender: "mia", text: "Is it there?" });
  conversation = await by("mia");
  for (const room of ["Lobby", "Attic"]) {
    await write(room, { type: "message", id: room, sender: room, name: room, text: `Hello from the ${room}` });
    const { id } = await by(room.toLowerCase());
    await api(world, "PUT", `/api/conversations/${id}/contact`, { contact_id: conversation.contact.id });
  }
  await api(world, "DELETE", `/api/channel-accounts/${accounts.Attic}`);
});

test.afterAll(async () => {
  await world?.mailbox.close();
  await world?.innboks.remove();
});

/** A customer writes: the provider posts to our webhook. */
async function write(name: string, words: Record<string, string>): Promise<void> {
  const kind = name.startsWith("Line") ? "pager" : "echo";
  const body = JSON.stringify(words);
  const signature = createHmac("sha256", `${kind}-secret`).update(body).digest("hex");
  const headers = { "content-type": "application/json", [`x-${kind}-signature`]: signature };
  const answer = await fetch(`${world.innboks.url}/hooks/${kind}/${accounts[name]}`, { method: "POST", headers, body });
  expect(answer.status).toBe(200);
}

async function by(sender: string) {
  const { items } = await api(world, "GET", "/api/conversations?view=open&sort=newest");
  return items.find((one: { contact: { name: string } }) => one.contact.name.toLowerCase() === sender);
}

const section = (page: Page, title: RegExp) =>
  page.locator(".context section").filter({ has: page.getByRole("heading", { name: title }) });
const reach = (page: Page) => section(page, /^Reach Mia on/);
const way = (page: Page, name: string) => reach(page).getByRole("listitem").filter({ hasText: name });

test("each way that is closed says why, also one that is gone", async ({ page }) => {
  await signIn(page, world.innboks.url);
  await page.goto(`${world.innboks.url}/inbox/open/${conversation.id}`);
  for (const [name, words] of [
    ["Line 7", /Closes/],
    ["Lobby", /Always/],
    ["Line 8", /Has never written there/],
    ["Attic", /Disconnected/],
    ["Support mail", /No mail address known/],
  ] as const)
    await expect(way(page, name)).toContainText(words);
  await expect(reach(page).getByRole("listitem")).toHaveCount(5);
  await look(page, "reach");

  await api(world, "PATCH", `/api/channel-accounts/${accounts.Lobby}`, { is_active: false });
  await expect(way(page, "Lobby")).toContainText(/Paused/);
  await api(world, "PATCH", `/api/channel-accounts/${accounts.Lobby}`, { is_active: true });
  await world.innboks.heard(conversation.id, DAY_S + 60);
  await api(world, "PATCH", `/api/contacts/${conversation.contact.id}`, { is_blocked: true });
  await expect(reach(page).getByText("Blocked", { exact: true })).toHaveCount(5);
  await api(world, "PATCH", `/api/contacts/${conversation.contact.id}`, { is_blocked: false });
  await expect(way(page, "Line 7")).toContainText("Window closed");
});

test("the other conversations are counted right, whether the open one counts or not", async ({ page }) => {
  await signIn(page, world.innboks.url);
  await page.goto(`${world.innboks.url}/inbox/open/${conversation.id}`);
  const others = section(page, /^Other conversations/);
  await expect(others).toContainText(/Other conversations\s*2/);
  const { id } = conversation;
  await api(world, "PATCH", `/api/conversations/${id}`, { is_trashed: true });
  await page.goto(`${world.innboks.url}/inbox/trash/${id}`);
  await expect(others.getByRole("listitem")).toHaveCount(2);
  await expect(others).toContainText(/Other conversations\s*2/);
  await api(world, "PATCH", `/api/conversations/${id}`, { is_trashed: false });
  // What sleeps is no less theirs.
  const lobby = (await api(world, "GET", `/api/contacts/${conversation.contact.id}`)).conversations.find(
    (one: { channel_account_id: string }) => one.channel_account_id === accounts.Lobby,
  );
  await api(world, "PATCH", `/api/conversations/${lobby.id}`, { is_snoozed: true });
  await page.goto(`${world.innboks.url}/inbox/open/${id}`);
  await expect(others.getByRole("listitem")).toHaveCount(2);
  await api(world, "PATCH", `/api/conversations/${lobby.id}`, { is_snoozed: false });
});

test("in a shut window the answer goes where they wrote too", async ({ page }) => {
  await world.innboks.heard(conversation.id, DAY_S + 60);
  await signIn(page, world.innboks.url);
  await page.goto(`${world.innboks.url}/inbox/open/${conversation.id}`);
  await page.getByRole("textbox", { name: "Reply through Line 7" }).fill("It is here, in blue");
  await expect(page.locator(".composer > .banner")).toContainText(/The 24-hour window closed/);
  await look(page, "reach-shut");
  await page.getByRole("button", { name: "Echo instead" }).click();
  await expect(page.getByRole("textbox", { name: "Reply through Lobby" })).toHaveText("It is here, in blue");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("article").filter({ hasText: "It is here, in blue" })).toBeVisible();
  const sent = async () => {
    const { items } = await api(world, "GET", `/api/conversations/${conversation.id}/messages`);
    return items.find((one: { type: string }) => one.type === "reply");
  };
  await expect.poll(async () => (await sent())?.channel_account_id).toBe(accounts.Lobby);
  expect((await sent()).recipients.map((one: { address: string }) => one.address)).toEqual(["Lobby"]);
});
