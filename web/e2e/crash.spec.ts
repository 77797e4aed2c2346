/* Text is never lost: not by a browser that is killed, not by signing out, not by storage that is full. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, expect, type Page } from "@playwright/test";
import { signIn, test } from "./fixtures";

const field = { name: /^Reply through/ };
const OPTIONS = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  locale: "en-GB",
  viewport: { width: 1440, height: 900 },
};

/** Ends the browser of a profile as a power cut would. */
async function kill(profile: string): Promise<void> {
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (line.includes(`--user-data-dir=${profile}`) && Number(pid) !== process.pid) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // It went with the others.
      }
    }
  }
}

/** What waits to be sent, as it is in the browser's database; read from there, it is on the disk. */
const waiting = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<string>((done, failed) => {
        const asked = indexedDB.open("innboks");
        asked.onerror = () => failed(asked.error);
        asked.onsuccess = () => {
          const found = asked.result.transaction("outbox").objectStore("outbox").getAll();
          found.onerror = () => failed(found.error);
          found.onsuccess = () => {
            asked.result.close();
            done(JSON.stringify(found.result));
          };
        };
      }),
  );

const pageOf = async (context: BrowserContext): Promise<Page> => context.pages()[0] ?? (await context.newPage());

test("a browser that is killed while messages wait sends them in order when it is back, once each", async ({
  world,
}) => {
  test.setTimeout(240_000);
  await world.write({ from: "Eva Lie <eva@lie.example>", subject: "Power cut", text: "Hello?" });
  const profile = await mkdtemp(join(tmpdir(), "innboks-profile-"));
  const first = await chromium.launchPersistentContext(profile, OPTIONS);
  const page = await pageOf(first);
  await signIn(page, world.innboks.url);
  await page.getByRole("link", { name: /Power cut/ }).click();
  await expect(page.getByRole("article")).toHaveCount(1);
  await first.setOffline(true);
  for (const text of ["First of two.", "Second of two."]) {
    await page.getByRole("textbox", field).click();
    await page.keyboard.type(text);
    await page.keyboard.press("Control+Enter");
  }
  await expect(page.getByText("Waiting for connection").last()).toBeVisible();
  await expect.poll(() => waiting(page)).toContain("Second of two.");
  await kill(profile);
  await first.close().catch(() => undefined);
  expect(world.mailbox.received.filter((mail) => mail.raw.includes("of two."))).toHaveLength(0);

  const second = await chromium.launchPersistentContext(profile, OPTIONS);
  const again = await pageOf(second);
  // The cookie may be lost with the power, or be there; the text is not lost.
  const isSignedIn = (await again.request.get(`${world.innboks.url}/api/session`)).ok();
  if (isSignedIn) await again.goto(`${world.innboks.url}/inbox/open`);
  else await signIn(again, world.innboks.url);
  await world.mailbox.waitFor("Second of two.");
  const sent = world.mailbox.received.filter((mail) => mail.raw.includes("of two.")).map((mail) => mail.raw);
  expect(sent).toHaveLength(2);
  expect(sent[0]).toContain("First of two.");
  await second.close();
  await rm(profile, { recursive: true, force: true });
});

test("signing out warns when something waits, and it goes out when the same person is back", async ({
  page,
  world,
}) => {
  await world.write({ from: "Finn Ask <finn@ask.example>", subject: "Sign out", text: "Hello?" });
  await signIn(page, world.innboks.url);
  await page.getByRole("link", { name: /Sign out/ }).click();
  await expect(page.getByRole("article")).toHaveCount(1);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true)); // what is asked while it takes over passes the gate
  await page.route("**/api/conversations/*/messages", (route) =>
    route.request().method() === "POST" ? route.abort() : route.continue(),
  );
  await page.getByRole("textbox", field).click();
  await page.keyboard.type("Still on its way.");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Waiting for connection")).toBeVisible();
  await page.getByRole("button", { name: /preferences$/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  const dialog = page.getByRole("dialog", { name: "Something has not been sent yet" });
  await expect(dialog).toContainText("1 message waits on this computer");
  await dialog.getByRole("button", { name: "Sign out anyway" }).click();
  await page.waitForURL("**/sign-in");
  await page.unroute("**/api/conversations/*/messages");
  await signIn(page, world.innboks.url);
  await world.mailbox.waitFor("Still on its way.");
  expect(world.mailbox.received.filter((mail) => mail.raw.includes("Still on its way."))).toHaveLength(1);
});
