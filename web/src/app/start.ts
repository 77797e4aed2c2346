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

function fetchAhead(href: string | undefined, given: Partial<HTMLLinkElement>): void {
  if (href) document.head.append(Object.assign(document.createElement("link"), given, { href }));
}
const named = document.currentScript?.dataset ?? {};
// The words are the one script that is not named in the page, because which they are is only known here.
fetchAhead(named[root.lang], { rel: "modulepreload" });
// The font is asked for when the first text is laid out, and when it comes all of it is laid out again. Where it lies beside the page it can be there in time;
// over a line it would take the place of the scripts.
if (navigator.serviceWorker?.controller)
  fetchAhead(named.font, { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "anonymous" });
