/* By which ways an answer can leave: those that cannot be chosen stand there and say why, on a phone in a sheet from below. */
import type { Page } from "@playwright/test";
import { api } from "./checks";
import { look, open } from "./composing";
import { expect, test, type World } from "./fixtures";

async function connect(world: World, name: string, address: string): Promise<{ id: string }> {
  const mailbox = { smtp_host: "127.0.0.1", smtp_port: world.mailbox.port, smtp_tls: "none" };
  const config = { method: "forwarding", address, ...mailbox };
  return api(world, "POST", "/api/channel-accounts", { kind: "email", name, config });
}

const form = (page: Page) => page.getByRole("form", { name: "Reply" });

test("a paused way out stays in the list with its reason, cannot be chosen, and is stepped over by the keys", async ({
  inbox,
  world,
}) => {
  await connect(world, "Sales mail", "sales@tindra.example");
  const paused = await connect(world, "Old mail", "old@tindra.example");
  await api(world, "PATCH", `/api/channel-accounts/${paused.id}`, { is_active: false });
  await inbox.reload();
  await open(inbox, world, "Which way");
  const from = form(inbox).getByRole("button", { name: /support@tindra/ });
  await from.click();
  const old = inbox.getByRole("menuitemcheckbox", { name: /old@tindra/ });
  await expect(old).toContainText("Paused");
  await expect(old).toHaveAttribute("aria-disabled", "true");
  // By keyboard one comes to it and its reason, and nothing happens.
  await expect(inbox.getByRole("menu")).toBeFocused();
  await inbox.keyboard.press("End");
  await expect(old).toBeFocused();
  await inbox.keyboard.press("Enter");
  await expect(old).toBeVisible();
  await inbox.keyboard.press("Escape");
  await expect(from).toBeFocused();
  const text = (name: string) => inbox.getByRole("textbox", { name: `Reply through ${name}` });
  await text("Support mail").click();
  await inbox.keyboard.press("Control+Shift+.");
  await expect(text("Sales mail")).toBeVisible();
  await inbox.keyboard.press("Control+Shift+.");
  await expect(text("Support mail")).toBeVisible();
  await from.click();
  await expect(old).toBeVisible();
  await look(inbox, "ways");
});

test("on a phone the ways out are a sheet from below", async ({ inbox, world }) => {
  const sales = await connect(world, "Sales mail", "sales@tindra.example");
  const paused = await connect(world, "Old mail", "old@tindra.example");
  await api(world, "PATCH", `/api/channel-accounts/${paused.id}`, { is_active: false });
  await inbox.reload();
  await open(inbox, world, "By thumb");
  await inbox.setViewportSize({ width: 390, height: 800 });
  await inbox.getByRole("textbox", { name: "Reply through Support mail" }).click();
  await form(inbox)
    .getByRole("button", { name: /support@tindra/ })
    .click();
  const sheet = inbox.getByRole("dialog", { name: "Reply to Ella on" });
  await expect(sheet).toBeVisible();
  const box = await sheet.boundingBox();
  expect([box?.x, (box?.y ?? 0) + (box?.height ?? 0), box?.width]).toEqual([0, 800, 390]);
  await expect(sheet.getByRole("button", { name: /old@tindra/ })).toContainText("Paused");
  await look(inbox, "ways-sheet");
  await inbox.setViewportSize({ width: 390, height: 800 });
  await sheet.getByRole("button", { name: /old@tindra/ }).focus();
  await inbox.keyboard.press("Enter");
  await expect(sheet).toBeVisible();
  await inbox.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
  await form(inbox)
    .getByRole("button", { name: /support@tindra/ })
    .click();
  await sheet.getByRole("button", { name: /sales@tindra/ }).click();
  await expect(sheet).toHaveCount(0);
  await expect(inbox.getByRole("textbox", { name: "Reply through Sales mail" })).toBeVisible();
  expect(sales.id).not.toBe(paused.id);
});
