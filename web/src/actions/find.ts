/* Finding words in the open conversation: whether the field is there. `at` grows with each request, so that asking again selects what stands in it. */
import { createStore } from "../ui/store";

export const threadFind = createStore({ isOpen: false, at: 0 });

export const openFind = () => threadFind.set({ isOpen: true, at: threadFind.get().at + 1 });
export const closeFind = () => threadFind.set({ isOpen: false });
