import { useCallback, useEffect, useRef, useState } from "react";
import type { Mode } from "../../actions/panes";
import { onStreamEvent } from "../../api/live";
import type { Id } from "../../api/types";
import { type Draft, emptyDraft, isEmpty, readLocal, readServer, writeLocal, writeServer } from "./drafts";

const LOCAL_MS = 300;
const SERVER_MS = 2000;

interface Kept {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  /** Throws the draft away, here and on the server. */
  clear: () => void;
  /** A newer draft from another device. */
  offer: Draft | null;
  takeOffer: () => void;
  dropOffer: () => void;
}

export function useDraft(me: Id, conversation: Id, mode: Mode, lastId: Id | null): Kept {
  const [draft, setDraft] = useState<Draft>(() => readLocal(me, conversation, mode) ?? emptyDraft());
  const [offer, setOffer] = useState<Draft | null>(null);
  const latest = useRef(draft);
  const timers = useRef<{ local?: ReturnType<typeof setTimeout>; server?: ReturnType<typeof setTimeout> }>({});
  const last = useRef(lastId);
  last.current = lastId;

  const saveLocal = useCallback(() => {
    clearTimeout(timers.current.local);
    timers.current.local = undefined;
    writeLocal(me, conversation, mode, latest.current);
  }, [me, conversation, mode]);
  const saveServer = useCallback(() => {
    clearTimeout(timers.current.server);
    timers.current.server = undefined;
    writeServer(conversation, mode, latest.current).catch(() => undefined);
  }, [conversation, mode]);

  const adopt = useCallback((next: Draft) => {
    latest.current = next;
    setDraft(next);
  }, []);

  const change = useCallback(
    (part: Partial<Draft>) => {
      const before = latest.current;
      const next: Draft = { ...before, ...part, updated_at: new Date().toISOString() };
      if (isEmpty(before) && !isEmpty(next)) next.began_after = last.current ?? undefined;
      if (part.text !== undefined && part.text !== before.text && part.client_id === undefined)
        next.client_id = undefined;
      adopt(next);
      clearTimeout(timers.current.local);
      timers.current.local = setTimeout(saveLocal, LOCAL_MS);
      clearTimeout(timers.current.server);
      timers.current.server = setTimeout(saveServer, SERVER_MS);
    },
    [adopt, saveLocal, saveServer],
  );

  const clear = useCallback(() => {
    adopt(emptyDraft());
    saveLocal();
    saveServer();
  }, [adopt, saveLocal, saveServer]);

  useEffect(() => {
    let isGone = false;
    const look = () =>
      readServer(conversation, mode)
        .then((found) => {
          if (isGone || !found || found.text === latest.current.text) return;
          if (isEmpty(latest.current)) adopt(found);
          else if (found.updated_at > latest.current.updated_at && !isEmpty(found)) setOffer(found);
        })
        .catch(() => undefined);
    void look();
    const stop = onStreamEvent((event) => {
      // While something is still on its way from here, the news is our own.
      if (event.type === "draft.changed" && event.data.conversation_id === conversation && !timers.current.server)
        void look();
    });
    return () => {
      isGone = true;
      stop();
    };
  }, [conversation, mode, adopt]);

  useEffect(() => {
    const onHide = () => timers.current.local && saveLocal();
    addEventListener("pagehide", onHide);
    return () => {
      removeEventListener("pagehide", onHide);
      if (timers.current.local) saveLocal();
      if (timers.current.server) saveServer();
    };
  }, [saveLocal, saveServer]);

  return {
    draft,
    change,
    clear,
    offer,
    takeOffer: () => {
      if (offer) change({ ...offer, began_after: latest.current.began_after });
      setOffer(null);
    },
    dropOffer: () => setOffer(null),
  };
}
