/* Keeps one draft: in this browser at each pause of 300 ms, on the server after 2 s. What stands in the rich editor is asked for only then (`source`),
 * so that a letter costs nothing. Read next: Writing.tsx. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Mode } from "../../actions/panes";
import { NoConnection } from "../../api/client";
import { onStreamEvent } from "../../api/live";
import type { Attachment, Id, Message } from "../../api/types";
import { isFromHere } from "../messages/pending";
import {
  type Draft,
  differs,
  draftTime,
  emptyDraft,
  hasWords,
  isBehind,
  isEmpty,
  markArrived,
  readLocal,
  readServer,
  withPart,
  writeLocal,
  writeServer,
} from "./drafts";
import { useFiles } from "./lateFiles";

const LOCAL_MS = 300;
const SERVER_MS = 2000;
/** What did not arrive is tried again. */
const AGAIN_MS = 5000;

export interface Kept {
  draft: Draft;
  /** Grows when the text was changed by something else than the writer's hand: then it is put into the editor anew. */
  version: number;
  change: (part: Partial<Draft>) => void;
  /** A file has been uploaded, perhaps after this composer has gone. */
  addFile: (file: Attachment) => void;
  /** Something was typed; `isBlank` says whether nothing is left. */
  touch: (isBlank: boolean) => void;
  /** Where the text is while it is being written. */
  source: { current: (() => Pick<Draft, "text" | "html">) | null };
  /** The draft with the last letter. */
  now: () => Draft;
  /** Throws the draft away, here and on the server. */
  clear: () => void;
  /** A newer draft from another device. */
  offer: Draft | null;
  takeOffer: () => void;
  dropOffer: () => void;
}

export function useDraft(me: Id, conversation: Id, mode: Mode, lastId: Id | null): Kept {
  const [draft, setDraft] = useState<Draft>(() => readLocal(me, conversation, mode) ?? emptyDraft());
  const [version, setVersion] = useState(0);
  const name = `${me}.${conversation}.${mode}`;
  const [offer, setOffer] = useState<Draft | null>(null);
  const latest = useRef(draft);
  const source = useRef<(() => Pick<Draft, "text" | "html">) | null>(null);
  const isTouched = useRef(false);
  const timers = useRef<{ local?: ReturnType<typeof setTimeout>; server?: ReturnType<typeof setTimeout> }>({});
  const last = useRef(lastId);
  last.current = lastId;
  /** How often it was cleared: what was asked for before that has been sent, or thrown away. */
  const clears = useRef(0);

  const show = useCallback((next: Draft) => {
    latest.current = next;
    setDraft(next);
  }, []);

  const now = useCallback((): Draft => {
    if (isTouched.current && source.current) {
      isTouched.current = false;
      show(withPart(latest.current, source.current(), last.current));
    }
    return latest.current;
  }, [show]);

  const saveLocal = useCallback(() => {
    clearTimeout(timers.current.local);
    timers.current.local = undefined;
    writeLocal(me, conversation, mode, now());
  }, [me, conversation, mode, now]);
  /** Later, unless something newer is about to be saved anyway, or this composer has gone: then whoever opens it next does. */
  const again = useRef(() => {});
  const saveServer = useCallback(() => {
    clearTimeout(timers.current.server);
    timers.current.server = undefined;
    const saved = now();
    writeServer(conversation, mode, saved).then(
      () => markArrived(me, conversation, mode, saved),
      (problem) => {
        if (problem instanceof NoConnection) again.current();
      },
    );
  }, [me, conversation, mode, now]);
  useEffect(() => {
    again.current = () => {
      timers.current.server ??= setTimeout(saveServer, AGAIN_MS);
    };
    return () => {
      again.current = () => {};
    };
  }, [saveServer]);

  const saveSoon = useCallback(() => {
    clearTimeout(timers.current.local);
    timers.current.local = setTimeout(saveLocal, LOCAL_MS);
    clearTimeout(timers.current.server);
    timers.current.server = setTimeout(saveServer, SERVER_MS);
  }, [saveLocal, saveServer]);

  const change = useCallback(
    (part: Partial<Draft>) => {
      show(withPart(now(), part, last.current));
      saveSoon();
    },
    [now, show, saveSoon],
  );

  const touch = useCallback(
    (isBlank: boolean) => {
      isTouched.current = true;
      // The first letter and the last one matter beside the text: the button that sends, and up to where the writer has read.
      if (isBlank === (latest.current.text.trim() !== "")) now();
      saveSoon();
    },
    [now, saveSoon],
  );

  /** From elsewhere than the writer's hand. */
  const adopt = useCallback(
    (next: Draft) => {
      isTouched.current = false;
      show(next);
      setVersion((before) => before + 1);
    },
    [show],
  );

  const clear = useCallback(() => {
    clears.current++;
    adopt(emptyDraft());
    saveLocal();
    saveServer();
  }, [adopt, saveLocal, saveServer]);

  const read = useCallback(() => readLocal(me, conversation, mode) ?? emptyDraft(), [me, conversation, mode]);
  const write = useCallback(
    (next: Draft) => {
      writeLocal(me, conversation, mode, next);
      writeServer(conversation, mode, next).then(
        () => markArrived(me, conversation, mode, next),
        () => undefined,
      );
    },
    [me, conversation, mode],
  );
  const addFile = useFiles(name, { change, now, read, write });

  // With the letters that were typed in the field before this one while this was drawn.
  useLayoutEffect(() => {
    const late = readLocal(me, conversation, mode);
    if (late && late.text !== latest.current.text) adopt(late);
  }, [me, conversation, mode, adopt]);

  useEffect(() => {
    let isGone = false;
    const look = () => {
      const before = clears.current;
      return readServer(conversation, mode)
        .then((found) => {
          if (isGone || clears.current !== before) return;
          const isOlder = !found || found.updated_at < latest.current.updated_at;
          if (isOlder && !timers.current.server && isBehind(me, conversation, mode)) saveServer();
          if (!found || isEmpty(found)) return;
          if (isEmpty(now())) adopt(begun(found, last.current));
          else if (differs(found, latest.current) && found.updated_at > latest.current.updated_at) setOffer(found);
        })
        .catch(() => undefined);
    };
    void look();
    const stop = onStreamEvent((event) => {
      // While something is still on its way from here, the news is our own.
      const isNews =
        event.type === "reset" || (event.type === "draft.changed" && event.data.conversation_id === conversation);
      if (isNews && !timers.current.server) void look();
      // Sent from another tab or device: what stands here went with it, and must not go twice.
      else if (event.type === "message.added" && isSentElsewhere(event.data.message, me, conversation, mode, now()))
        clear();
    });
    return () => {
      isGone = true;
      stop();
    };
  }, [me, conversation, mode, adopt, now, clear, saveServer]);

  useEffect(() => {
    const onHide = () => {
      if (timers.current.local) saveLocal();
      // Small changes outlive the page (api/client.ts), so that the next device has it too.
      if (timers.current.server) saveServer();
    };
    addEventListener("pagehide", onHide);
    document.addEventListener("visibilitychange", onHide);
    return () => {
      removeEventListener("pagehide", onHide);
      document.removeEventListener("visibilitychange", onHide);
      if (timers.current.local) saveLocal();
      if (timers.current.server) saveServer();
    };
  }, [saveLocal, saveServer]);

  return {
    draft,
    version,
    change,
    addFile,
    touch,
    source,
    now,
    clear,
    offer,
    takeOffer: () => {
      if (offer) adopt({ ...begun(offer, latest.current.began_after), updated_at: draftTime() });
      setOffer(null);
      saveSoon();
    },
    dropOffer: () => setOffer(null),
  };
}

function isSentElsewhere(message: Message, me: Id, conversation: Id, mode: Mode, draft: Draft): boolean {
  const isOfThis = message.conversation_id === conversation && message.author_id === me;
  const modeOf = message.data.forward_of ? "forward" : message.type;
  const bare = (words: string) => words.replace(/\s+/g, " ").trim();
  const words = bare(draft.text);
  const sent = new Set(message.attachments.map((file) => file.id));
  const isIn = words ? bare(message.text).includes(words) : draft.attachments.every((file) => sent.has(file.id));
  return isOfThis && modeOf === mode && hasWords(draft) && isIn && !isFromHere(message);
}

/** A draft from elsewhere knows by itself up to where its writer had read; where it does not, it is as if it were begun here and now. */
const begun = (found: Draft, lastId: Id | null | undefined): Draft => ({
  ...found,
  began_after: found.began_after ?? lastId ?? undefined,
});
