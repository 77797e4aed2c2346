/* Files on their way up, with how far each is. What the channel could not send is refused before it is uploaded, with the reason. A picture for the
 * text stands there from the first moment, faint until it has arrived. */
import { type RefObject, useCallback, useRef, useState } from "react";
import { Problem, post, upload } from "../../api/client";
import { newClientId } from "../../api/ids";
import type { Abilities, Attachment, LibraryFile } from "../../api/types";
import { announce } from "../../ui/announce";
import { fileSize } from "../../ui/format";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toastError } from "../../ui/toasts";
import type { RichApi } from "../editor/create";
import { signedIn } from "../session/signedIn";

export interface Upload {
  id: string;
  name: string;
  share: number;
  /** Why it did not get there; it stays until it is tried again or taken out. */
  failure?: string;
  cancel: () => void;
  retry: () => void;
}

/** Why what is written cannot go yet: a file that somebody added must not be left behind in silence. */
export const waitsFor = (uploads: readonly Upload[]): string | null =>
  uploads.some((one) => one.failure) ? t("files.failed_wait") : uploads.length ? t("composer.wait_upload") : null;

interface Given {
  api: RefObject<RichApi | null>;
  /** The files that are there already. */
  files: readonly Attachment[];
  onDone: (file: Attachment) => void;
  /** Where pictures of the text go, when that is not with the attachments. */
  pictures?: string;
}

export const IN_TEXT = /^image\/(png|jpeg|gif|webp)$/;

export function useUploads(abilities: Abilities | undefined, given: Given) {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const latest = useRef(given);
  latest.current = given;

  const start = useCallback(
    (files: File[], isInText: boolean) => {
      const { api, files: present, pictures } = latest.current;
      let room = abilities?.media_count ? abilities.media_count - present.length : Number.POSITIVE_INFINITY;
      let size = present.reduce((sum, one) => sum + one.size, 0);
      for (const file of files) {
        const isPicture =
          isInText &&
          IN_TEXT.test(file.type) &&
          api.current?.editor.schema.nodes.picture !== undefined &&
          (abilities === undefined || abilities.has_inline_images);
        const refusal = refusalOf(file, abilities, room, size);
        if (refusal) {
          toastError(refusal);
          continue;
        }
        if (!isPicture && pictures) continue;
        if (!isPicture) room--;
        size += file.size;
        const id = newClientId();
        const abort = new AbortController();
        const move = (share: number) =>
          setUploads((all) => all.map((one) => (one.id === id ? { ...one, share } : one)));
        const leave = () => setUploads((all) => all.filter((one) => one.id !== id));
        const retry = () => {
          leave();
          start([file], isInText);
        };
        const cancel = () => {
          abort.abort();
          leave();
        };
        setUploads((all) => [...all, { id, name: file.name, share: 0, cancel, retry }]);
        const preview = isPicture ? URL.createObjectURL(file) : "";
        if (isPicture) api.current?.insertNode("picture", { upload: id, preview, alt: file.name });
        const path = isPicture ? (pictures ?? "/api/attachments?inline=true") : "/api/attachments";
        // A session that ended meanwhile is asked for over the page; after that it goes up by itself.
        const send = (): Promise<Attachment> =>
          upload<Attachment>(path, file, move, abort.signal).catch(async (problem) => {
            if (!(problem instanceof Problem) || problem.status !== 401) throw problem;
            move(0);
            await signedIn();
            abort.signal.throwIfAborted();
            return send();
          });
        send()
          .then((attachment) => {
            leave();
            latest.current.onDone(attachment);
            latest.current.api.current?.settlePicture(id, {
              attachment: attachment.id,
              url: pictures ? attachment.url : "",
              cid: attachment.content_id ?? "",
              alt: attachment.name,
            });
          })
          .catch((problem) => {
            latest.current.api.current?.settlePicture(id, null);
            if (abort.signal.aborted) return;
            const words = t("files.failed", { name: file.name, reason: sentence(problem) });
            announce(words, "assertive");
            setUploads((all) => all.map((one) => (one.id === id ? { ...one, failure: words } : one)));
          })
          .finally(() => preview && URL.revokeObjectURL(preview));
      }
    },
    [abilities],
  );
  /** A file of the library goes along without being sent up again; until it is there, an answer waits for it as for any other. `isInText`: a picture
   * that stands where the cursor is. */
  const put = useCallback(
    (kept: LibraryFile, isInText = false) => {
      const present = latest.current.files;
      const hasRoom = !abilities?.media_count || isInText;
      const room = hasRoom ? Number.POSITIVE_INFINITY : abilities.media_count - present.length;
      const size = present.reduce((sum, one) => sum + one.size, 0);
      const refusal = refusalOf(kept, abilities, room, size);
      if (refusal) return toastError(refusal);
      const id = newClientId();
      let isGone = false;
      const leave = () => setUploads((all) => all.filter((one) => one.id !== id));
      const settle = (attrs: Record<string, string> | null) => latest.current.api.current?.settlePicture(id, attrs);
      const retry = () => {
        leave();
        put(kept, isInText);
      };
      const cancel = () => {
        isGone = true;
        settle(null);
        leave();
      };
      setUploads((all) => [...all, { id, name: kept.name, share: 1, cancel, retry }]);
      if (isInText)
        latest.current.api.current?.insertNode("picture", { upload: id, preview: kept.url, alt: kept.name });
      post<Attachment>(`/api/library-files/${kept.id}/attachments${isInText ? "?inline=true" : ""}`).then(
        (attachment) => {
          if (isGone) return;
          leave();
          latest.current.onDone(attachment);
          settle({ attachment: attachment.id, cid: attachment.content_id ?? "", alt: attachment.name });
        },
        (problem) => {
          if (isGone) return;
          settle(null);
          const failure = t("library.failed", { name: kept.name, reason: sentence(problem) });
          announce(failure, "assertive");
          setUploads((all) => all.map((one) => (one.id === id ? { ...one, failure } : one)));
        },
      );
    },
    [abilities],
  );
  return { uploads, start, put };
}

/** Why the channel would not take this file; null when it would. */
function refusalOf(
  file: Pick<File, "name" | "size" | "type">,
  abilities: Abilities | undefined,
  room: number,
  size: number,
): string | null {
  if (!abilities) return null;
  const limit = abilities.media_size;
  if (limit > 0 && file.size > limit) return t("files.too_large", { name: file.name, limit: fileSize(limit) });
  const together = abilities.media_total_size;
  if (together > 0 && size + file.size > together)
    return t("files.too_large_together", { name: file.name, limit: fileSize(together) });
  if (room <= 0) return t("files.too_many", { count: abilities.media_count });
  const fits = (allowed: string) =>
    allowed === "*/*" ||
    allowed === file.type ||
    (allowed.endsWith("/*") && file.type.startsWith(allowed.slice(0, -1)));
  if (file.type && !abilities.media_types.some(fits))
    return t("files.wrong_type", { name: file.name, types: abilities.media_types.join(", ") });
  return null;
}
