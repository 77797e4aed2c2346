/* The first that runs, before the first paint and long before the app's own scripts have come: sets theme and language, so that nothing flashes, and asks
 * for what the first page shows. A small file of its own, made by start.plugin.ts, because the page allows no inline script. */
import { askEarly } from "../api/asked";
import { isSignedIn } from "../api/signedIn";
import { firstPaths } from "../features/conversations/firstPaths";
import { preferredLocale } from "../ui/preferredLocale";
import { storedAppearance } from "../ui/storedAppearance";

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const stored = (name: string) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
};
const setTheme = () => {
  const chosen = stored("innboks.theme");
  root.dataset.theme = chosen === "dark" || chosen === "light" ? chosen : dark.matches ? "dark" : "light";
};
setTheme();
dark.addEventListener("change", setTheme);
addEventListener("innboks:theme", setTheme);
root.lang = preferredLocale(stored);

if (isSignedIn()) for (const path of firstPaths(location, storedAppearance(stored).list_sort)) askEarly(path);

// The words are the one script that is not named in the page, because which they are is only known here.
const words = document.currentScript?.dataset[root.lang];
if (words) {
  const link = document.createElement("link");
  link.rel = "modulepreload";
  link.href = words;
  document.head.append(link);
}
