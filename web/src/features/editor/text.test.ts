// @vitest-environment jsdom

import { describe, expect, it } from "vitest";
import { htmlFromText, mentioned, openFields, shownPictures, wireHtml } from "./markup";
import { htmlWithMore } from "./plain";
import { markdownFromHtml, textFromHtml } from "./text";
import { fillTokens, firstName, unknownTokens } from "./tokens";
import { findTrigger } from "./trigger";

describe("what was written, as plain text", () => {
  it("keeps lines, lists, quotes and links readable", () => {
    const html =
      '<p>Hi <strong>Maja</strong>,</p><p></p><p>two things:</p><ul><li><p>the <a href="https://tindra.example/label">label</a></p></li><li><p>the tent</p><ol><li><p>poles</p></li><li><p>pegs</p></li></ol></li></ul><blockquote><p>Can I get</p><p>a new one?</p></blockquote><p>See https://tindra.example<br>Amina</p>';
    expect(textFromHtml(html)).toBe(
      "Hi Maja,\n\ntwo things:\n- the label (https://tindra.example/label)\n- the tent\n  1. poles\n  2. pegs\n> Can I get\n> a new one?\nSee https://tindra.example\nAmina",
    );
  });

  it("does not say an address twice", () => {
    expect(
      textFromHtml('<p><a href="mailto:a@b.example">a@b.example</a> <a href="https://b.example/">b.example</a></p>'),
    ).toBe("a@b.example b.example");
  });

  it("keeps code as it is, and numbers lists from where they start", () => {
    expect(textFromHtml('<pre><code>a\n  b</code></pre><ol start="4"><li><p>four</p></li></ol>')).toBe(
      "a\n  b\n4. four",
    );
  });

  it("is marked up for messengers", () => {
    expect(markdownFromHtml("<p><strong>Yes </strong>it <em>is</em> <s>not</s> <code>x=1</code></p>")).toBe(
      "*Yes* it _is_ ~not~ `x=1`",
    );
  });

  it("comes back from text as it was", () => {
    const text = "One <two>\n\n  & three";
    expect(htmlFromText(text)).toBe("<p>One &lt;two&gt;</p><p></p><p>  &amp; three</p>");
    expect(textFromHtml(htmlFromText("a\n\nb"))).toBe("a\n\nb");
  });
});

describe("markup for the wire", () => {
  it("makes lines of paragraphs, names pictures by content id and leaves empty fields out", () => {
    const html =
      '<p>Hi <span data-field="contact.first_name" class="openfield">first name</span></p><p></p><ul><li><p>a</p></li></ul><p><img src="/api/attachments/5/content" data-attachment="5" data-cid="x@y" alt="seam.png"><img src="blob:1" class="rising"></p>';
    expect(wireHtml(html)).toBe(
      '<div>Hi </div><div><br></div><ul><li>a</li></ul><div><img alt="seam.png" src="cid:x@y"></div>',
    );
    expect(shownPictures(html)).toEqual(["5"]);
    expect(openFields(html)).toEqual(["first name"]);
  });

  it("knows who is named", () => {
    expect(
      mentioned('<p><span data-mention="7" class="mention">@Jonas</span> <span data-mention="7">@Jonas</span></p>'),
    ).toEqual(["7"]);
  });
});

describe("what is written from right to left", () => {
  it("says so line by line, so that it reads so at whoever gets it", () => {
    expect(wireHtml("<p>שלום Maja</p><p>Hello</p><ul><li><p>مرحبا</p></li></ul>")).toBe(
      '<div dir="auto">שלום Maja</div><div>Hello</div><ul dir="auto"><li>مرحبا</li></ul>',
    );
  });
});

describe("tokens", () => {
  const words = (token: string) => token.split(".").at(-1)?.replace("_", " ") ?? "";

  it("take the value, else the default, else become a field to fill in", () => {
    const html = "<p>Hi {contact.first_name|there}, {agent.name} here about {conversation.subject}. {date}</p>";
    expect(fillTokens(html, { "agent.name": "Amina <3", "conversation.subject": "Tent" }, words)).toBe(
      '<p>Hi there, Amina &lt;3 here about Tent. <span data-field="date">date</span></p>',
    );
    expect(fillTokens("{Contact.First_Name|there}", { "contact.first_name": "Maja" }, words)).toBe("Maja");
  });

  it("that do not exist are found, and other braces are left alone", () => {
    expect(unknownTokens("{contact.nmae} {date} { x } {1}")).toEqual(["contact.nmae"]);
    expect(fillTokens("a { b } {}", {}, words)).toBe("a { b } {}");
  });

  it("know a first name from an address", () => {
    expect([firstName("Maja Lindqvist"), firstName("maja@lindqvist.example"), firstName("+47 22 22 22 22")]).toEqual([
      "Maja",
      "",
      "",
    ]);
  });
});

describe("what is asked for at the caret", () => {
  const all = ["snippet", "mention", "emoji"] as const;
  it("begins a word", () => {
    expect(findTrigger("Hi Ella, of course. /re", all)).toEqual({ kind: "snippet", query: "re", length: 3 });
    expect(findTrigger("/", all)).toEqual({ kind: "snippet", query: "", length: 1 });
    expect(findTrigger("ask @Åse", all)).toEqual({ kind: "mention", query: "Åse", length: 4 });
    expect(findTrigger("nice :smi", all)).toEqual({ kind: "emoji", query: "smi", length: 4 });
  });
  it("is not found in addresses, times, faces and order numbers", () => {
    for (const text of [
      "and/or",
      "https://x.example/re",
      "me@example",
      "at 9:30",
      "note :)",
      "fine: ",
      "order #20418",
      "/re ",
    ])
      expect(findTrigger(text, all), text).toBeNull();
    expect(findTrigger("@am", ["snippet"])).toBeNull();
  });
});

it("words behind a text go on in its last line, and leave what is formatted alone", () => {
  expect(htmlWithMore("<p>It is <strong>ready</strong></p>", " & here\nBye")).toBe(
    "<p>It is <strong>ready</strong> &amp; here</p><p>Bye</p>",
  );
  expect(htmlWithMore("<p>One</p>", "\n")).toBe("<p>One</p><p></p>");
  expect(htmlWithMore("<ul><li><p>One</p></li></ul>", "Two")).toBe("<ul><li><p>One</p></li></ul><p>Two</p>");
});
