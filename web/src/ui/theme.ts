/* Light, dark, or as the system says. app/start.ts sets it before the first paint; this changes the choice. */
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
const STORED_AS = "innboks.theme";

export function chosenTheme(): Theme {
  const stored = localStorage.getItem(STORED_AS);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(STORED_AS);
  else localStorage.setItem(STORED_AS, theme);
  dispatchEvent(new Event("innboks:theme"));
}

function watchTheme(listener: () => void): () => void {
  const watch = new MutationObserver(listener);
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => watch.disconnect();
}

/** Whether the page is dark now, whoever decided it. */
export const useIsDark = () =>
  useSyncExternalStore(watchTheme, () => document.documentElement.dataset.theme === "dark");
