/* How the list looks and is ordered at first, per person: kept on this computer for the first paint, and with the person for the next computer. */
import { createStore } from "./store";

export type Density = "comfortable" | "compact";
export interface Appearance {
  density: Density;
  list_sort: "due" | "newest" | "oldest";
}

const STORED_AS = "innboks.appearance";
const USUAL: Appearance = { density: "comfortable", list_sort: "due" };

/** Row height of the list, in pixels. */
export const ROW_HEIGHT: Record<Density, number> = { comfortable: 74, compact: 52 };

/** Only what can be meant. */
export function readAppearance(raw: unknown): Partial<Appearance> {
  const { density, list_sort } = (raw ?? {}) as Record<string, unknown>;
  return {
    ...(density === "comfortable" || density === "compact" ? { density } : {}),
    ...(list_sort === "due" || list_sort === "newest" || list_sort === "oldest" ? { list_sort } : {}),
  };
}

function stored(): Partial<Appearance> {
  try {
    return readAppearance(JSON.parse(localStorage.getItem(STORED_AS) ?? "{}"));
  } catch {
    return {};
  }
}

export const appearance = createStore<Appearance>({
  ...USUAL,
  ...(typeof localStorage === "undefined" ? {} : stored()),
});

export function setAppearance(change: Partial<Appearance>): void {
  appearance.set(change);
  localStorage.setItem(STORED_AS, JSON.stringify(appearance.get()));
}

/** Takes over what the person chose on another computer. */
export function adoptAppearance(preferences: unknown): void {
  const told = readAppearance((preferences as Record<string, unknown> | null)?.appearance);
  if (Object.keys(told).length) setAppearance(told);
}
