/* The budgets of UI.md section 11. What the first inbox loads stands in the built page: its script and everything that script preloads, and one catalogue
 * of words (the larger one). The rest comes later. Styles: decision 22. */
import { readFileSync } from "node:fs";

const page = readFileSync(new URL("dist/index.html", import.meta.url), "utf8");
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => `dist/${match[1]}`);

export default [
  { name: "script to the first inbox", path: [...first, "dist/assets/nb-*.js"], limit: "180 kB", gzip: true },
  {
    name: "styles of the inbox",
    path: ["dist/assets/app-*.css", "dist/assets/later-*.css"],
    limit: "25 kB",
    gzip: true,
  },
  { name: "styles of settings and pages", path: "dist/assets/pages-*.css", limit: "15 kB", gzip: true },
  { name: "font for Latin", path: "dist/assets/inter-latin-wght-*.woff2", limit: "90 kB", brotli: false },
];
