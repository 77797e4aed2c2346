/* Keeps the new conversation on this computer at each pause of 300 ms, and when the pane or the page goes. What stands in the rich editor is asked for
 * only then (`source`). Another tab that goes on with it is followed while one is not in this one. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { Attachment, Id } from "../../api/types";
import type { Draft } from "../drafts/drafts";
import { emptyDraft } from "../drafts/drafts";
import { useFiles } from "../drafts/lateFiles";
import { isBlank, keptAs, readKept, withPart, writeKept } from "./keptDraft";

const LOCAL_MS = 300;

export interface NewDraft {
  draft: Draft;
  /** Grows when the text comes from elsewhere than the writer's hand. */
  version: number;
  change: (part: Partial<Draft>) => void;
  /** A file has been uploaded, perhaps after this pane has gone. */
  addFile: (file: Attachment) => void;
  /** Something was typed into the editor. */
  touch: () => void;
  source: { current: (() => Pick<Draft, "text" | "html">) | null };
  /** With the last letter. */
  now: () => Draft;
  /** Keeps it at once. */
  save: () => void;
  clear: () => void;
}

export function useNewDraft(me: Id): NewDraft {
  const [draft, setDraft] = useState<Draft>(() => readKept(me));
  const [version, setVersion] = useState(0);
  const latest = useRef(draft);
  const source = useRef<(() => Pick<Draft, "text" | "html">) | null>(null);
  const isTouched = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const show = useCallback((next: Draft) => {
    latest.current = next;
    setDraft(next);
  }, []);
  const now = useCallback((): Draft => {
    if (isTouched.current && source.current) {
      isTouched.current = false;
      show(withPart(latest.current, source.current()));
    }
    return latest.current;
  }, [show]);
  const save = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    writeKept(me, now());
  }, [me, now]);
  const saveSoon = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(save, LOCAL_MS);
  }, [save]);
  const change = useCallback(
    (part: Partial<Draft>) => {
      show(withPart(now(), part));
      saveSoon();
    },
    [now, show, saveSoon],
  );
  const touch = useCallback(() => {
    isTouched.current = true;
    saveSoon();
  }, [saveSoon]);
  const adopt = useCallback(
    (next: Draft) => {
      isTouched.current = false;
      show(next);
      setVersion((before) => before + 1);
    },
    [show],
  );
  const clear = useCallback(() => {
    adopt(emptyDraft());
    save();
  }, [adopt, save]);

  const read = useCallback(() => readKept(me), [me]);
  const write = useCallback((next: Draft) => writeKept(me, next), [me]);
  const addFile = useFiles(keptAs(me), { change, now, read, write });

  useEffect(() => {
    const flush = () => timer.current && save();
    const onStorage = (event: StorageEvent) => {
      if (event.key !== keptAs(me) || document.hasFocus() || timer.current) return;
      const next = readKept(me);
      if (!isBlank(next) || !isBlank(latest.current)) adopt(next);
    };
    addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", flush);
    addEventListener("storage", onStorage);
    return () => {
      removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", flush);
      removeEventListener("storage", onStorage);
      flush();
    };
  }, [me, save, adopt]);

  return { draft, version, change, addFile, touch, source, now, save, clear };
}
