/* What keys and buttons ask of the search screen and the command palette (features/search/Finder.tsx answers), and what can be done right now. */
import { Command, Search } from "lucide-react";
import { createStore } from "../ui/store";
import type { Action, Scope } from "./action";

/** `searchAsked` grows with each request, so that the same one can be made twice. `isSearchHere`: its screen stands, and has the keys. */
export const finder = createStore<{ isPaletteOpen: boolean; searchAsked: number; isSearchHere: boolean }>({
  isPaletteOpen: false,
  searchAsked: 0,
  isSearchHere: false,
});

/** What was typed for the search while its screen was still being fetched. */
export const typedForSearch = { current: "" };

export const openPalette = () => finder.set({ isPaletteOpen: true });
export const askSearch = () => finder.set({ searchAsked: finder.get().searchAsked + 1 });

/** The actions of the screen that is shown, and what they work on; null where there are none (settings, search). */
let onScreen: { actions: Action[]; scope: Scope } | null = null;

export const whatCanBeDone = () => onScreen;

export function offer(actions: Action[], scope: Scope): () => void {
  const mine = { actions, scope };
  onScreen = mine;
  return () => {
    if (onScreen === mine) onScreen = null;
  };
}

export const searchAction: Action = {
  name: "search",
  group: "app",
  label: () => "action.search",
  icon: () => Search,
  keys: ["/"],
  when: () => true,
  run: askSearch,
};

export const finderActions: Action[] = [
  searchAction,
  {
    name: "palette",
    group: "app",
    label: () => "action.palette",
    icon: () => Command,
    keys: ["Mod+k"],
    when: () => true,
    run: openPalette,
  },
];
