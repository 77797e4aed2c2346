/* The service worker: shows what is pushed, and lets the app open without a network. Pages and data come from the network whenever there is one; what is
 * kept is only used when there is none. Signing out throws the data away (features/session/auth.ts). */
const SHELL = "innboks-shell";
const DATA = "innboks-data";
const KEPT_DATA =
  /^\/api\/(session|views|users|inboxes|channels|channel-accounts|tags|saved-views|conversations(\/\d+(\/messages)?)?)$/;
const DATA_MAX = 400;
const ASSETS_MAX = 400;
const KEEP_AFTER_MS = 1_000;
/** What the page names, written here by the build (worker.plugin.ts); so every build has a worker of its own. */
const NAMED = self.innboksNamed ?? [];

addEventListener("install", (event) => {
  const parts = NAMED.filter((path) => path.startsWith("/assets/"));
  const routes = [
    // These the browser takes from what is kept by itself, which spares each of them the way through this script.
    ...parts.map((pathname) => ({ condition: { urlPattern: { pathname } }, source: { cacheName: SHELL } })),
    { condition: { urlPattern: { pathname: "/api/session" } }, source: "fetch-event" },
    // What a page still sends as it goes does not wait for this script, which would not hear of it any more.
    ...["PUT", "PATCH", "DELETE"].map((requestMethod) => ({ condition: { requestMethod }, source: "network" })),
  ];
  event.addRoutes?.(routes).catch(() => undefined);
  event.waitUntil(keepShell().then(() => skipWaiting()));
});
addEventListener("activate", (event) => event.waitUntil(Promise.all([clients.claim(), throwOldAway()])));

/** The page and everything that it names. Scripts that are kept while installing are compiled at once, and start faster for it. */
async function keepShell() {
  const cache = await caches.open(SHELL);
  const page = await fetch("/", { cache: "no-store" });
  if (page.ok) await cache.put("/", page);
  await Promise.all(NAMED.map((path) => cache.add(path).catch(() => undefined)));
}

/** Parts of older builds: a page that is still open may need some of them, and those of long ago nobody does. */
async function throwOldAway() {
  await trim(await caches.open(SHELL), ASSETS_MAX);
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.pathname === "/api/session" && request.method !== "GET") unkept.clear(); // somebody else's, or nobody's, from now on
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && !/^\/(api|frame|hooks|w|f)(\/|$)/.test(url.pathname))
    event.respondWith(page(event));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (KEPT_DATA.test(url.pathname) && request.headers.get("accept") === "application/json")
    event.respondWith(data(event));
});

async function page(event) {
  try {
    const answer = await fetch(event.request);
    if (answer.status < 500) {
      if (answer.ok) event.waitUntil(keepPage(answer.clone()));
      return answer;
    }
    return (await caches.match("/", { cacheName: SHELL })) ?? answer;
  } catch (problem) {
    const kept = await caches.match("/", { cacheName: SHELL });
    if (kept) return kept;
    throw problem;
  }
}

async function keepPage(answer) {
  await (await caches.open(SHELL)).put("/", answer).catch(() => undefined);
}

/** Names of assets change with their content, so what is kept is right. */
async function asset(request) {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

/** An answer from the cache says so; a page that has met the server does not take it (api/client.ts). */
async function data(event) {
  const { request } = event;
  try {
    const answer = await fetch(request);
    if (answer.ok) {
      unkept.set(request.url, [request, answer.clone()]);
      event.waitUntil(keepData());
      return answer;
    }
    if (![502, 503, 504].includes(answer.status)) return answer;
  } catch (problem) {
    const kept = await marked(await keptData(request));
    if (kept) return kept;
    throw problem;
  }
  return (await marked(await keptData(request))) ?? Response.error();
}

const keptData = async (request) => (await caches.open(DATA)).match(request);

/** Answers that are not written down yet. That is done for all of them a moment later: while a page opens, it would take the time from what it waits for. */
const unkept = new Map();
let keeping;

function keepData() {
  keeping ??= new Promise((passed) => setTimeout(passed, KEEP_AFTER_MS)).then(async () => {
    keeping = undefined;
    const cache = await caches.open(DATA);
    for (const [url, [request, answer]] of unkept) {
      unkept.delete(url);
      await cache.put(request, answer).catch(() => undefined);
    }
    await trim(cache, DATA_MAX);
  });
  return keeping;
}

async function marked(kept) {
  if (!kept) return null;
  const headers = new Headers(kept.headers);
  headers.set("x-innboks-kept", "1");
  return new Response(await kept.blob(), { status: kept.status, headers });
}

/** Keeps the newest so many. */
async function trim(cache, most) {
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(key);
}

addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // Not from us: shown as plain as it is.
  }
  event.waitUntil(
    (async () => {
      const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
      // The app is before somebody's eyes: it shows the news itself. A test is always shown.
      if (told.tag !== "test" && open.some((one) => one.focused && one.visibilityState === "visible")) return;
      await registration.showNotification(told.title || "Innboks", {
        body: told.body || "",
        tag: told.tag,
        renotify: Boolean(told.tag),
        silent: told.silent === true,
        icon: "/icon-192.png",
        badge: "/icon-192.png",
        data: { url: typeof told.url === "string" && /^\/(?!\/)/.test(told.url) ? told.url : "/" },
      });
    })(),
  );
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data ?? { url: "/" };
  event.waitUntil(
    (async () => {
      const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
      const one = open[0];
      if (!one) return void (await clients.openWindow(url));
      await one.focus();
      one.postMessage({ type: "open", url });
    })(),
  );
});
