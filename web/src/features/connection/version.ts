/* Whether this page is older than the server. */

/** Does the server hand out another script than the one this page runs? */
export async function isOldVersion(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.getAttribute("src");
  const page = await fetch("/", { cache: "no-store", headers: { accept: "text/html" } })
    .then((answer) => (answer.ok ? answer.text() : ""))
    .catch(() => "");
  return Boolean(own && page.includes("<script") && !page.includes(own));
}
