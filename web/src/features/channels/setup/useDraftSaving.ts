/* What is typed in a set-up is kept on the server at each pause and when the page is left, so that it survives a reload and is found on another computer.
 * It is "saved" only while the server has all of it. Read next: SetUp.tsx. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { Problem, post, put } from "../../../api/client";
import { keys } from "../../../api/queries";
import type { ChannelDraft, Id, Inbox } from "../../../api/types";
import type { Values } from "../schema";
import { noteLeaving } from "./leaving";

const PAUSE_MS = 800;
const AGAIN_MS = 4000;

export interface Typed {
  name: string;
  inbox_id: Id | null;
  /** "": one that is there already. */
  new_inbox_name: string;
  new_inbox_access: Inbox["access"];
  new_inbox_member_ids: Id[];
  new_inbox_team_ids: Id[];
  config: Values;
  /** Messages of so many days before are fetched, too. */
  past_days: number;
  /** It is to be of whoever connects it alone. */
  is_personal: boolean;
}

export type Saving = "idle" | "saving" | "saved" | "failed";

export function useDraftSaving(kind: string, begun: ChannelDraft | null, isOn: boolean) {
  const client = useQueryClient();
  const id = useRef<Id | null>(begun?.id ?? null);
  const next = useRef<Typed | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const busy = useRef<Promise<void> | null>(null);
  const flushing = useRef<() => Promise<unknown>>(async () => undefined);
  const [saving, setSaving] = useState<Saving>(begun ? "saved" : "idle");
  /** When the server last changed it, as far as is known here. */
  const changedAt = useRef(begun?.updated_at);

  const store = useCallback(async () => {
    const typed = next.current;
    next.current = null;
    if (!typed) return;
    setSaving("saving");
    try {
      const draft = id.current
        ? await put<ChannelDraft>(`/api/channel-drafts/${id.current}`, typed)
        : await post<ChannelDraft>("/api/channel-drafts", { ...typed, kind });
      if (!id.current) {
        id.current = draft.id;
        // Its own address from now on, so that a reload finds it.
        history.replaceState(history.state, "", `/settings/channels/draft-${draft.id}`);
      }
      changedAt.current = draft.updated_at;
      void client.invalidateQueries({ queryKey: keys.channelDrafts });
      setSaving(next.current ? "saving" : "saved"); // more may have been typed meanwhile
    } catch (problem) {
      setSaving("failed");
      // A refusal stays one; where the line was away, the newest is tried again.
      if (!(problem instanceof Problem)) {
        next.current ??= typed;
        timer.current = setTimeout(() => void flushing.current(), AGAIN_MS);
      }
    }
  }, [client, kind]);

  /** Keeps what is not kept yet. Resolves to the draft's id. */
  const flush = useCallback(async (): Promise<Id | null> => {
    clearTimeout(timer.current);
    await busy.current;
    busy.current = store();
    await busy.current;
    busy.current = null;
    return id.current;
  }, [store]);
  flushing.current = flush;

  const keep = (typed: Typed) => {
    if (!isOn) return;
    next.current = typed;
    setSaving("saving");
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void flush(), PAUSE_MS);
  };
  useEffect(() => {
    if (!isOn) return;
    const note = () => {
      const isOnItsWay = next.current !== null || busy.current !== null;
      if (isOnItsWay && id.current && changedAt.current) noteLeaving(id.current, changedAt.current);
    };
    // This page will not be there when what is on its way has arrived: what was typed since goes beside it.
    const leave = () => {
      note();
      void (busy.current && id.current ? store() : flushing.current());
    };
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      note(); // by a link, within the pause
      void flushing.current();
    };
  }, [isOn, store]);
  return { keep, flush, saving, id };
}
