/* Whoever types does not wait for the app: letters typed while a part of it is still being fetched are all there, in order, and none is a command. */
import type { Browser, CDPSession, Page } from "@playwright/test";
import { axe } from "./checks";
import { reply } from "./composing";
import { expect, test, type World } from "./fixtures";

/** A browser without a service worker, which would fetch parts of the app past the story. */
async function freshPage(browser: Browser, world: World): Promise<Page> {
  const context = await browser.newContext({ serviceWorkers: "block", locale: "en-GB", timezoneId: "Europe/Oslo" });
  await context.addCookies(world.cookies);
  return context.newPage();
}

/** Holds back a part of the app until it is let go. */
async function hold(page: Page, part: string): Promise<() => void> {
  let letGo = () => {};
  const gate = new Promise<void>((open) => {
    letGo = open;
  });
  await page.route(`**/assets/${part}-*.js`, async (route) => {
    await gate;
    await route.continue();
  });
  return letGo;
}

const LETTERS = "each letter is a command elsewhere: jkehixzup, and none of them may be one here. ";

/** Types as fast as hands do: the next key goes down while the last one is still being answered. */
function hands(keys: CDPSession) {
  let typed = "";
  let last: Promise<unknown> = Promise.resolve();
  const press = async () => {
    const text = LETTERS[typed.length % LETTERS.length] ?? "";
    typed += text;
    const before = last;
    last = keys
      .send("Input.dispatchKeyEvent", { type: "keyDown", text, unmodifiedText: text, key: text })
      .then(() => keys.send("Input.dispatchKeyEvent", { type: "keyUp", key: text }));
    await before;
  };
  return {
    typed: () => typed,
    rest: () => last,
    times: async (count: number) => {
      for (let at = 0; at < count; at++) await press();
    },
    until: async (seen: Promise<unknown>) => {
      let isSeen = false;
      void seen.then(() => {
        isSeen = true;
      });
      while (!isSeen) await press();
    },
  };
}

/** Runs of spaces are shown as they were typed. */
const written = (page: Page) =>
  reply(page).evaluate((element) => (element as HTMLElement).innerText.replace(/\u00a0/g, " "));

test("every letter typed while the composer is being fetched is there, in order, on a slow machine", async ({
  inbox,
  world,
  browser,
}) => {
  test.setTimeout(240_000);
  await world.write({ from: "Tia Tast <tia@typing.example>", subject: "Typed fast", text: "How fast?" });
  await expect(inbox.getByRole("link", { name: /Typed fast/ })).toBeVisible();
  const page = await freshPage(browser, world);
  const giveComposer = await hold(page, "Writing");
  const giveEditor = await hold(page, "RichEditor");
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: /Typed fast/ }).click();
  await expect(page.locator(".composetext.early")).toBeVisible();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  await page.keyboard.press("r");
  const hand = hands(devtools);
  await hand.times(25);
  giveComposer();
  await hand.until(page.locator("textarea.composetext:not(.early)").waitFor());
  await hand.times(25);
  giveEditor();
  await hand.until(page.locator(".composetext.rich").waitFor());
  await hand.times(25);
  await hand.rest();
  await expect.poll(() => written(page)).toBe(hand.typed());
  await expect(page.getByRole("link", { name: /Typed fast/ })).toBeVisible();

  // From answer to comment and back by key: the next letter is text too.
  await page.keyboard.press("Control+/");
  await page.keyboard.type("each");
  await expect(page.getByRole("textbox", { name: /^Comment/ })).toHaveText("each");
  await page.keyboard.press("Control+/");
  await page.keyboard.type("!");
  await expect.poll(() => written(page)).toBe(`${hand.typed()}!`);
  await page.context().close();
});

test("what is typed behind N while the pane is being fetched stands in its first line", async ({
  inbox,
  world,
  browser,
}) => {
  await world.write({ from: "Tia Tast <tia@typing.example>", subject: "Not closed", text: "Hm" });
  await expect(inbox.getByRole("link", { name: /Not closed/ })).toBeVisible();
  const page = await freshPage(browser, world);
  const give = await hold(page, "NewConversation");
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: /Not closed/ }).click();
  await expect(page.getByRole("article")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  await page.keyboard.type("eike@typ");
  give();
  const pane = page.getByRole("dialog", { name: "New conversation" });
  const to = pane.getByRole("combobox", { name: "To", exact: true });
  await expect(to).toBeFocused();
  await page.keyboard.type("ing.example,");
  await expect(pane.getByRole("button", { name: "Remove eike@typing.example" })).toBeVisible();
  await expect(page.getByRole("link", { name: /Not closed/ })).toBeVisible();
  await page.context().close();
});

test("what is typed while a menu is being fetched is no command, and goes to what begins so", async ({
  inbox,
  world,
  browser,
}) => {
  await world.write({ from: "Tia Tast <tia@typing.example>", subject: "Not moved", text: "Hm" });
  await expect(inbox.getByRole("link", { name: /Not moved/ })).toBeVisible();
  const page = await freshPage(browser, world);
  const give = await hold(page, "MenuContent");
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: /Not moved/ }).click();
  await expect(page.getByRole("article")).toHaveCount(1);
  const button = page.getByRole("button", { name: "More actions" });
  await button.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("mer"); // elsewhere: move, close, reply
  await page.keyboard.press("Escape");
  await expect(button).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("Enter");
  await page.keyboard.type("mer");
  give();
  await expect(page.getByRole("menuitem", { name: /^Merge with/ })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("link", { name: /Not moved/ })).toBeVisible();
  await page.context().close();
});

test("where the rich editor never comes, one writes and sends in the plain field", async ({
  inbox,
  world,
  browser,
}) => {
  test.setTimeout(240_000);
  await world.write({ from: "Pia Plain <pia@typing.example>", subject: "No script", text: "Can you read this?" });
  await expect(inbox.getByRole("link", { name: /No script/ })).toBeVisible();
  const page = await freshPage(browser, world);
  await page.route("**/assets/RichEditor-*.js", (route) => route.abort());
  await page.goto(`${world.innboks.url}/inbox/open`);
  await page.getByRole("link", { name: /No script/ }).click();
  const field = page.getByRole("textbox", { name: /^Reply through/ });
  await field.fill("Yes, every word.\nAnd < this & that.");
  await axe(page, "the plain field");
  await page.keyboard.press("Control+Enter");
  const mail = await world.mailbox.waitFor("Yes, every word.");
  expect(mail.raw).toContain("And < this & that.");
  await expect(field).toHaveValue("");

  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  const pane = page.getByRole("dialog", { name: "New conversation" });
  await page.keyboard.type("pia@typing.example,");
  await pane.getByRole("textbox", { name: "Subject" }).fill("Begun in the plain field");
  await pane.getByRole("textbox", { name: /^Message through/ }).fill("Begun without a script");
  await axe(page, "a new conversation with the plain field");
  await page.keyboard.press("Control+Enter");
  await world.mailbox.waitFor("Begun without a script");
  await page.context().close();
});
