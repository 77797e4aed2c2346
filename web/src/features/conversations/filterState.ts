import type { SavedView } from "../../api/types";
import { createStore } from "../../ui/store";

/** Whether the filters of the list, and the dialog that saves them as a view, are open: keys and buttons open them. */
export const filterPanel = createStore<{ isOpen: boolean; isSaving: boolean }>({ isOpen: false, isSaving: false });

/** The saved view whose name, icon and sharing are being edited. */
export const editing = createStore<{ view: SavedView | null }>({ view: null });
