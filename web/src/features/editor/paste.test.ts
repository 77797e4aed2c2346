// @vitest-environment jsdom
/* Clipboards as the programs write them, shortened, with invented words. */
import { describe, expect, it } from "vitest";
import { cleanPasted, isOnlyPicture } from "./paste";

describe("paste", () => {
  it("from Google Docs keeps emphasis that is written as style, and no bold around everything", () => {
    const html = `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1f2e"><p dir="ltr" style="line-height:1.38;margin-top:0pt;margin-bottom:0pt;"><span style="font-size:11pt;font-family:Arial;color:#000;font-weight:400;font-style:normal;text-decoration:none;">Hi Maja, the </span><span style="font-size:11pt;font-weight:700;">tent</span><span style="font-style:italic;font-weight:400"> leaves today</span></p><ul style="margin-top:0;"><li dir="ltr" style="list-style-type:disc;" aria-level="1"><p dir="ltr" role="presentation"><span style="text-decoration:line-through;">poles</span></p></li></ul><p><a href="https://tindra.example/track" style="text-decoration:none;"><span style="color:#1155cc;text-decoration:underline;">Track it</span></a></p></b><br class="Apple-interchange-newline">`;
    expect(cleanPasted(html)).toBe(
      '<p>Hi Maja, the <strong>tent</strong><em> leaves today</em></p><ul><li><p><s>poles</s></p></li></ul><p><a href="https://tindra.example/track">Track it</a></p><br>',
    );
  });

  it("from Word makes lists of its drawn bullets and leaves its style sheet behind", () => {
    const html = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15"><style><!-- p.MsoNormal {margin:0cm; font-size:12.0pt;} --></style></head><body lang=EN-GB><!--StartFragment--><p class=MsoNormal><span lang=EN-GB>Two <b>things</b>:<o:p></o:p></span></p><p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>the label<o:p></o:p></p><p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o<span>&nbsp; </span></span>printed</p><p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp; </span></span>the tent</p><p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.<span>&nbsp; </span></span>first</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>Regards</p><!--EndFragment--></body></html>`;
    expect(cleanPasted(html)).toBe(
      "<p>Two <strong>things</strong>:</p><ul><li>the label<ul><li>printed</li></ul></li><li>the tent</li></ul><ol><li>first</li></ol><p></p><p>Regards</p>",
    );
  });

  it("from Word keeps what is bold or slanted, whatever Word says of other scripts", () => {
    const html =
      "<p><b style='mso-bidi-font-weight:normal'>bold</b> <i style='mso-bidi-font-style:normal'>slanted</i> <span style='mso-bidi-font-weight:bold'>plain</span></p>";
    expect(cleanPasted(html)).toBe("<p><strong>bold</strong> <em>slanted</em> plain</p>");
  });

  it("from Outlook keeps the words, the links and nothing that loads", () => {
    const html = `<div class="WordSection1"><p class="MsoNormal" style="margin:0cm"><span style="font-size:11.0pt;font-family:Calibri">Dear Sir,</span></p><p class="MsoNormal" style="margin:0cm">&nbsp;</p><p class="MsoNormal" style="margin:0cm">see <a href="https://x.example/a">here</a> <img src="cid:image001.png@01D" width=20><img src="https://tracker.example/p.gif"></p></div>`;
    expect(cleanPasted(html)).toBe('<p>Dear Sir,</p><p></p><p>see <a href="https://x.example/a">here</a> </p>');
  });

  it("from Excel writes a line per row", () => {
    const html = `<html><head><style>td{mso-number-format:General}</style></head><body><table border=0 width=192><colgroup><col width=64></colgroup><tr height=20><td class=xl65>Varde 3</td><td align=right>2</td><td>4 990</td></tr><tr><td><b>Glo 2</b></td><td></td><td>890</td></tr><tr><td></td><td></td><td></td></tr></table></body></html>`;
    expect(cleanPasted(html)).toBe("<p>Varde 3 | 2 | 4 990</p><p><strong>Glo 2</strong> |  | 890</p>");
  });

  it("from a page keeps headings as strong lines, paragraphs apart, and drops scripts, forms and pictures", () => {
    const html = `<article><h2 class="t">Returns</h2><p onclick="x()">Within <span style="font-weight:bold">30 days</span>.</p>\n<p>Ask <a href="javascript:alert(1)">us</a><script>alert(1)</script>.</p><div><div>One</div><div>Two <button>Buy</button></div></div><img src="https://x.example/y.png"><p style="display:none">secret</p></article>`;
    expect(cleanPasted(html)).toBe(
      "<p><strong>Returns</strong></p><p>Within <strong>30 days</strong>.</p><p></p><p>Ask us.</p><p>One</p><p>Two </p>",
    );
  });

  it("of the editor's own text is left alone", () => {
    const html = '<p data-pm-slice="1 1 []">a <span data-mention="3">@Jonas</span></p>';
    expect(cleanPasted(html)).toBe(html);
  });

  it("knows a copied picture from a text with pictures", () => {
    expect(isOnlyPicture('<meta charset="utf-8"><img src="https://x.example/seam.png">')).toBe(true);
    expect(isOnlyPicture("<p>Words <img src=x></p>")).toBe(false);
  });
});
