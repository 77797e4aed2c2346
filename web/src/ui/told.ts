/* When it is said that an answer is not there. */
import { live } from "../api/live";
import { useStore } from "./store";

/** So many tries in vain, a second and a half, and it is said; trying goes on. */
const TOLD_AFTER = 3;

/** Why an answer is not there; null while it may still come. Where the line is known to be cut, the first try in vain tells. */
export function useTold({ error, failureCount, failureReason }: Tried): unknown {
  const isCut = useStore(live, (state) => state.connection !== "live");
  return error ?? (failureCount >= (isCut ? 1 : TOLD_AFTER) ? failureReason : null);
}

export interface Tried {
  error: unknown;
  failureCount: number;
  failureReason: unknown;
}
