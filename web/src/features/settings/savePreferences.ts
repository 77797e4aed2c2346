/* What one prefers (how lists look, which keys act), kept with the person on the server: what is changed holds at once. */
import { useQueryClient } from "@tanstack/react-query";
import { patch } from "../../api/client";
import { keys } from "../../api/queries";
import { saveInto } from "../../api/saving";
import type { Session } from "../../api/types";
import { toastError } from "../../ui/toasts";

/** Keeps a part of my preferences beside the others. Refused, it stands as before and a toast says why; true when it is kept. */
export function useSavePreferences(): (part: Record<string, unknown>) => Promise<boolean> {
  const client = useQueryClient();
  return async (part) => {
    const preferences = { ...client.getQueryData<Session>(keys.session)?.user.preferences, ...part };
    try {
      await saveInto<Session, unknown>(
        client,
        keys.session,
        (held) => ({ ...held, user: { ...held.user, preferences } }),
        () => patch("/api/users/me", { preferences }),
      );
      return true;
    } catch (problem) {
      toastError(problem);
      return false;
    }
  };
}
