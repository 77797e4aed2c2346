import { useCallback, useRef, useState } from "react";
import { upload } from "../../api/client";
import { newClientId } from "../../api/ids";
import type { Abilities, Attachment } from "../../api/types";
import { fileSize } from "../../ui/format";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toastError } from "../../ui/toasts";

export interface Upload {
  id: string;
  name: string;
  share: number;
  cancel: () => void;
}

/** Files on their way up, with how far each is. What the channel could not send is refused before it is uploaded, with the reason. */
export function useUploads(abilities: Abilities | undefined, onDone: (file: Attachment) => void) {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const done = useRef(onDone);
  done.current = onDone;

  const start = useCallback(
    (files: Iterable<File>) => {
      for (const file of files) {
        const limit = abilities?.media_size ?? 0;
        if (limit > 0 && file.size > limit) {
          toastError(t("files.too_large", { name: file.name, limit: fileSize(limit) }));
          continue;
        }
        const id = newClientId();
        const abort = new AbortController();
        const move = (share: number) =>
          setUploads((all) => all.map((one) => (one.id === id ? { ...one, share } : one)));
        setUploads((all) => [...all, { id, name: file.name, share: 0, cancel: () => abort.abort() }]);
        upload<Attachment>("/api/attachments", file, move, abort.signal)
          .then((attachment) => done.current(attachment))
          .catch((problem) => {
            if (!abort.signal.aborted) toastError(t("files.failed", { name: file.name, reason: sentence(problem) }));
          })
          .finally(() => setUploads((all) => all.filter((one) => one.id !== id)));
      }
    },
    [abilities?.media_size],
  );
  return { uploads, start };
}
