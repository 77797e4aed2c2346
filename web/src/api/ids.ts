/* Ids are 64-bit integers written as strings: too large for a JavaScript number, so they are compared by length and then by digits. */
import type { Id } from "./types";

/** Negative when `a` is older than `b`. Ids made in this browser ("local:…") come after every id of the server. */
export function compareIds(a: Id, b: Id): number {
  const localA = isLocal(a);
  const localB = isLocal(b);
  if (localA || localB) return localA === localB ? 0 : localA ? 1 : -1;
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

export const isNewer = (a: Id, b: Id | null | undefined) => b == null || compareIds(a, b) > 0;
export const localId = (clientId: string): Id => `local:${clientId}`;
export const isLocal = (id: Id) => id.startsWith("local:");

/** A random id that the server takes as `client_id`; also where the page is not a secure context. */
export function newClientId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
