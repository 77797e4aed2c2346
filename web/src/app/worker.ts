/* The service worker's side in the page: it is registered, and a click on a notification leads to its conversation. */
import { firstPaint } from "../ui/firstPaint";

export function startWorker(go: (path: string) => void): void {
  if (!("serviceWorker" in navigator)) return;
  // What it fetches for itself (the page again, all that it names) must not take the line from the first list.
  void firstPaint
    .then(() => navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }))
    .catch(() => undefined);
  navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<{ type?: string; url?: string }>) => {
    if (data?.type === "open" && data.url && /^\/(?!\/)/.test(data.url)) go(data.url);
  });
}
