/* What the editor knows beside text and emphasis: a person who is named, a field to fill in, a picture in the text. */
import { Node } from "@tiptap/core";

export const Mention = Node.create({
  name: "mention",
  group: "inline",
  inline: true,
  atom: true,
  selectable: false,
  addAttributes: () => ({ id: { default: "" }, name: { default: "" } }),
  parseHTML: () => [
    {
      tag: "span[data-mention]",
      getAttrs: (element) => ({
        id: element.getAttribute("data-mention"),
        name: element.textContent?.replace(/^@/, ""),
      }),
    },
  ],
  renderHTML: ({ node }) => ["span", { "data-mention": node.attrs.id, class: "mention" }, `@${node.attrs.name}`],
  renderText: ({ node }) => `@${node.attrs.name}`,
});

/** A token of a snippet that has no value: typing while it is selected takes its place. */
export const Field = Node.create({
  name: "field",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({ token: { default: "" }, words: { default: "" } }),
  parseHTML: () => [
    {
      tag: "span[data-field]",
      getAttrs: (element) => ({ token: element.getAttribute("data-field"), words: element.textContent }),
    },
  ],
  renderHTML: ({ node }) => ["span", { "data-field": node.attrs.token, class: "openfield" }, node.attrs.words],
});

/** A picture that stands in the text. While it is on its way up it has the id of its upload, and no attachment yet. */
export const Picture = Node.create({
  name: "picture",
  group: "inline",
  inline: true,
  draggable: true,
  addAttributes: () => ({
    attachment: { default: "" },
    /** Where the server has it, when that is not with the attachments. */
    url: { default: "" },
    cid: { default: "" },
    alt: { default: "" },
    upload: { default: "" },
    preview: { default: "" },
  }),
  parseHTML: () => [
    {
      tag: "img[data-attachment]",
      getAttrs: (element) => ({
        attachment: element.getAttribute("data-attachment"),
        url: element.getAttribute("data-url") ?? "",
        cid: element.getAttribute("data-cid"),
        alt: element.getAttribute("alt"),
      }),
    },
  ],
  renderHTML: ({ node }) => {
    const { attachment, url, cid, alt, preview } = node.attrs;
    const src = preview || url || `/api/attachments/${attachment}/content`;
    return [
      "img",
      {
        src,
        alt,
        class: attachment ? null : "rising",
        "data-attachment": attachment || null,
        "data-url": url || null,
        "data-cid": cid || null,
      },
    ];
  },
});
