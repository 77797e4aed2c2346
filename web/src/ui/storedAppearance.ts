/* How this computer last showed the list. Without the store that changes it (appearance.ts), because it is asked before that has come (app/start.ts). */
export type Density = "comfortable" | "compact";
export interface Appearance {
  density: Density;
  list_sort: "due" | "newest" | "oldest";
}

export const APPEARANCE_STORED_AS = "innboks.appearance";
const USUAL: Appearance = { density: "comfortable", list_sort: "due" };

/** Only what can be meant. */
export function readAppearance(raw: unknown): Partial<Appearance> {
  const { density, list_sort } = (raw ?? {}) as Record<string, unknown>;
  return {
    ...(density === "comfortable" || density === "compact" ? { density } : {}),
    ...(list_sort === "due" || list_sort === "newest" || list_sort === "oldest" ? { list_sort } : {}),
  };
}

export function storedAppearance(stored: (name: string) => string | null): Appearance {
  try {
    return { ...USUAL, ...readAppearance(JSON.parse(stored(APPEARANCE_STORED_AS) ?? "{}")) };
  } catch {
    return USUAL;
  }
}
