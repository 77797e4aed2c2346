/* The “current view” of the settings: with several inboxes, one is picked, and what is set up then is of that one alone. */
import { api, axe } from "./checks";
import { expect, test } from "./fixtures";

test("the inbox that is being configured is picked by keyboard, and only it changes", async ({
  inbox: page,
  world,
}) => {
  const support = world.beginning.inbox;
  const all = await api(world, "GET", "/api/inboxes");
  const first = all.items.find((one: { id: string }) => one.id === support.id);
  const sales = await api(world, "POST", "/api/inboxes", { name: "Sales" });
  await page.goto(`${world.innboks.url}/settings/inboxes/${support.id}`);
  const picker = page.getByRole("button", { name: /^Current inbox: / });
  await expect(picker).toHaveText(first.name);
  await expect(page.getByRole("region", { name: first.name }).getByText("Support mail", { exact: true })).toBeVisible();

  await picker.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemcheckbox", { name: first.name })).toBeChecked();
  await page.keyboard.type("Sal");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${world.innboks.url}/settings/inboxes/${sales.id}`);
  await expect(picker).toHaveText("Sales");
  const region = page.getByRole("region", { name: "Sales" });
  await expect(region.getByText("Support mail", { exact: true }), "what is connected to the other one").toHaveCount(0);
  await region.getByLabel("Answer within").selectOption("1800");
  const targets = async () => {
    const { items } = await api(world, "GET", "/api/inboxes");
    return [sales.id, support.id].map((id) => items.find((one: { id: string }) => one.id === id).reply_within_s);
  };
  await expect.poll(targets).toEqual([1800, support.reply_within_s]);
  await page.reload();
  await expect(picker, "it stands in the address").toHaveText("Sales");
  await axe(page, "the current inbox");

  // The list of channels is narrowed in the same way.
  await page.goto(`${world.innboks.url}/settings/channels`);
  await expect(page.getByRole("article", { name: "Support mail" })).toBeVisible();
  await page.getByRole("button", { name: "Inbox shown: All inboxes" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Sales" }).click();
  await expect(page.getByRole("article", { name: "Support mail" })).toHaveCount(0);
  await page.getByRole("button", { name: "Inbox shown: Sales" }).click();
  await page.getByRole("menuitemcheckbox", { name: first.name }).click();
  await expect(page.getByRole("article", { name: "Support mail" })).toBeVisible();
});

test("a channel that is connected from an inbox's page goes into that inbox", async ({ inbox: page, world }) => {
  const sales = await api(world, "POST", "/api/inboxes", { name: "Sales" });
  await page.goto(`${world.innboks.url}/settings/inboxes/${sales.id}`);
  await page.getByRole("link", { name: "Connect a channel" }).click();
  await expect(page.getByRole("button", { name: "Inbox shown: Sales" })).toBeVisible();
  await page.getByRole("list", { name: "Add more" }).getByRole("button", { name: /Email/ }).click();
  await expect(page.getByLabel("Inbox", { exact: true })).toHaveValue(sales.id);
  await page.getByLabel("Address", { exact: true }).fill("quotes@tindra.example");
  await expect(page.getByText("Draft saved")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Inbox", { exact: true })).toHaveValue(sales.id);
  const { items } = await api(world, "GET", "/api/channel-drafts");
  expect(items.map((one: { inbox_id: string }) => one.inbox_id)).toContain(sales.id);
});

test("what the operator took away is not offered", async ({ inbox: page, world }) => {
  await world.innboks.cli("features", "automatic_assignment", "off");
  try {
    await page.goto(`${world.innboks.url}/settings/channels/${world.beginning.channel}/automation`);
    await expect(page.getByText("Automatic assignment is switched off for this account.")).toBeVisible();
    await expect(page.getByRole("switch", { name: "Assign conversations automatically" })).toHaveCount(0);
  } finally {
    await world.innboks.cli("features", "automatic_assignment", "on");
  }
  await expect(page.getByRole("switch", { name: "Assign conversations automatically" }), "at once").toBeVisible();
});
