/* No word of a draft is lost: another browser has it too, and a page that was killed. */
import { api, conversationWith, kept } from "./checks";
import { look, open, reply } from "./composing";
import { expect, test } from "./fixtures";

test("a draft is there in another browser, and after a page that was killed", async ({ inbox, world, browser }) => {
  test.setTimeout(90_000);
  await open(inbox, world, "Half an answer");
  const { id } = await conversationWith(world, "Half an answer");
  await reply(inbox).click();
  await inbox.keyboard.type("Half of what I");
  await expect
    .poll(
      async () => (await api(world, "GET", `/api/conversations/${id}/draft?mode=reply`).catch(() => null))?.text ?? "",
    )
    .toContain("Half of");
  const away = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Oslo" });
  await away.addCookies(await inbox.context().cookies());
  const other = await away.newPage();
  await other.goto(`${world.innboks.url}/inbox/open/${id}`);
  await expect(reply(other)).toHaveText("Half of what I");
  await reply(other).click();
  await other.keyboard.press("Control+End");
  await other.keyboard.type(" meant");
  // The first browser is told and asked, and its own words stay until then.
  await expect(inbox.getByText("A newer draft from another device:")).toBeVisible();
  await expect(reply(inbox)).toHaveText("Half of what I");
  await look(inbox, "newer");
  await inbox.getByRole("button", { name: "Use it" }).click();
  await expect(reply(inbox)).toHaveText("Half of what I meant");
  await away.close();

  await reply(inbox).click();
  await inbox.keyboard.press("Control+End");
  await inbox.keyboard.type(" to say");
  await kept(inbox, "Half of what I meant to say");
  const session = await inbox.context().newCDPSession(inbox);
  await Promise.race([session.send("Page.crash").catch(() => undefined), inbox.waitForEvent("crash")]);
  const fresh = await inbox.context().newPage();
  await fresh.goto(`${world.innboks.url}/inbox/open/${id}`);
  await expect(reply(fresh)).toHaveText("Half of what I meant to say");
});
