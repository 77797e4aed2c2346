/* Who is signed in, and what happens when the server says "nobody" in the middle of work: the page stays as it is, what was written stays, and a
 * dialog asks for the password (SessionExpired.tsx). */
import type { QueryClient } from "@tanstack/react-query";
import { noteSignedIn, post, remove } from "../../api/client";
import { keys } from "../../api/queries";
import type { Id, Session } from "../../api/types";
import { createStore } from "../../ui/store";
import { countWaiting } from "../messages/pending";
import { forgetUnsaved } from "../unsaved/forget";

export const auth = createStore<{ isExpired: boolean; isLeaving: boolean }>({ isExpired: false, isLeaving: false });

let tabs: BroadcastChannel | undefined;

/** All tabs of a browser have one session: what one of them does to it holds in all, and none goes on in the name of somebody who has left. */
export function followTabs(client: QueryClient): void {
  if (typeof BroadcastChannel === "undefined") return;
  tabs = new BroadcastChannel("innboks.session");
  tabs.onmessage = ({ data: who }: MessageEvent<Id | null>) => {
    const me = client.getQueryData<Session>(keys.session)?.user.id;
    forgetUnsaved(who);
    if (who !== null && who === me) beginAgain(client);
    else if (who === null && me) location.assign("/sign-in");
    else if (who !== null && (me || location.pathname === "/sign-in")) location.assign("/");
  };
}

/** The same person has a session again. */
function beginAgain(client: QueryClient): void {
  if (!auth.get().isExpired) return;
  noteSignedIn();
  auth.set({ isExpired: false });
  void client.invalidateQueries();
}

/** Who is signed in from now on, or null. What others have not saved in this tab is gone. */
export function tellTabs(who: Id | null): void {
  forgetUnsaved(who);
  tabs?.postMessage(who);
}

export async function signIn(client: QueryClient, email: string, password: string): Promise<Session> {
  const session = await post<Session>("/api/session", { email, password });
  noteSignedIn();
  await forgetKept();
  client.setQueryData(keys.session, session);
  auth.set({ isExpired: false });
  tellTabs(session.user.id);
  return session;
}

/** What the service worker kept for reading without a network is one person's own. */
const forgetKept = () => globalThis.caches?.delete("innboks-data").catch(() => false);

/** Leaves: the server forgets the session, and the cache of the person who left is thrown away. Drafts stay with their owner,
 * and so does what waits to be sent: that is asked about first. */
export async function signOut(evenIfWaiting = false): Promise<void> {
  if (!evenIfWaiting && countWaiting() > 0) {
    auth.set({ isLeaving: true });
    return;
  }
  await remove("/api/session").catch(() => undefined);
  await forgetKept();
  tellTabs(null);
  location.assign("/sign-in");
}
