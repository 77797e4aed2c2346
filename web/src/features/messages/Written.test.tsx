// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { isValidElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { makeQueryClient } from "../../api/queries";
import type { Attachment } from "../../api/types";
import { ConversationLink } from "./ConversationLink";
import { Text } from "./Text";
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

  it("has a card for the first few conversations that are named in it, and plain links for the others", () => {
    const link = (id: number) =>
      `<a href="${location.origin}/inbox/open/${id}">${location.origin}/inbox/open/${id}</a>`;
    const many = Array.from({ length: 300 }, (_, id) => link(id)).join("");
    const kinds = (build(many, [], true) ?? []).map((one) => (isValidElement(one) ? one.type : one));
    expect(kinds.filter((one) => one === ConversationLink)).toHaveLength(20);
    expect(kinds.filter((one) => one === "a")).toHaveLength(280);
    const text = Array.from({ length: 300 }, (_, id) => `${location.origin}/inbox/open/${id}`).join(" ");
    const client = makeQueryClient();
    renderToStaticMarkup(
      <QueryClientProvider client={client}>
        <Text text={text} hasCards />
      </QueryClientProvider>,
    );
    expect(client.getQueryCache().getAll()).toHaveLength(20);
  });
});
