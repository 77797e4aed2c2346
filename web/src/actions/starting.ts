/* Writing to somebody first. `at` grows with each request, so that asking again goes to what is being written already. */
import { SquarePen } from "lucide-react";
import { createStore } from "../ui/store";
import type { Action } from "./action";

export const starting = createStore({ isOpen: false, at: 0 });

export const startWriting = () => starting.set({ isOpen: true, at: starting.get().at + 1 });
export const stopWriting = () => starting.set({ isOpen: false });

export const startingActions: Action[] = [
  {
    name: "new_conversation",
    group: "write",
    label: () => "action.new_conversation",
    icon: () => SquarePen,
    keys: ["n"],
    when: () => true,
    run: startWriting,
  },
];
