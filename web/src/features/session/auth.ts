/* Who is signed in, and what happens when the server says "nobody" in the middle of work: the page stays as it is, what was written stays, and a
 * dialog asks for the password (SessionExpired.tsx). */
import type { QueryClient } from "@tanstack/react-query";
import { noteSignedIn, post, remove } from "../../api/client";
import { keys } from "../../api/queries";
import type { Session } from "../../api/types";
import { createStore } from "../../ui/store";
import { outbox } from "../messages/pending";

export const auth = createStore<{ isExpired: boolean; isLeaving: boolean }>({ isExpired: false, isLeaving: false });

export async function signIn(client: QueryClient, email: string, password: string): Promise<Session> {
  const session = await post<Session>("/api/session", { email, password });
  noteSignedIn();
  await forgetKept();
  client.setQueryData(keys.session, session);
  auth.set({ isExpired: false });
  return session;
}

/** What the service worker kept for reading without a network is one person's own. */
const forgetKept = () => globalThis.caches?.delete("innboks-data").catch(() => false);

/** Leaves: the server forgets the session, and the cache of the person who left is thrown away. Drafts stay with their owner,
 * and so does what waits to be sent: that is asked about first. */
export async function signOut(evenIfWaiting = false): Promise<void> {
  if (!evenIfWaiting && outbox.get().entries.length > 0) {
    auth.set({ isLeaving: true });
    return;
  }
  await remove("/api/session").catch(() => undefined);
  await forgetKept();
  location.assign("/sign-in");
}
