/* The text of a snippet while it is written, in the composer's own editor. What stands there is asked for at each short pause, for the preview. */

import { useCallback, useEffect, useRef, useState } from "react";
import type { Attachment } from "../../api/types";
import type { Written } from "../drafts/ComposerBody";
import { type Draft, emptyDraft } from "../drafts/drafts";

const PAUSE_MS = 150;

export function useSnippetText(text: string, html: string): Written & { isTouched: () => boolean } {
  const [draft, setDraft] = useState<Draft>(() => ({ ...emptyDraft(), text, html }));
  const latest = useRef(draft);
  const source = useRef<(() => Pick<Draft, "text" | "html">) | null>(null);
  const isNew = useRef(false);
  const wasTouched = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const show = useCallback((next: Draft) => {
    latest.current = next;
    setDraft(next);
  }, []);
  const now = useCallback(() => {
    if (isNew.current && source.current) {
      isNew.current = false;
      show({ ...latest.current, ...source.current() });
    }
    return latest.current;
  }, [show]);
  const touch = useCallback(() => {
    isNew.current = true;
    wasTouched.current = true;
    clearTimeout(timer.current);
    timer.current = setTimeout(now, PAUSE_MS);
  }, [now]);
  const change = useCallback(
    (part: Partial<Draft>) => {
      wasTouched.current = true;
      show({ ...now(), ...part });
    },
    [now, show],
  );
  const addFile = (file: Attachment) => change({ attachments: [...now().attachments, file] });
  useEffect(() => () => clearTimeout(timer.current), []);
  return { draft, version: 0, touch, change, addFile, now, source, isTouched: () => wasTouched.current };
}
