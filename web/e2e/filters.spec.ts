/* What must not get in: the rules and lists as an administrator sets them, and what people see of what was kept out. */
import { join } from "node:path";
import { api } from "./api";
import { axe, conversationWith } from "./checks";
import { expect, test } from "./fixtures";

const SHOTS = process.env.SHOTS;

test("an automatic answer is filtered with its reason, and comes to the inbox when somebody wants it", async ({
  inbox,
  world,
}) => {
  await world.write({
    from: "Roberta Example <roberta@customer.example>",
    subject: "Automatic reply: away until Monday",
    text: "I am away.",
    headers: { "Auto-Submitted": "auto-replied" },
  });
  await inbox.goto(`${world.innboks.url}/inbox/filtered`);
  const row = inbox.getByRole("link", { name: /roberta@customer\.example/ });
  await expect(row).toBeVisible();
  await row.click();
  const note = inbox.getByRole("note");
  await expect(note).toContainText("Filtered: automated response");
  await expect(inbox.getByRole("main")).toContainText("I am away.");
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "filtered.png") });
  await axe(inbox, "a filtered conversation");

  await note.getByRole("button", { name: "Always allow this sender" }).click();
  await expect(inbox.getByText("roberta@customer.example always comes to the inbox from now on")).toBeVisible();
  await expect(note).toHaveCount(0);
  await inbox.goto(`${world.innboks.url}/inbox/open`);
  await inbox.getByRole("link", { name: /Roberta Example/ }).click();
  await expect(inbox.getByRole("main")).toContainText("moved this to the inbox");
  const { items } = await api(world, "GET", "/api/listed-senders?list=allow");
  expect(items.map((one: { value: string }) => one.value)).toEqual(["roberta@customer.example"]);
});

test("lists are pasted, what is no address is told, and an entry comes back with Undo", async ({ inbox, world }) => {
  await inbox.goto(`${world.innboks.url}/settings/spam`);
  const deny = inbox.getByRole("region", { name: "Deny list" });
  await expect(deny).toContainText("Nobody is on the deny list.");
  await deny.getByLabel("Addresses and domains").fill("Offers <offers@deals.example>\nspam.example\nnonsense");
  await deny.getByRole("button", { name: "Block these" }).click();
  const told = deny.getByRole("status").filter({ hasText: "2 added" });
  await expect(told).toContainText("Line 3: nonsense");
  await expect(deny.getByLabel("Addresses and domains")).toHaveValue("nonsense");
  await expect(deny.getByRole("listitem").filter({ hasText: "spam.example" })).toBeVisible();
  if (SHOTS) await inbox.screenshot({ path: join(SHOTS, "spam-settings.png"), fullPage: true });
  await axe(inbox, "spam and filters");

  await deny.getByRole("button", { name: "Take spam.example off the list" }).click();
  await expect(deny.getByRole("list", { name: "Deny list" })).not.toContainText("spam.example");
  await inbox.getByRole("button", { name: "Undo" }).click();
  await expect(deny.getByRole("list", { name: "Deny list" })).toContainText("spam.example");

  await world.write({ from: "Robot <robot@mail.spam.example>", subject: "Buy now", text: "Cheap." });
  await inbox.goto(`${world.innboks.url}/inbox/spam`);
  const spam = inbox.locator("[data-row]", { hasText: "Buy now" });
  await spam.click();
  await expect(inbox.getByRole("note")).toContainText("the sender is on the deny list");
  // Nobody is to answer it, so no clock runs.
  await expect(spam.or(inbox.getByRole("main")).getByText(/^Reply \d/)).toHaveCount(0);
  await expect(inbox.getByRole("link", { name: /Buy now.*Reply \d/ })).toHaveCount(0);
  expect((await api(world, "GET", "/api/contacts?q=robot")).items, "and no contact (R-804)").toEqual([]);
});

test("what was thrown away says how long it is kept, and a press brings it back", async ({ inbox, world }) => {
  await world.write({ from: "Tor Bin <tor@bin.example>", subject: "Thrown away", text: "By mistake." });
  const { id } = await conversationWith(world, "Thrown away");
  await api(world, "PATCH", `/api/conversations/${id}`, { is_trashed: true });
  await inbox.goto(`${world.innboks.url}/inbox/trash/${id}`);
  const note = inbox.getByRole("note");
  await expect(note).toContainText("Deleted for good after 30 days");
  await axe(inbox, "a conversation in the trash");
  await note.getByRole("button", { name: "Restore from the trash" }).click();
  await expect(note).toHaveCount(0);
  await expect.poll(async () => (await api(world, "GET", `/api/conversations/${id}`)).is_trashed).toBe(false);
});

test("rules and the brake are switched by keyboard, and Undo takes it back", async ({ inbox, world }) => {
  await inbox.goto(`${world.innboks.url}/settings/spam`);
  const rule = inbox.getByRole("switch", { name: "Marketing emails" });
  await expect(rule).toBeChecked();
  await rule.focus();
  await inbox.keyboard.press("Space");
  await expect(rule).not.toBeChecked();
  await expect.poll(async () => (await api(world, "GET", "/api/filters")).rules).not.toContain("marketing");
  await inbox.getByRole("button", { name: "Undo" }).click();
  await expect(rule).toBeChecked();
  const brake = inbox.getByRole("switch", { name: "Gather what one sender sends too often" });
  await brake.click();
  await expect(brake).toBeChecked();
  await inbox.getByLabel("After").selectOption("10");
  await expect.poll(async () => (await api(world, "GET", "/api/filters")).flood_count).toBe(10);
});
