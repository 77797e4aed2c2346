/* Sets the theme and the language before the first paint, so that nothing flashes. A file of its own because the page allows no inline script. */
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const apply = () => {
    const chosen = stored("innboks.theme");
    root.dataset.theme = chosen === "dark" || chosen === "light" ? chosen : dark.matches ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply);
  addEventListener("innboks:theme", apply);
  const locale = stored("innboks.locale") ?? (/^(nb|no|nn)\b/i.test(navigator.language) ? "nb" : "en");
  root.lang = locale;
})();
