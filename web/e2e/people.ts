/* Colleagues in stories: made once, and put back to how a colleague begins. */
import type { Page } from "@playwright/test";
import { ALWAYS_THERE, api, colleague } from "./api";
import type { World } from "./fixtures";

const PASSWORD = "seven-quiet-herons-wade";

/** The id of a colleague of this name who is available, has a seat and no limit, whatever an earlier story left, and called whoever had the address. */
export async function person(world: World, name: string): Promise<string> {
  const email = `${name.split(" ")[0]?.toLowerCase()}@tindra.example`;
  await colleague(world, { name, email, password: PASSWORD });
  const { items } = await api(world, "GET", "/api/users");
  const { id } = items.find((one: { email: string }) => one.email === email);
  await api(world, "PATCH", `/api/users/${id}`, { name, can_receive: true });
  await api(world, "PATCH", `/api/users/${id}/availability`, ALWAYS_THERE);
  return id;
}

/** Signs such a colleague in, on a page of their own. */
export async function enter(page: Page, world: Pick<World, "innboks">, email: string): Promise<void> {
  await page.goto(`${world.innboks.url}/sign-in`);
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/inbox/open");
}
