/* Merging contacts and undoing it: everything that shows one of them is asked for anew. */
import type { QueryClient } from "@tanstack/react-query";
import { post } from "../../api/client";
import { keys } from "../../api/queries";
import type { Contact, Id } from "../../api/types";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";

const renew = (client: QueryClient) =>
  Promise.all(
    [["contact"], ["contact-notes"], ["contact-timeline"], ["contact-duplicates"], keys.contactBook, keys.lists].map(
      (queryKey) => client.invalidateQueries({ queryKey }),
    ),
  );

export interface Choices {
  name: "target" | "source";
  owner: "target" | "source";
  properties: Record<string, "target" | "source">;
}

/** The sentence that says what is wrong; null when it is done. */
export async function mergeContacts(
  into: Id,
  other: Contact,
  choices: Choices,
  client: QueryClient,
): Promise<string | null> {
  try {
    const { merge_id } = await post<{ merge_id: Id }>(`/api/contacts/${into}/merge`, {
      contact_id: other.id,
      ...choices,
    });
    const name = other.name || other.identities[0]?.value || t("contact.unknown");
    toast(t("merge_contacts.done", { name }), () => void undoMerge(merge_id, client), { isLasting: true });
    await renew(client);
    return null;
  } catch (problem) {
    return sentence(problem);
  }
}

export async function undoMerge(mergeId: Id, client: QueryClient): Promise<void> {
  try {
    await post(`/api/contact-merges/${mergeId}/undo`);
    toast(t("merge_contacts.undone"));
  } catch (problem) {
    toastError(problem);
  }
  await renew(client);
}
