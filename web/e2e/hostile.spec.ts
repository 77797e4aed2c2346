/* Mail made to hurt, on the screen: what is sent to ten thousand is a mail like any other. */
import { expect, test } from "./fixtures";

test("a mail to ten thousand opens, names a few of them, and is answered to one", async ({ inbox, world }) => {
  await world.write({
    from: "Maja Lindqvist <maja@lindqvist.example>",
    to: Array.from({ length: 10_000 }, (_, nth) => `Person ${nth} <p${nth}@crowd.example>`),
    subject: "To everybody",
    text: "Hello all.",
  });
  await inbox.getByRole("link", { name: /To everybody/ }).click();
  const mail = inbox.getByRole("article");
  await mail.getByRole("button", { name: /^to Person 0, .*Person 7 and 9,992 more$/ }).click();
  await expect(mail).not.toContainText("p20@crowd.example");
  await mail.getByRole("button", { name: "and 9,980 more" }).click();
  await expect(mail).toContainText("Person 999 <p999@crowd.example> and 9,000 more, named in the original only");
  for (const width of [360, 1440]) {
    await inbox.setViewportSize({ width, height: 740 });
    await expect(inbox.getByText("Hello all.").last()).toBeAttached();
    expect(await inbox.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  await inbox.keyboard.press("a");
  await expect(inbox.getByText(/More people were in this than one message can go to/).first()).toBeVisible();
  await expect(inbox.getByRole("tab", { name: "Reply all" })).toHaveCount(0);
  await expect(inbox.locator(".addressline .chip")).toHaveCount(1);
});
