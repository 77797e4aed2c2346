import { createStore } from "../../ui/store";

const STORED_AS = "innboks.folded";

function stored(): Record<string, boolean> {
  try {
    return JSON.parse(localStorage.getItem(STORED_AS) ?? "{}") as Record<string, boolean>;
  } catch {
    return {};
  }
}

/** Which sections of the views are folded, on this computer. */
export const foldedSections = createStore<{ folded: Record<string, boolean> }>({
  folded: typeof localStorage === "undefined" ? {} : stored(),
});

export function toggleSection(name: string, isFolded: boolean): void {
  const folded = { ...foldedSections.get().folded, [name]: isFolded };
  foldedSections.set({ folded });
  localStorage.setItem(STORED_AS, JSON.stringify(folded));
}
