/* A file that has been uploaded when its composer is gone: somebody went to another conversation meanwhile. It goes to the composer that is open for the
 * same draft now, and into the kept draft where there is none, so that it is never lost and never puts an older text over a newer one. */
import { useCallback, useEffect, useRef } from "react";
import type { Attachment } from "../../api/types";
import { type Draft, draftTime } from "./drafts";

type Take = (file: Attachment) => void;
const open = new Map<string, Take>();

/** A composer stands for this draft, until it is told that it goes. */
export function takeLateFiles(name: string, take: Take): () => void {
  open.set(name, take);
  return () => {
    if (open.get(name) === take) open.delete(name);
  };
}

export function deliverLate(name: string, file: Attachment, read: () => Draft, write: (draft: Draft) => void): void {
  const take = open.get(name);
  if (take) {
    take(file);
    return;
  }
  const kept = read();
  write({ ...kept, attachments: [...kept.attachments, file], updated_at: draftTime() });
}

interface Composer {
  change: (part: Partial<Draft>) => void;
  now: () => Draft;
  /** What is kept of this draft where no composer is open. */
  read: () => Draft;
  write: (draft: Draft) => void;
}

/** Takes what has been uploaded for the draft of this name, here or in a composer that has gone since. The four have to be stable. */
export function useFiles(name: string, { change, now, read, write }: Composer): Take {
  const isGone = useRef(false);
  const addFile = useCallback(
    (file: Attachment) => {
      if (isGone.current) deliverLate(name, file, read, write);
      else change({ attachments: [...now().attachments, file] });
    },
    [name, change, now, read, write],
  );
  useEffect(() => {
    isGone.current = false;
    const stop = takeLateFiles(name, addFile);
    return () => {
      isGone.current = true;
      stop();
    };
  }, [name, addFile]);
  return addFile;
}
