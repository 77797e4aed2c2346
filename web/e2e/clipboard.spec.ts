/* What is pasted from a word processor, and pictures that stand in a text: clean in the editor, whole in the mail that leaves, and on the screen afterwards. */
import type { Page } from "@playwright/test";
import { axe } from "./checks";
import { bring, open, paste, reply } from "./composing";
import { expect, test } from "./fixtures";
import { readable } from "./mailbox";

/** The markup of what was written, without what is quoted below it. */
const markup = (raw: string) =>
  /<body>([\s\S]*?)<br><div><div dir="auto">[\s\S]*<\/body>/.exec(readable(raw))?.[1] ?? "";
/** What a word processor adds, and nobody wrote. */
const REST = /style=|class="?Mso|<table|<o:p>|mso-|<span|<font|docs-internal|StartFragment|@font-face/i;

async function answer(page: Page, words: string): Promise<void> {
  await reply(page).focus(); // a click in the middle may choose a picture, which is then written over
  await page.keyboard.press("Control+End");
  await page.keyboard.type(` ${words}`);
  await page.keyboard.press("Control+Enter");
}

const WORD = `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=ProgId content=Word.Document><meta name=Generator content="Microsoft Word 15">
<link rel=File-List href="file:///C:/Users/kari/AppData/Local/Temp/msohtmlclip1/01/clip_filelist.xml">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- @font-face {font-family:Calibri;} p.MsoNormal, li.MsoNormal {margin:0cm;margin-bottom:8.0pt;font-size:11.0pt;font-family:"Calibri",sans-serif;} --></style></head>
<body lang=EN-GB style='tab-interval:36.0pt;word-wrap:break-word'><!--StartFragment-->
<h1 style='mso-list:none'><span lang=EN-GB style='font-size:16pt;color:#2F5496'>Terms of return<o:p></o:p></span></h1>
<p class=MsoNormal><span lang=EN-GB>You have <b style='mso-bidi-font-weight:normal'>fourteen days</b>, <i>counted</i> from <u>delivery</u>; see
<a href="https://tindra.example/terms"><span style='color:#0563C1'>our terms</span></a>.<o:p></o:p></span></p>
<p class=MsoListParagraphCxSpFirst style='margin-left:36.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>Pack the tent<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='margin-left:36.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>2.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>Print the label<o:p></o:p></p>
<table class=MsoTableGrid border=1 style='border-collapse:collapse;mso-yfti-tbllook:1184'><tr><td width=300 style='padding:0cm 5.4pt'><p class=MsoNormal><b>Tent</b><o:p></o:p></p></td><td><p class=MsoNormal>Price<o:p></o:p></p></td></tr>
<tr><td><p class=MsoNormal>Varde 3<o:p></o:p></p></td><td><p class=MsoNormal>4&nbsp;200<o:p></o:p></p></td></tr></table>
<p class=MsoNormal><o:p>&nbsp;</o:p></p><!--[if gte vml 1]><v:shape id="x"></v:shape><![endif]--><![if !vml]><img width=2 height=2 src="file:///C:/Users/kari/AppData/Local/Temp/msohtmlclip1/01/clip_image001.png" v:shapes="x"><![endif]>
<!--EndFragment--></body></html>`;

test("a page of Word keeps its words, emphasis, lists, links and rows, in the editor and in the mail that leaves", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "Terms from Word");
  const box = reply(inbox);
  await box.click();
  await paste(box, WORD, "Terms of return");
  await expect(box.locator("strong").first()).toHaveText("Terms of return");
  await expect(box.locator("ol > li")).toHaveText(["Pack the tent", "Print the label"]);
  await expect(box.locator("a")).toHaveAttribute("href", "https://tindra.example/terms");
  await expect(box).toContainText("Varde 3 | 4\u00a0200");
  await expect(box.locator("img, table, [style], [class*=Mso]")).toHaveCount(0);
  await answer(inbox, "As Word had it.");
  const sent = markup((await world.mailbox.waitFor("As Word had it.")).raw);
  expect(sent).not.toMatch(REST);
  expect(sent).toContain("<strong>fourteen days</strong>");
  expect(sent).toContain("<em>counted</em>");
  expect(sent).toContain("<u>delivery</u>");
  expect(sent).toMatch(/<ol>\s*<li>Pack the tent<\/li>\s*<li>Print the label<\/li>\s*<\/ol>/);
  expect(sent).toContain('href="https://tindra.example/terms"');
  const shown = inbox.getByRole("article").last();
  await expect(shown.locator("ol > li")).toHaveText(["Pack the tent", "Print the label"]);
  await expect(shown.locator(".written strong").first()).toHaveText("Terms of return");
});

const DOCS = `<meta charset='utf-8'><meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-6b1b0a2e-7fff-0f0e-1111-5d2a"><h2 dir="ltr" style="line-height:1.38;margin-top:18pt;margin-bottom:6pt;"><span style="font-size:16pt;font-family:Arial,sans-serif;color:#000000;font-weight:400;text-decoration:none;white-space:pre-wrap;">Before the trip</span></h2><p dir="ltr" style="line-height:1.38;margin-top:0pt;margin-bottom:0pt;"><span style="font-size:11pt;font-family:Arial,sans-serif;font-weight:400;white-space:pre-wrap;">Bring </span><span style="font-size:11pt;font-weight:700;white-space:pre-wrap;">two stoves</span><span style="font-size:11pt;font-weight:400;font-style:italic;white-space:pre-wrap;"> at least</span><span style="font-weight:400;text-decoration:line-through;"> or three</span><span style="font-weight:400">, see </span><a href="https://tindra.example/stoves" style="text-decoration:none;"><span style="color:#1155cc;font-weight:400;text-decoration:underline;">the list</span></a></p><ul style="margin-top:0;margin-bottom:0;padding-inline-start:48px;"><li dir="ltr" style="list-style-type:disc;font-size:11pt;font-weight:400;" aria-level="1"><p dir="ltr" style="line-height:1.38;" role="presentation"><span style="font-size:11pt;font-weight:400;">Fuel</span></p></li><ul style="margin-top:0;"><li dir="ltr" style="list-style-type:circle;" aria-level="2"><p dir="ltr" role="presentation"><span style="font-weight:400;">In the red can</span></p></li></ul><li dir="ltr" style="list-style-type:disc;" aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:400;">Matches</span></p></li></ul></b><br class="Apple-interchange-newline">`;

test("a page of Google Docs keeps nested lists and what is bold, slanted and struck out, and nothing else", async ({
  inbox,
  world,
}) => {
  await open(inbox, world, "List from Docs");
  const box = reply(inbox);
  await box.click();
  await paste(box, DOCS, "Before the trip");
  await expect(box.locator("strong", { hasText: "two stoves" })).toHaveCount(1);
  await expect(box.locator("strong", { hasText: "Bring" })).toHaveCount(0);
  await expect(box.locator("em")).toHaveText(" at least");
  await expect(box.locator("s")).toHaveText(" or three");
  await expect(box.locator("li li")).toHaveText(["In the red can"]);
  await expect(box.locator("[style], [id^=docs]")).toHaveCount(0);
  await answer(inbox, "As Docs had it.");
  const sent = markup((await world.mailbox.waitFor("As Docs had it.")).raw);
  expect(sent).not.toMatch(REST);
  expect(sent).toContain("<strong>two stoves</strong>");
  expect(sent).toMatch(/<li>Fuel<ul>\s*<li>In the red can<\/li>\s*<\/ul>\s*<\/li>\s*<li>Matches/);
  expect(sent).toMatch(/<a href="https:\/\/tindra\.example\/stoves"[^>]*>the list<\/a>/);
});

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FAAhKDveksOjmAAAAAElFTkSuQmCC",
  "base64",
);

test("pictures of a mail stand in its text, one that it does not bring says its name, and ours is seen after sending", async ({
  inbox,
  world,
}) => {
  await world.write({
    from: "Luis Ferreira <luis@ferreira.example>",
    subject: "Seam with pictures",
    html: '<p>Here: <img src="cid:seam.png@mail.example" alt="The seam"></p><p>And: <img src="cid:lost.png@mail.example"> <img alt="A &lt;b&gt;lost&lt;/b&gt; map" src="cid:map@mail.example"></p>',
    attachments: [{ filename: "seam.png", content: PIXEL, contentType: "image/png", cid: "seam.png@mail.example" }],
  });
  await inbox.getByRole("link", { name: /Seam with pictures/ }).click();
  const frame = inbox.frameLocator("iframe");
  await expect(frame.getByRole("img", { name: "The seam" })).toHaveJSProperty("naturalWidth", 10);
  await expect(frame.locator(".missing")).toHaveText(["lost.png", "A <b>lost</b> map"]);
  await expect(frame.locator("img")).toHaveCount(1);
  // It stands in the text, so it is not listed once more below.
  await expect(inbox.getByRole("article").first().locator(".files")).toHaveCount(0);

  await expect(inbox.locator(".composetext.rich")).toBeVisible();
  const box = reply(inbox);
  await box.click();
  await inbox.keyboard.type("We sewed it like this: ");
  await bring(box, "paste", "sewn.png", "#0b6b7a");
  await expect(box.locator("img[data-attachment]")).toHaveCount(1);
  await answer(inbox, "It holds.");
  const { raw } = await world.mailbox.waitFor("It holds.");
  const id = /^Content-ID:\s*<([^>]+)>/im.exec(raw)?.[1];
  expect(readable(raw)).toContain(`src="cid:${id}"`);
  expect(raw).toMatch(/Content-Disposition: inline/i);
  const ours = inbox.getByRole("article").last().getByRole("img", { name: "sewn.png" });
  await expect(ours).toHaveJSProperty("naturalWidth", 160);
  await inbox.reload();
  await expect(ours).toHaveJSProperty("naturalWidth", 160);
  await axe(inbox, "pictures in the text");
});
