/* How the list looks and is ordered at first, per person: kept on this computer for the first paint, and with the person for the next computer. */

import { createStore } from "./store";
import {
  APPEARANCE_STORED_AS,
  type Appearance,
  type Density,
  readAppearance,
  storedAppearance,
} from "./storedAppearance";

export { type Appearance, type Density, readAppearance } from "./storedAppearance";

/** Row height of the list, in pixels. */
export const ROW_HEIGHT: Record<Density, number> = { comfortable: 74, compact: 52 };

export const appearance = createStore<Appearance>(
  storedAppearance((name) => globalThis.localStorage?.getItem(name) ?? null),
);

export function setAppearance(change: Partial<Appearance>): void {
  appearance.set(change);
  localStorage.setItem(APPEARANCE_STORED_AS, JSON.stringify(appearance.get()));
}

/** Takes over what the person chose on another computer. */
export function adoptAppearance(preferences: unknown): void {
  const told = readAppearance((preferences as Record<string, unknown> | null)?.appearance);
  if (Object.keys(told).length) setAppearance(told);
}
