/* Which panes are open, and what the composer is asked to do: what actions change beside data. */
import { createStore } from "../ui/store";

const STORED_AS = "innboks.panes";

interface Panes {
  hasViews: boolean;
  hasContext: boolean;
  isAssigning: boolean;
  isSheetOpen: boolean;
}

function stored(): Partial<Panes> {
  try {
    return JSON.parse(localStorage.getItem(STORED_AS) ?? "{}") as Partial<Panes>;
  } catch {
    return {};
  }
}

const WIDE = "(min-width: 1440px)";
const isWide = () => matchMedia(WIDE).matches;
const kept = typeof localStorage === "undefined" ? {} : stored();

export const panes = createStore<Panes>({
  hasViews: kept.hasViews ?? true,
  // Below 1440 the context lies over the thread, so it opens only when asked for.
  hasContext: typeof matchMedia === "undefined" ? true : isWide() && (kept.hasContext ?? true),
  isAssigning: false,
  isSheetOpen: false,
});

// When the window becomes narrow the context would suddenly cover the thread.
if (typeof matchMedia !== "undefined")
  matchMedia(WIDE).addEventListener("change", ({ matches }) =>
    panes.set({ hasContext: matches && (stored().hasContext ?? true) }),
  );

export function togglePane(pane: "hasViews" | "hasContext"): void {
  panes.set({ [pane]: !panes.get()[pane] });
  const { hasViews, hasContext } = panes.get();
  localStorage.setItem(STORED_AS, JSON.stringify({ hasViews, ...(isWide() ? { hasContext } : {}) }));
}

export type Mode = "reply" | "comment";

/** What the keyboard asked of the composer. `at` grows with each request, so that the same one can be asked twice. */
export const composerAsk = createStore<{ mode: Mode; toAll: boolean; at: number }>({
  mode: "reply",
  toAll: false,
  at: 0,
});

export function askComposer(mode: Mode, toAll = false): void {
  composerAsk.set({ mode, toAll, at: composerAsk.get().at + 1 });
}

/** F6 and Shift F6: the next pane that is on the screen. */
export function stepPane(by: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter((pane) => pane.offsetParent !== null);
  if (!all.length) return;
  const at = all.findIndex((pane) => pane.contains(document.activeElement));
  const next = all[(at + by + all.length) % all.length];
  const target = next?.querySelector<HTMLElement>("[aria-current], a[tabindex='0'], textarea, a, button") ?? next;
  target?.focus();
}
