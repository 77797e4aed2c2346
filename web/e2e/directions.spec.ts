/* Texts of every shape: written from right to left, mixed, without a single space, with a subject of 300 letters. In the list, the thread and the composer,
 * wide and on a phone. With SHOTS=folder it keeps the pictures. */
import type { Locator, Page } from "@playwright/test";
import { look, reply } from "./composing";
import { expect, test } from "./fixtures";
import { readable } from "./mailbox";

const direction = (one: Locator) => one.evaluate((element) => getComputedStyle(element).direction);

/** On which side the first letters of these words are drawn: at the start of a line, whichever end that is. */
const side = (within: Locator, words: string) =>
  within.evaluate((element, sought) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode as Text;
      const at = node.data.indexOf(sought);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + sought.length);
      const [word, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
      return word.left - box.left > box.right - word.right ? "right" : "left";
    }
    return "nowhere";
  }, words);

async function fits(page: Page): Promise<void> {
  for (const [width, height] of [
    [1440, 900],
    [360, 740],
  ] as const) {
    await page.setViewportSize({ width, height });
    const wider = await page.evaluate(() =>
      ["html", ".threadhead", ".log", ".composer"].filter((one) => {
        const element = document.querySelector(one);
        return element !== null && element.scrollWidth > element.clientWidth;
      }),
    );
    expect.soft(wider, `sideways at ${width}`).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test("Hebrew and Arabic stand at the right in the list, the thread and the composer, line by line, and arrive so", async ({
  inbox,
  world,
}) => {
  await world.write({
    from: "נועה לוי <noa@levi.example>",
    cc: "فاطمة الزهراء <fatima@zahra.example>, Ola Nes <ola@nes.example>",
    subject: "שאלה על הזמנה 21106 (Varde 3)",
    text: "שלום, האוהל Varde 3 נקרע.\nThe order number is 21106.\nشكرا جزيلا لكم",
    attachments: [{ filename: "קבלה.txt", content: "x" }],
  });
  const row = inbox.getByTestId("rows").getByRole("link", { name: /נועה לוי/ });
  expect(await direction(row.locator(".who"))).toBe("rtl");
  expect(await direction(row.locator(".subject"))).toBe("rtl");
  await row.click();
  await expect(inbox.locator(".composetext.rich")).toBeVisible();
  expect(await direction(inbox.locator(".threadhead h2"))).toBe("rtl");
  const mail = inbox.getByRole("article").first();
  expect(await direction(mail.locator("h3"))).toBe("rtl");
  const words = mail.locator(".mailbody > .text");
  expect(await side(words, "שלום")).toBe("right");
  expect(await side(words, "The order")).toBe("left");
  expect(await side(words, "شكرا")).toBe("right");
  expect(await direction(mail.locator(".file .cut"))).toBe("rtl");
  // Who got it, one after the other, however each is written.
  expect(await mail.locator(".to").textContent()).toContain("\u2068فاطمة الزهراء\u2069, Ola Nes");

  await inbox.getByRole("tab", { name: "Reply all" }).click();
  expect(await direction(inbox.locator(".addressline .chip .cut", { hasText: "נועה" }))).toBe("rtl");
  const box = reply(inbox);
  await box.click();
  await inbox.keyboard.type("שלום נועה");
  await inbox.keyboard.press("Enter");
  await inbox.keyboard.type("Order 21106 goes back.");
  expect(await side(box, "שלום")).toBe("right");
  expect(await side(box, "Order")).toBe("left");
  await look(inbox, "right-to-left");
  await fits(inbox);
  await box.click();
  await inbox.keyboard.press("Control+Enter");
  const { raw } = await world.mailbox.waitFor("Order 21106 goes back.");
  expect(readable(raw)).toContain('<div dir="auto">שלום נועה</div><div>Order 21106 goes back.</div>');
  const sent = inbox.getByRole("article").last().locator(".written");
  await expect(sent).toContainText("Order 21106");
  expect(await side(sent, "שלום")).toBe("right");
  expect(await side(sent, "Order")).toBe("left");
  await expect(row).toContainText("שלום נועה");
});

test("a formatted mail that says nothing of its direction is read from where its letters begin", async ({
  inbox,
  world,
}) => {
  await world.write({
    from: "أحمد <ahmad@mail.example>",
    subject: "خيمة",
    html: "<p>مرحبا، الخيمة ممزقة</p><p dir='ltr'>Order 5</p>",
  });
  await inbox.getByRole("link", { name: /أحمد/ }).click();
  const frame = inbox.frameLocator("iframe");
  expect(await direction(frame.locator("p").first())).toBe("rtl");
  expect(await direction(frame.locator("p").last())).toBe("ltr");
  await look(inbox, "arabic-mail");
});

test("a word of ten thousand letters and a subject of three hundred push nothing aside", async ({ inbox, world }) => {
  const word = "x".repeat(10_000);
  const subject = `Subject ${"very long ".repeat(29)}end`;
  await world.write({
    from: `${"Longname".repeat(20)} <long@name.example>`,
    subject,
    text: word,
    attachments: [{ filename: `${"file".repeat(50)}.txt`, content: "x" }],
  });
  await inbox.getByRole("link", { name: /very long/ }).click();
  await expect(inbox.locator(".composetext.rich")).toBeVisible();
  await expect(inbox.getByRole("heading", { name: /^Subject very long/ })).toBeVisible();
  await reply(inbox).fill(`y${word}`);
  await inbox.getByRole("button", { name: "Subject", exact: true }).click();
  await expect(inbox.getByRole("textbox", { name: "Subject" })).toHaveValue(`Re: ${subject}`);
  await fits(inbox);
  await look(inbox, "long");
  await expect(inbox.getByRole("button", { name: "Send", exact: true })).toBeInViewport();
  await reply(inbox).click();
  await inbox.keyboard.press("Control+Enter");
  await expect.poll(() => world.mailbox.received.length).toBe(1);
  const raw = world.mailbox.received[0]?.raw ?? "";
  // No line of it is longer than mail may have (RFC 5322, 2.1.1), and all of it is there.
  expect(Math.max(...raw.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(998);
  expect(readable(raw)).toContain(`y${word}`);
});
