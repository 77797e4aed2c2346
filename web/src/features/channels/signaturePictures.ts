/* Pictures in a signature: kept as `cid:picture-…@signature`, the name under which each mail carries them; in the editor they are shown from the server. */
import { upload } from "../../api/client";
import type { Abilities, Attachment } from "../../api/types";
import { toastError } from "../../ui/toasts";
import type { Field } from "../drafts/ComposerBody";
import { parse } from "../editor/text";

const NAMED = /^cid:(picture-([0-9a-f]{64})@signature)$/;
const SIZE_MAX = 256 * 1024;

/** What may stand in a signature: small pictures in the text, and no files beside it. */
export const PICTURES: Abilities = {
  text_format: "html",
  text_limit: 0,
  has_subject: false,
  recipient_roles: [],
  media_types: ["image/png", "image/jpeg", "image/gif", "image/webp"],
  media_size: SIZE_MAX,
  media_count: 0,
  media_total_size: 0,
  has_inline_images: true,
  may_start: false,
  reply_window_s: 0,
  has_receipts: false,
  has_read_receipts: false,
  has_typing: false,
  identity: "opaque",
  is_recorded_sent: false,
};

/** The pictures that the markup names, as files that can be shown. */
export function picturesIn(markup: string): Attachment[] {
  const named = [...parse(markup).querySelectorAll("img")].map((one) => NAMED.exec(one.getAttribute("src") ?? ""));
  return named.flatMap((found) =>
    found?.[1] && found[2] ? [{ ...FILE, id: found[2], content_id: found[1], url: `/api/pictures/${found[2]}` }] : [],
  );
}

const FILE = { name: "", type: "image/png", size: 0, is_inline: true };

/** As the editor knows pictures. */
export function toEditor(markup: string): string {
  if (!markup.includes("cid:")) return markup;
  const body = parse(markup);
  for (const picture of body.querySelectorAll("img")) {
    const [, cid, hash] = NAMED.exec(picture.getAttribute("src") ?? "") ?? [];
    if (!cid || !hash) continue;
    picture.setAttribute("src", `/api/pictures/${hash}`);
    picture.setAttribute("data-attachment", hash);
    picture.setAttribute("data-url", `/api/pictures/${hash}`);
    picture.setAttribute("data-cid", cid);
  }
  return body.innerHTML;
}

/** As it is kept; a picture that is still on its way up is not in it yet. */
export function fromEditor(html: string): string {
  if (!html.includes("<img")) return html;
  const body = parse(html);
  for (const picture of body.querySelectorAll("img")) {
    const cid = picture.getAttribute("data-cid");
    if (!cid) {
      picture.remove();
      continue;
    }
    for (const name of picture.getAttributeNames()) if (name !== "alt") picture.removeAttribute(name);
    picture.setAttribute("src", `cid:${cid}`);
  }
  return body.innerHTML;
}

/** The account's logo as a picture of the signature: a copy, which stays when the brand gets another. */
export async function insertLogo(field: Field, logo: string) {
  try {
    const bytes = await (await fetch(logo)).blob();
    const file = new File([bytes], "logo", { type: bytes.type });
    const made = await upload<Attachment>("/api/pictures", file, () => undefined, new AbortController().signal);
    field.focus();
    field.api.current?.insertNode("picture", {
      attachment: made.id,
      url: made.url,
      cid: made.content_id ?? "",
      alt: "",
    });
  } catch (problem) {
    toastError(problem);
  }
}
