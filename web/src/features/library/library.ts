/* The file library: files that are kept to go along with answers again and again. Read next: LibraryPicker.tsx, LibraryPage.tsx. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { get, post, remove } from "../../api/client";
import { keys } from "../../api/queries";
import type { Attachment, LibraryFile, Page } from "../../api/types";
import { t } from "../../ui/i18n";
import { toast, toastError } from "../../ui/toasts";

export const libraryQuery = queryOptions({
  queryKey: keys.library,
  queryFn: () => get<Page<LibraryFile>>("/api/library-files").then((page) => page.items),
});

/** Keeps files of a message as one's own. The undo takes out only what was not kept before. */
export async function keepFiles(client: QueryClient, files: readonly Attachment[]): Promise<void> {
  try {
    const before = new Set((await client.fetchQuery(libraryQuery)).map((one) => one.id));
    const kept: LibraryFile[] = [];
    for (const file of files) kept.push(await post<LibraryFile>("/api/library-files", { attachment_id: file.id }));
    const added = kept.filter((one) => !before.has(one.id));
    const refresh = () => client.invalidateQueries({ queryKey: keys.library });
    const takeOut = () =>
      void Promise.all(added.map((one) => remove(`/api/library-files/${one.id}`)))
        .then(refresh)
        .catch(toastError);
    toast(t("library.kept", { count: files.length }), added.length ? takeOut : undefined, { isLasting: true });
    await refresh();
  } catch (problem) {
    toastError(problem);
  }
}
