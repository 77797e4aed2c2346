/* The agent app as a person feels it, measured in a real Chromium against a running server. Called by tests/bench/browser.py, which makes the data and
 * gives its facts as JSON in the first argument; prints one JSON object of figures. Times are what the browser itself says (Event Timing, frames after a
 * key press), not how long this script waited. */
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const require = createRequire(new URL("../package.json", import.meta.url));
const { chromium } = require("@playwright/test");

const facts = JSON.parse(process.argv[2]);
const { url, email, password, longId, soakS, debugPort } = facts;
const figures = {};
const say = (text) => process.stderr.write(`${text}\n`);
const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--remote-debugging-port=${debugPort}`,
  ],
});
const context = await browser.newContext({
  viewport: { width: 1440, height: 900 },
  locale: "en-GB",
  timezoneId: "Europe/Oslo",
});
const signedIn = await context.request.post(`${url}/api/session`, {
  data: { email, password },
  headers: { origin: url },
});
if (!signedIn.ok()) throw new Error(`cannot sign in: ${signedIn.status()}`);

const rows = (page) => page.locator("[data-row], .conv a").first();

/** The app opened anew: when the frame with its first row was on the screen (the browser says so: Element Timing), in milliseconds since the navigation
 * began, and the bytes of script that were asked for before that row stood in the page: what comes after it did not need. */
async function open(slow) {
  const page = await context.newPage();
  // A new tab has Chromium load pages of its own, for seconds on a slow machine: what is measured is a tab that stands.
  await page.waitForTimeout(2000);
  await page.addInitScript(() => {
    window.firstRow = new Promise((painted) => {
      new PerformanceObserver((list) => painted(list.getEntries()[0].renderTime)).observe({ type: "element" });
      const watch = new MutationObserver(() => {
        const row = document.querySelector("[data-row], .conv a");
        if (!row) return;
        watch.disconnect();
        window.firstRowStoodAt = performance.now();
        for (const part of row.querySelectorAll("*")) part.setAttribute("elementtiming", "row");
      });
      watch.observe(document, { childList: true, subtree: true });
    });
  });
  const cdp = await context.newCDPSession(page);
  if (slow) {
    await cdp.send("Network.enable");
    await cdp.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 40,
      downloadThroughput: 1.25e6,
      uploadThroughput: 1.25e6,
    });
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  }
  const scripts = new Map();
  page.on("response", (answer) => {
    if (/\.js(\?|$)/.test(answer.url())) scripts.set(answer.url(), answer);
  });
  await page.goto(`${url}/inbox/open`);
  // Asked without Playwright's own means: for those, and for reading what came, the page would run a large script and hand out the files, in the time that
  // is measured here.
  const painted = { expression: "window.firstRow", awaitPromise: true, returnByValue: true };
  const took = (await cdp.send("Runtime.evaluate", painted)).result.value;
  const asked = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter((one) => one.startTime < window.firstRowStoodAt)
      .map((one) => one.name),
  );
  const sizeOf = async (name) => {
    const body = await scripts
      .get(name)
      ?.body()
      .catch(() => null);
    return body ? gzipSync(body).length : 0;
  };
  const script = (await Promise.all(asked.map(sizeOf))).reduce((sum, size) => sum + size, 0);
  return { page, took, script };
}

{
  const cold = await open(true);
  figures.script_kb = cold.script / 1024;
  figures.cold_ms = cold.took;
  // Who comes back comes after the service worker has kept the page.
  await cold.page.evaluate(() => navigator.serviceWorker.ready);
  await cold.page.close();
  const warm = [];
  for (let n = 0; n < 5; n++) {
    const again = await open(true);
    warm.push(again.took);
    await again.page.close();
  }
  figures.warm_ms = percentile(warm, 0.5);
  say(
    `opened: ${cold.took.toFixed(0)} ms cold, ${warm.map((ms) => ms.toFixed(0)).join(", ")} ms warm, ${figures.script_kb.toFixed(0)} KB of script`,
  );
}

const { page } = await open(false);
/** From the key press to the frame in which another conversation's messages stand. */
async function step() {
  return page.evaluate(
    () =>
      new Promise((done) => {
        const head = () => location.pathname.split("/").pop();
        const entry = () => document.querySelector("[data-pane=thread] article");
        const before = head();
        const old = entry();
        const began = performance.now();
        const look = () => {
          if (head() !== before && entry() && entry() !== old)
            requestAnimationFrame(() => done(performance.now() - began));
          else if (performance.now() - began > 5000) done(5000);
          else requestAnimationFrame(look);
        };
        document.dispatchEvent(
          new KeyboardEvent("keydown", { key: "j", code: "KeyJ", bubbles: true, cancelable: true }),
        );
        requestAnimationFrame(look);
      }),
  );
}

{
  await rows(page).click();
  await page.locator("[data-pane=thread] article").first().waitFor();
  await page.evaluate(() => document.activeElement?.blur());
  const steps = [];
  for (let n = 0; n < 40; n++) {
    await page.waitForTimeout(250); // a person reads; what comes next is fetched meanwhile
    steps.push(await step());
  }
  figures.j_p95_ms = percentile(steps, 0.95);
  figures.j_median_ms = percentile(steps, 0.5);
  say(`J to painted: median ${figures.j_median_ms.toFixed(0)}, p95 ${figures.j_p95_ms.toFixed(0)} ms`);
}

{
  await page.goto(`${url}/inbox/closed/${longId}`);
  await page.locator("[data-pane=thread] article").first().waitFor();
  const field = page.locator(".composer [contenteditable=true], .composer textarea").first();
  await field.click();
  await page.waitForTimeout(1500); // the editor may come a moment later
  await page.locator(".composer [contenteditable=true], .composer textarea").first().click();
  await page.evaluate(() => {
    window.keyTimes = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.name === "keydown") window.keyTimes.push(entry.duration);
    }).observe({ type: "event", durationThreshold: 16 });
  });
  const text = "We found one in Gothenburg and it is on hold for you until Friday evening at six. ".repeat(2);
  await page.keyboard.type(text, { delay: 40 });
  const seen = await page.evaluate(() => window.keyTimes);
  // Faster than the observer's threshold of 16 ms are not told: they count as that.
  const all = [...seen, ...Array(Math.max(0, text.length - seen.length)).fill(16)];
  figures.key_p95_ms = percentile(all, 0.95);
  say(`key to character in a thread of 5 000: p95 ${figures.key_p95_ms} ms`);
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
}

{
  await page.goto(`${url}/inbox/open`);
  await rows(page).waitFor();
  const frames = await page.evaluate(
    () =>
      new Promise((done) => {
        const list = document.querySelector("[data-testid=rows]");
        const at = list.getBoundingClientRect();
        const [x, top, middle] = [at.left + at.width / 2, at.top + 40, at.top + at.height / 2];
        const rowAt = (y) => document.elementFromPoint(x, y)?.closest(".conv");
        const times = [];
        let blank = 0;
        let jumps = 0;
        let last = performance.now();
        let seen = null;
        let wanted = 0;
        const began = last;
        const go = (now) => {
          times.push(now - last);
          last = now;
          // What the frame before drew: a row in the middle, and the rows where the hand had put them.
          if (
            list.scrollTop > 0 &&
            !rowAt(middle) &&
            !document.elementFromPoint(x, middle)?.closest(".skeletons, .groupname")
          )
            blank++;
          if (seen?.row.isConnected && Math.abs(seen.row.getBoundingClientRect().top - seen.top + wanted) > 2) jumps++;
          const row = rowAt(top + 200);
          const before = list.scrollTop;
          const rowTop = row?.getBoundingClientRect().top;
          list.scrollTop += 240;
          wanted = list.scrollTop - before;
          seen = row ? { row, top: rowTop } : null;
          if (now - began < 8000) requestAnimationFrame(go);
          else done({ times: times.slice(1), blank, jumps, rows: Math.round(list.scrollTop / 74) });
        };
        requestAnimationFrame(go);
      }),
  );
  figures.scroll_frame_p95_ms = percentile(frames.times, 0.95);
  figures.scroll_blank = frames.blank;
  figures.scroll_jumps = frames.jumps;
  figures.scroll_rows = frames.rows;
  say(
    `scrolling over ${frames.rows} rows: frame p95 ${figures.scroll_frame_p95_ms.toFixed(1)} ms, ${frames.blank} of ${frames.times.length} blank, ${frames.jumps} jumps`,
  );
}

/** The slope through points: the median of the slopes between all pairs (Theil and Sen), which a few odd points do not move. */
function trend(points) {
  const slopes = points.flatMap(([x, y], at) => points.slice(at + 1).map(([x2, y2]) => (y2 - y) / (x2 - x)));
  return slopes.toSorted((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? 0;
}

{
  const cdp = await context.newCDPSession(page);
  const heap = async () => {
    await cdp.send("HeapProfiler.collectGarbage");
    return (await cdp.send("Runtime.getHeapUsage")).usedSize / 2 ** 20;
  };
  /** What the app holds: the heap without what the engine compiles, which goes on for a thousand switches or so and comes to an end by itself. */
  const held = async () => {
    const chunks = [];
    const take = ({ chunk }) => chunks.push(chunk);
    cdp.on("HeapProfiler.addHeapSnapshotChunk", take);
    await cdp.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
    cdp.off("HeapProfiler.addHeapSnapshotChunk", take);
    const { snapshot, nodes } = JSON.parse(chunks.join(""));
    const { node_fields: fields, node_types: types } = snapshot.meta;
    const [type, size] = [fields.indexOf("type"), fields.indexOf("self_size")];
    const others = new Set(["code", "native"].map((name) => types[type].indexOf(name)));
    let sum = 0;
    for (let at = 0; at < nodes.length; at += fields.length) if (!others.has(nodes[at + type])) sum += nodes[at + size];
    return sum / 2 ** 20;
  };
  await rows(page).click();
  const until = Date.now() + soakS * 1000;
  const marks = [];
  let n = 0;
  while (Date.now() < until) {
    // Fifty down and fifty up: each mark is made at the same row, for conversations differ in size.
    for (let k = 0; k < 100; k++) {
      await page.keyboard.press(Math.floor(n / 50) % 2 ? "k" : "j");
      await page.waitForTimeout(120);
      n++;
    }
    const mb = await heap(); // which collects the garbage first: nodes that nobody holds are no growth
    const { nodes } = await cdp.send("Memory.getDOMCounters");
    marks.push({ n, mb, nodes, held: await held() });
  }
  figures.heap_mb = marks.at(-1).mb;
  // The first half fills the cache; from then on the same conversations come again and nothing may grow.
  const half = marks.slice(Math.floor(marks.length / 2));
  const per1000 = (what) => 1000 * trend(half.map((mark) => [mark.n, mark[what]]));
  figures.heap_trend_mb = per1000("held");
  figures.nodes_trend = per1000("nodes");
  figures.switches = n;
  say(
    `after ${n} switches in ${soakS} s: heap ${figures.heap_mb.toFixed(1)} MB; in the second half ${figures.heap_trend_mb.toFixed(2)} MB held (${per1000("mb").toFixed(2)} MB with compiled code) and ${figures.nodes_trend.toFixed(0)} nodes more per 1 000 switches`,
  );
}

await page.close();

if (facts.lighthouse) {
  const { default: lighthouse } = await import("lighthouse");
  const cookies = (await context.cookies()).map((one) => `${one.name}=${one.value}`).join("; ");
  const result = await lighthouse(`${url}/inbox/open`, {
    port: debugPort,
    output: "json",
    logLevel: "error",
    onlyCategories: ["performance", "accessibility"],
    extraHeaders: { Cookie: cookies },
    formFactor: "desktop",
    screenEmulation: { mobile: false, width: 1440, height: 900, deviceScaleFactor: 1, disabled: false },
    throttling: {
      rttMs: 40,
      throughputKbps: 10_240,
      cpuSlowdownMultiplier: 1,
      requestLatencyMs: 0,
      downloadThroughputKbps: 0,
      uploadThroughputKbps: 0,
    },
    disableStorageReset: true,
  });
  for (const [name, category] of Object.entries(result.lhr.categories))
    figures[`lighthouse_${name}`] = Math.round(category.score * 100);
  figures.lighthouse_url = result.lhr.finalDisplayedUrl;
  say(`Lighthouse: performance ${figures.lighthouse_performance}, accessibility ${figures.lighthouse_accessibility}`);
}

await browser.close();
process.stdout.write(JSON.stringify(figures));
