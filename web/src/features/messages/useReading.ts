/* What "read" means: the conversation is open, the window is in sight, and its newest message has been drawn. */
import { useEffect, useRef, useState } from "react";
import type { Scope } from "../../actions/action";
import { NoConnection, put } from "../../api/client";
import { applyNow, onStreamEvent, reading } from "../../api/live";
import type { Conversation, Id } from "../../api/types";

/** Read without a network: the server does not know yet. */
const owed = new Map<Id, Id>();
let isListening = false;

function tellRead(conversation: Id, message: Id): void {
  owed.delete(conversation);
  put(`/api/conversations/${conversation}/read`, { message_id: message }).catch((problem) => {
    if (!(problem instanceof NoConnection)) return;
    owed.set(conversation, message);
    // Told with the next news: then the line stands again.
    if (!isListening)
      onStreamEvent(() => {
        for (const [id, last] of [...owed]) tellRead(id, last);
      });
    isListening = true;
  });
}

const SETTLE_MS = 250;

/** Tells the server, and returns the message after which everything was new when the conversation was opened (null: nothing was). */
export function useReading(conversation: Conversation, lastId: Id | null, scope: Scope): Id | null {
  const { id } = conversation;
  const { client, me } = scope;
  const told = useRef<Id | null>(null);
  const [newFrom, setNewFrom] = useState<{ id: Id; from: Id | null }>({ id, from: startOf(conversation) });
  if (newFrom.id !== id) setNewFrom({ id, from: startOf(conversation) });

  useEffect(() => {
    reading.id = id;
    told.current = null;
    return () => {
      reading.id = null;
    };
  }, [id]);

  const isUnread = conversation.is_unread ?? false;
  useEffect(() => {
    if (!lastId || (told.current === lastId && !isUnread)) return;
    const tell = () => {
      if (document.visibilityState !== "visible") return;
      told.current = lastId;
      applyNow(client, { type: "read.changed", data: { conversation_id: id, message_id: lastId } }, me.id);
      tellRead(id, lastId);
    };
    const timer = setTimeout(tell, SETTLE_MS);
    document.addEventListener("visibilitychange", tell);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", tell);
    };
  }, [id, lastId, isUnread, client, me.id]);

  return newFrom.from;
}

/** Where all of it is new ("0": never opened) a line would say nothing. */
const startOf = ({ is_unread, read_message_id }: Conversation): Id | null =>
  is_unread && read_message_id && read_message_id !== "0" ? read_message_id : null;
