// @vitest-environment jsdom
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { Attachment } from "../../api/types";
import { build, Written } from "./Written";

const file = {
  id: "5",
  name: "seam.png",
  content_id: "x@y",
  url: "/api/attachments/5/content",
  is_inline: true,
} as Attachment;
const shown = (html: string) => renderToStaticMarkup(<Written html={html} text="the text" files={[file]} />);

describe("what was written here", () => {
  it("is shown with its emphasis, links, mentions and pictures", () => {
    const html = shown(
      '<div dir="auto">Hi <strong>Maja</strong> <span class="mention">@Jonas</span></div><ul><li><a href="https://x.example" onclick="x()">x</a></li></ul><img src="cid:x@y" alt="seam" onerror="x()">',
    );
    expect(html).toContain('<div dir="auto">Hi <strong>Maja</strong> <span class="mention">@Jonas</span></div>');
    expect(html).toContain('<a href="https://x.example" target="_blank" rel="noopener noreferrer">x</a>');
    expect(html).toContain('src="/api/attachments/5/content" alt="seam"');
    expect(html).not.toContain("x()");
  });

  it("is shown as text when a program wrote more than the composer can", () => {
    for (const foreign of [
      "<table><tr><td>1</td></tr></table>",
      '<a href="javascript:x()">x</a>',
      '<img src="https://t.example/p.gif">',
    ]) {
      expect(build(foreign, []), foreign).toBeNull();
      expect(shown(foreign)).toContain("the text");
    }
  });
});
