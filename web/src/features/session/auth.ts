/* Who is signed in, and what happens when the server says "nobody" in the middle of work: the page stays as it is, what was written stays, and a
 * dialog asks for the password (SessionExpired.tsx). */
import type { QueryClient } from "@tanstack/react-query";
import { post, remove } from "../../api/client";
import { keys } from "../../api/queries";
import type { Session } from "../../api/types";
import { createStore } from "../../ui/store";

export const auth = createStore<{ isExpired: boolean }>({ isExpired: false });

export async function signIn(client: QueryClient, email: string, password: string): Promise<Session> {
  const session = await post<Session>("/api/session", { email, password });
  client.setQueryData(keys.session, session);
  auth.set({ isExpired: false });
  return session;
}

/** Leaves: the server forgets the session, and the cache of the person who left is thrown away. Drafts stay with their owner. */
export async function signOut(): Promise<void> {
  await remove("/api/session").catch(() => undefined);
  location.assign("/sign-in");
}
