/* Stories in a real browser against a real server: see e2e/README.md. */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // Each worker has a server, a browser and a customer of its own.
  workers: 2,
  // Against hanging: several times what a slow machine needs. How fast things are is no question here (`make bench`).
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // A story that fails is told once more; twice where the machine is shared with others, whose load nobody can foresee, so that no build stops for that
  // alone. Whatever passes only then is listed as "flaky": a fault in it or in the product, to be mended like any other.
  retries: process.env.CI ? 2 : 1,
  reporter: [[process.env.CI ? "line" : "list"], ["./e2e/atEnd.ts"]],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/Oslo",
    screenshot: "only-on-failure",
    // What fades in has other colours for a moment, in which axe may look.
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // With the locale "C" Chromium saves no file under a name with letters beyond ASCII.
      env: { ...(process.env as Record<string, string>), LC_ALL: "C.UTF-8" },
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
