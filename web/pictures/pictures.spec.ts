/* Starts Innboks, loads the demo, and takes a picture of each main screen into docs/images. Run it after a change that people see. */
import { resolve } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type Innboks, startInnboks } from "../e2e/server";

const FOLDER = resolve(import.meta.dirname, "../../docs/images");
const PASSWORD = "a-password-for-the-pictures";
const TEAM_MEMBER = "amina@tindra.example";

let innboks: Innboks;
test.beforeAll(async () => {
  test.setTimeout(240_000);
  innboks = await startInnboks();
  await innboks.cli("demo", "--password", PASSWORD);
});
test.afterAll(async () => {
  await innboks.remove();
});

interface Look {
  path?: string;
  dark?: boolean;
  width?: number;
  height?: number;
  before?: (page: Page) => Promise<void>;
}

/** Opens one of the first conversations, the one with most in its thread, so that the picture says something. */
async function openOne(page: Page): Promise<void> {
  const api = page.request;
  const { items } = await (await api.get(`${innboks.url}/api/conversations?view=open&sort=due&limit=8`)).json();
  const best = items.toSorted(
    (a: { message_count: number }, b: { message_count: number }) => b.message_count - a.message_count,
  )[0];
  await page.goto(`${innboks.url}/inbox/open/${best.id}`);
  await page.locator("[data-pane=thread] article").first().waitFor();
}

const LOOKS: Record<string, Look> = {
  inbox: { before: openOne },
  "inbox-dark": { dark: true, before: openOne },
  "inbox-phone": { path: "/inbox/open", width: 390, height: 844 },
  "conversation-phone": { width: 390, height: 844, before: openOne },
  "inbox-wide": { width: 2560, height: 1300, before: openOne },
  channels: { path: "/settings/channels" },
};

for (const [name, look] of Object.entries(LOOKS)) {
  test(name, async ({ browser }) => {
    const context = await browser.newContext({
      viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
      colorScheme: look.dark ? "dark" : "light",
      locale: "en-GB",
      timezoneId: "Europe/Oslo",
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const signedIn = await context.request.post(`${innboks.url}/api/session`, {
      data: { email: TEAM_MEMBER, password: PASSWORD },
      headers: { origin: innboks.url },
    });
    expect(signedIn.ok()).toBe(true);
    if (look.path) await page.goto(innboks.url + look.path);
    await look.before?.(page);
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(800); // frames of mails find their height
    await page.screenshot({ path: resolve(FOLDER, `${name}.png`) });
    await context.close();
  });
}
