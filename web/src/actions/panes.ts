/* Which panes are open, and what the composer is asked to do: what actions change beside data. */
import type { Id } from "../api/types";
import { createStore } from "../ui/store";

const STORED_AS = "innboks.panes";

export type SizedPane = "list" | "context";

/** Widths in pixels (UI.md, section 3). */
export const PANE_WIDTHS: Readonly<Record<SizedPane, { least: number; most: number; usual: number }>> = {
  list: { least: 280, most: 480, usual: 336 },
  context: { least: 260, most: 400, usual: 296 },
};

interface Panes {
  listWidth: number;
  contextWidth: number;
  hasViews: boolean;
  hasContext: boolean;
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

const fitting = (pane: SizedPane, width: unknown): number => {
  const { least, most, usual } = PANE_WIDTHS[pane];
  return typeof width === "number" && Number.isFinite(width)
    ? Math.round(Math.min(most, Math.max(least, width)))
    : usual;
};

export const panes = createStore<Panes>({
  listWidth: fitting("list", kept.listWidth),
  contextWidth: fitting("context", kept.contextWidth),
  hasViews: kept.hasViews ?? true,
  // Below 1440 the context lies over the thread, so it opens only when asked for.
  hasContext: typeof matchMedia === "undefined" ? true : isWide() && (kept.hasContext ?? true),
  isSheetOpen: false,
});

// When the window becomes narrow the context would suddenly cover the thread.
if (typeof matchMedia !== "undefined")
  matchMedia(WIDE).addEventListener("change", ({ matches }) =>
    panes.set({ hasContext: matches && (stored().hasContext ?? true) }),
  );

export function togglePane(pane: "hasViews" | "hasContext"): void {
  panes.set({ [pane]: !panes.get()[pane] });
  keep();
}

export function setPaneWidth(pane: SizedPane, width: number): void {
  panes.set(pane === "list" ? { listWidth: fitting(pane, width) } : { contextWidth: fitting(pane, width) });
  keep();
}

function keep(): void {
  const { hasViews, hasContext, listWidth, contextWidth } = panes.get();
  // Whether the context is there is remembered from wide windows only; elsewhere it opens when asked for.
  const context = isWide() ? hasContext : (stored().hasContext ?? true);
  localStorage.setItem(STORED_AS, JSON.stringify({ hasViews, listWidth, contextWidth, hasContext: context }));
}

export type Mode = "reply" | "comment" | "forward";

/** What the keyboard asked of the composer. `at` grows with each request, so that the same one can be asked twice. */
export const composerAsk = createStore<{ mode: Mode; toAll: boolean; forwardOf: Id | null; at: number }>({
  mode: "reply",
  toAll: false,
  forwardOf: null,
  at: 0,
});

/** `forwardOf`: the message to pass on, when it is not the newest. */
export function askComposer(mode: Mode, toAll = false, forwardOf: Id | null = null): void {
  composerAsk.set({ mode, toAll, forwardOf, at: composerAsk.get().at + 1 });
}

/** Where the skip link leads: to what is read, or to the list where that alone is on the screen. */
export function skipToContent(): void {
  const places = ["#main", "[data-pane=list]"].map((place) => document.querySelector<HTMLElement>(place));
  places.find((place) => place?.checkVisibility())?.focus();
}

/** F6 and Shift F6: the next pane that is on the screen. */
export function stepPane(by: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter((pane) => pane.offsetParent !== null);
  if (!all.length) return;
  const at = all.findIndex((pane) => pane.contains(document.activeElement));
  const next = all[(at + by + all.length) % all.length];
  const find = (what: string) =>
    [...(next?.querySelectorAll<HTMLElement>(what) ?? [])].find((one) => one.offsetParent !== null);
  const target = find("[aria-current], a[tabindex='0'], textarea") ?? find("a, button, input, select") ?? next;
  target?.focus();
}
